/** @import { Plugin } from 'vite' */

/**
 * What of Dexie this project does not use. Each has to be found exactly so often in its release.
 * docs/decisions/0042.
 *
 * @type {readonly (readonly [part: RegExp, times: number])[]}
 */
const unused = [
  // Queries that live, and their cache: they listen to every write and tell every tab of it.
  [/^ {8}this\.use\((?:cacheExistingValues|cache|observability)Middleware\);\n/gm, 3],
  [/^ {4}liveQuery,\n {4}extendObservabilitySet,\n/gm, 1],
  [/^ {4}cache,\n(?= {4}semVer)/gm, 1],
  [/^if \(typeof dispatchEvent !== 'undefined' &&\n[^]*?(?=^function add\(value\) \{)/gm, 1],
  [/^ {8}if \(wasCreated\) \{\n[^]*?^ {8}\}\n/gm, 1],
  [/^ {12}if \('mutatedParts' in idbtrans\) \{\n[^]*?^ {12}\}\n/gm, 1],
  [/^const globalEvents = .*\n/gm, 1],
  [/^props\(RangeSet\.prototype, \{\n[^]*?^\}\);\n/gm, 1],
  // Hooks, and indexes asked by the first of their parts only: every call went through both.
  [/^ {8}this\.use\((?:hooks|virtualIndex)Middleware\);\n/gm, 2],
  [/createMiddlewareStack\((?=createDBCore\()|(?<=tmpTrans\)), middlewares\.dbcore\)/g, 2],
  [/^ {16}(?:creating|updating|deleting): \[hook.*\n/gm, 3],
  // Rows asked for by the values of several columns.
  [/^ {8}if \(keyOrCrit && .*\n.*first\(cb\);\n/gm, 1],
  [/^ {8}if \(isArray\(indexOrCrit\)\)\n[^]*?(?=^ {4}\}\n {4}filter\(filterFunction\))/gm, 1],
  // Values that say how to change a value, and tables beside a table.
  [/if \(value instanceof PropModification\) \{\n[^]*?^ {8}\}\n {8}else /gm, 1],
  [/^ {4}const \{ yProps \} = table\.schema;\n {4}if \(!yProps\)\n {4}/gm, 1],
  [/^ {4}if \(keys && res\.numFailures > 0\)\n[^]*?(?=^\}\n\nclass PropModification)/gm, 1],
  [/^ {8}if \(mode !== 'readonly'\)\n[^]*?^ {12}\}\);\n/gm, 1],
  // A list of databases for browsers that have none, and contents that change with a version.
  [/^ {12}if \(wasCreated\)\n {16}_onDatabaseCreated.*\n/gm, 1],
  [/^ {20}_onDatabaseDeleted.*\n/gm, 1],
  [/^ {12}const contentUpgrade = [^]*?^ {12}\}\n(?= {8}\}\);\n)/gm, 1],
  // What Dexie lends to others.
  [/^ {4}delete\(databaseName\) \{\n[^]*?(?=^ {4}vip,)/gm, 1],
  [/^ {4}async: function [^]*?(?=^ {4}minKey: minKey,)/gm, 1],
  [/^ {4}connections: \{\n[^]*?(?=^ {4}dependencies: domDeps,)/gm, 1],
  [/^ {4}semVer: DEXIE_VERSION,\n[^]*?(?=^\}\);)/gm, 1],
  [/^ {8}this\.once = [^]*?^ {8}\};\n/gm, 1],
  [/^ {4}timeout: function [^]*?^ {4}\},\n/gm, 1],
];

/**
 * Methods that neither this project nor the rest of Dexie calls, and how many classes have them.
 *
 * @type {Readonly<Record<string, number>>}
 */
const uncalledMethods = {
  ...{ inAnyRange: 1, bulkUpdate: 1, upsert: 1, noneOf: 1, notEqual: 1, distinct: 1 },
  ...{ startsWithAnyOf: 1, startsWithAnyOfIgnoreCase: 1, startsWithIgnoreCase: 1 },
  ...{ anyOfIgnoreCase: 1, equalsIgnoreCase: 1, anyOf: 1 },
  ...{ above: 1, aboveOrEqual: 1, below: 1, belowOrEqual: 1 },
  ...{ offset: 2, mapToClass: 1, defineClass: 1, raw: 1, until: 1, or: 1, desc: 1 },
  ...{ first: 1, last: 1, firstKey: 1, lastKey: 1, uniqueKeys: 1 },
  ...{ eachKey: 1, eachUniqueKey: 1, eachPrimaryKey: 1 },
  ...{ use: 1, unuse: 1, upgrade: 1, waitFor: 1 },
  ...{ backendDB: 1, hasBeenClosed: 1, hasFailed: 1, dynamicallyOpened: 1 },
};

/**
 * Takes out of Dexie what calls those parts; the bundler then drops the parts themselves. Throws
 * where a release of Dexie does not look as expected.
 *
 * @param {string} source dexie.mjs
 */
export function trimDexie(source) {
  const parts = unused.reduce((rest, [part, times]) => cutOut(rest, part, times), source);
  const trimmed = Object.entries(uncalledMethods).reduce(
    (rest, [name, times]) => cutOut(rest, methodCalled(name), times),
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
  return Object.keys(uncalledMethods).find((name) => source.includes(`.${name}(`));
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
