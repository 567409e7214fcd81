import { parseAst } from 'vite';
import { sodiumCalls } from './sodium-calls.mjs';
import { keepExports } from './wasm-keep.mjs';

/** Where libsodium-wrappers pairs the names of functions with what they call. */
const functionLists = /\["crypto_\w+"(?:,"\w+")*\],\w+=\[[\w$,]+\]/;
/** Where it lists the names of constants. */
const constantLists = /\["(?:SODIUM_|crypto_)\w+"(?:,"\w+")*\]/g;
/** How either file names a function of the WebAssembly module. */
const nativeName = /\.(_(?:crypto|sodium|randombytes)\w+|_malloc|_free)\b/g;
/** What the wrappers themselves call of what they offer, to test themselves when they start. */
const calledAtStart = /\bt\.((?:crypto|randombytes)_\w+)/g;
/** Where the glue takes the functions from the module, under the short names that they have there. */
const takenExport = /\b\w\.(_\w+)=\w\.([\w$]+),/g;
const nativeAssigned = /\._(?:crypto|sodium|randombytes)_\w+=/g;

/**
 * The wrappers of those functions and constants only that this project calls.
 *
 * @param {string} source libsodium-wrappers.mjs
 */
export function trimWrappers(source) {
  const lists = functionLists.exec(source)?.[0];
  if (lists === undefined) throw new Error('libsodium-wrappers lists its functions in another way');
  const [names, wrappers] = lists
    .split(/\],\w+=\[/)
    .map((list) => list.replaceAll(/[["\]]/g, '').split(','));
  if (!names || !wrappers || names.length !== wrappers.length) {
    throw new Error('libsodium-wrappers pairs its functions in another way');
  }
  const called = namesCalled(source);
  const isCalled = (/** @type {unknown} */ _, /** @type {number} */ index) =>
    called.has(names[index] ?? '');
  const dropped = new Set(wrappers.filter((wrapper, index) => !isCalled(wrapper, index)));
  const [, assigned] = /\](,\w+=)\[/.exec(lists) ?? [];
  const shorter = `${JSON.stringify(names.filter(isCalled))}${assigned}[${wrappers.filter(isCalled).join(',')}]`;
  return dropFunctions(source, dropped)
    .replace(lists, () => shorter)
    .replaceAll(constantLists, (list) =>
      JSON.stringify(JSON.parse(list).filter((/** @type {string} */ name) => called.has(name))),
    );
}

/** @param {string} source libsodium-wrappers.mjs */
function namesCalled(source) {
  return new Set([
    ...sodiumCalls,
    ...[...source.matchAll(calledAtStart)].map(([, name = '']) => name),
  ]);
}

/**
 * @param {string} source
 * @param {ReadonlySet<string>} names of top-level functions
 */
function dropFunctions(source, names) {
  let rest = source;
  for (const node of parseAst(source).body.toReversed()) {
    if (node.type !== 'FunctionDeclaration' || node.id === null || !names.has(node.id.name))
      continue;
    rest = rest.slice(0, node.start) + rest.slice(node.end);
  }
  return rest;
}

/**
 * The glue and its WebAssembly with those functions only that the trimmed wrappers call.
 *
 * @param {string} glue libsodium-sumo.mjs without its literal
 * @param {Uint8Array} wasm
 * @param {string} wrappers what trimWrappers returned
 */
export function trimNative(glue, wasm, wrappers) {
  const called = new Set([
    ...[...wrappers.matchAll(nativeName)].map(([, name = '']) => name),
    ...[...namesCalled(wrappers)].map((name) => `_${name.toLowerCase()}`),
  ]);
  const taken = [...glue.matchAll(takenExport)];
  const kept = taken.flatMap(([, name = '', short = '']) => (called.has(name) ? [short] : []));
  const assigned = [...glue.matchAll(nativeAssigned)].length;
  if (kept.length < sodiumCalls.size || taken.length < assigned) {
    throw new Error('libsodium names its exports in another way');
  }
  return {
    glue: glue.replaceAll(takenExport, (text, /** @type {string} */ name) =>
      called.has(name) ? text : '',
    ),
    wasm: keepExports(wasm, new Set(kept)),
  };
}
