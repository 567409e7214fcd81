import { readFile } from 'node:fs/promises';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';

/** Areas that the first screen needs; they travel as one file, under the name of the first. */
const startAreas = ['shell', 'common', 'board'];

const messageFile = /^(.*\/src\/i18n\/locales\/[^/]+\/)([^/]+)\.json$/;

/**
 * @param {string} text JSON of key to ICU message
 * @returns {Record<string, unknown>}
 */
function compileMessages(text) {
  /** @type {Record<string, string>} */
  const messages = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(messages).map(([key, message]) => [key, compileMessageOrThrow(message)]),
  );
}

/**
 * Compiles ICU messages while the app is built, so that no parser ships to the phone.
 *
 * @returns {import('vite').Plugin}
 */
export function compiledMessages() {
  return {
    name: 'wallflower-compiled-messages',
    enforce: 'pre',
    async load(id) {
      const match = messageFile.exec(id);
      if (match === null) return undefined;
      const [, folder, area] = match;
      const areas = area === startAreas[0] ? startAreas : [area];
      const files = areas.map((name) => `${folder}${name}.json`);
      for (const file of files) this.addWatchFile(file);
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      const compiled = Object.assign({}, ...texts.map(compileMessages));
      return { code: `export default ${JSON.stringify(compiled)}`, moduleType: 'js', map: null };
    },
  };
}
