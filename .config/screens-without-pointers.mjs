import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

const listOfScreens = /\/client-optimized\/app\.js$/;
const pointer = /import\('\.\/(nodes\/\d+)'\)/g;
const component = /^export \{ default as component \} from "([^"]+)";$/;
const universal = /^import \* as universal from "([^"]+)";$/;
const knownLine = /^(?:export \{ universal \};)?$/;

/**
 * Kit gives each screen a file that only points into another, and each would be one more request on
 * a first visit: the list of screens asks for what they point to instead.
 *
 * @returns {import('vite').Plugin}
 */
export function screensWithoutPointers() {
  return {
    name: 'wallflower-screens-without-pointers',
    apply: 'build',
    async transform(code, id) {
      if (!listOfScreens.test(id)) return undefined;
      let direct = code;
      for (const [whole, node = ''] of code.matchAll(pointer)) {
        const source = await readFile(join(dirname(id), `${node}.js`), 'utf8');
        direct = direct.replace(whole, () => importOf(source));
      }
      if (direct === code) throw new Error('Kit lists its screens in another way than it did.');
      return { code: direct, map: null };
    },
  };
}

/**
 * What a pointer's file does, said where it is asked for.
 *
 * @param {string} source
 */
function importOf(source) {
  /** @param {RegExp} part */
  const find = (part) =>
    source.split('\n').flatMap((line) => {
      const path = part.exec(line)?.[1];
      return path === undefined ? [] : [`import('./${posix.join('nodes', path)}')`];
    });
  const isKnown = source
    .split('\n')
    .every((line) => [component, universal, knownLine].some((part) => part.test(line)));
  const [screen] = find(component);
  if (!isKnown || screen === undefined) {
    throw new Error('Kit points to its screens in another way than it did.');
  }
  const [settings] = find(universal);
  if (settings === undefined) return `${screen}.then((screen) => ({ component: screen.default }))`;
  return `Promise.all([${settings}, ${screen}]).then(([universal, screen]) => ({ universal, component: screen.default }))`;
}
