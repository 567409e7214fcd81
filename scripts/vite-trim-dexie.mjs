/** @import { Plugin } from 'vite' */

/**
 * What of Dexie this project does not use: queries that live and their cache, which listen to every
 * write and tell every tab of it, and hooks. docs/decisions/0042.
 *
 * @type {readonly RegExp[]}
 */
const unused = [
  /^ {8}this\.use\((?:cacheExistingValues|cache|observability|hooks)Middleware\);\n/gm,
  /^ {4}liveQuery,\n {4}extendObservabilitySet,\n/gm,
  /^ {4}cache,\n(?= {4}semVer)/gm,
  /^if \(typeof dispatchEvent !== 'undefined' &&\n[^]*(?=^function add\(value\) \{)/gm,
];
const expectedCuts = [4, 1, 1, 1];

/** Methods that neither this project nor the rest of Dexie calls, largest first. */
const uncalledMethods = [
  ...['inAnyRange', 'bulkUpdate', 'upsert', 'noneOf', 'notEqual', 'distinct'],
  ...['startsWithAnyOf', 'startsWithAnyOfIgnoreCase', 'startsWithIgnoreCase'],
  ...['anyOfIgnoreCase', 'equalsIgnoreCase'],
];

/**
 * Takes out of Dexie what calls those parts; the bundler then drops the parts themselves. Throws
 * where a release of Dexie does not look as expected.
 *
 * @param {string} source dexie.mjs
 */
export function trimDexie(source) {
  const parts = unused.reduce(
    (rest, part, index) => cutOut(rest, part, expectedCuts[index] ?? 0),
    source,
  );
  const trimmed = uncalledMethods.reduce(
    (rest, name) => cutOut(rest, methodCalled(name), 1),
    parts,
  );
  const called = callOfTrimmed(trimmed);
  if (called !== undefined) throw new Error(`Dexie itself calls ${called}`);
  return trimmed;
}

/**
 * The first method in a source that a trimmed Dexie does not have; undefined for none.
 *
 * @param {string} source
 */
export function callOfTrimmed(source) {
  return uncalledMethods.find((name) => source.includes(`.${name}(`));
}

/** @param {string} name */
function methodCalled(name) {
  return new RegExp(`^ {4}${name}\\([^)]*\\) \\{\\n[^]*?^ {4}\\}\\n`, 'gm');
}

/**
 * @param {string} source
 * @param {RegExp} part
 * @param {number} times how often it has to be there
 */
function cutOut(source, part, times) {
  const found = [...source.matchAll(part)].length;
  if (found !== times) throw new Error(`Dexie is not as expected: ${found} times ${part.source}`);
  return source.replace(part, '');
}

/**
 * For `worker.plugins`.
 *
 * @returns {Plugin}
 */
export function trimDexiePlugin() {
  return {
    name: 'wallflower-trim-dexie',
    apply: 'build',
    transform: {
      filter: { id: /[\\/]dexie[\\/]dist[\\/]modern[\\/]dexie\.mjs$/ },
      handler: (source) => ({ code: trimDexie(source), map: null }),
    },
  };
}
