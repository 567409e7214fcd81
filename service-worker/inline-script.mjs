import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('../src/app/go-on.ts', import.meta.url));
/** From there on Kit's own policy holds, which knows Kit's script only; the relay's knows all. */
const place = '<meta http-equiv="content-security-policy"';

/** Kit's own script stands behind this, and is known by its hash. */
const kitBody = '<div class="contents">';

/**
 * Puts the script that must not have to arrive into the page.
 *
 * @param {string} html
 * @returns {Promise<string>}
 */
export async function withInlineScript(html) {
  if (!html.includes(place)) throw new Error('The page has no place for its script.');
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry, formats: ['iife'], name: 'goOn' },
    },
  });
  const [output] = [built].flat();
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (chunk === undefined) throw new Error('The page’s script was not built.');
  const [before = '', ...after] = html.split(kitBody);
  const page = [before.replace(/>\s+</g, '><'), ...after].join(kitBody);
  return page.replace(place, () => `<script>${chunk.code.trim()}</script>${place}`);
}
