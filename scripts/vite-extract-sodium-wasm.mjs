import { trimNative, trimWrappers } from './trim-sodium.mjs';

/** @import { Plugin } from 'vite' */

const sodiumModule = /[\\/]libsodium-sumo[\\/].*\.mjs$/;
const wrappersModule = /[\\/]libsodium-wrappers-sumo[\\/].*\.mjs$/;
/** The one literal long enough to be the module; `AGFzbQ` is base64 of `\0asm` and version 1's first bits. */
const wasmLiteral = /"(AGFzbQE[A-Za-z0-9+/]{100000,}={0,2})"/g;
/** How every WebAssembly module of that size starts in base64, wherever it ends up. */
const wasmInBase64 = /AGFzbQEAAAAB[A-Za-z0-9+/]{1000}/;
const exportedFactory = /export default ([A-Za-z_$][\w$]*);\s*$/;

/**
 * Takes the WebAssembly out of libsodium's JavaScript, where it stands as base64, and ships it as a
 * file of its own: bytes compress better than base64 of them. The glue is given Emscripten's own
 * hook, `instantiateWasm`, and nothing else of it is changed. Whatever does not look as expected is
 * a build error, never a silent fallback.
 *
 * @param {string} source libsodium-sumo.mjs
 * @returns {{ wasm: Buffer, glue: (wasmUrl: string) => string }}
 */
export function extractSodiumWasm(source) {
  const literals = [...source.matchAll(wasmLiteral)];
  const [literal] = literals;
  if (!literal || literals.length !== 1) {
    throw new Error(`expected one WebAssembly literal in libsodium, found ${literals.length}`);
  }
  const base64 = literal[1] ?? '';
  const wasm = Buffer.from(base64, 'base64');
  if (wasm.toString('base64') !== base64 || !WebAssembly.validate(wasm)) {
    throw new Error("libsodium's literal is not a WebAssembly module");
  }
  if (!/\b\w+\.instantiateWasm\?new Promise/.test(source)) {
    throw new Error("libsodium's glue does not ask for instantiateWasm");
  }
  const factory = exportedFactory.exec(source)?.[1];
  if (!factory) throw new Error('libsodium does not export its factory as expected');
  const rest = source.replace(literal[0], '""').replace(exportedFactory, '');
  return { wasm, glue: (wasmUrl) => rest + loader(factory, wasmUrl) };
}

/**
 * @param {string} factory
 * @param {string} wasmUrl a JavaScript expression
 */
const loader = (factory, wasmUrl) => `
const fetchWasm = async (imports) => {
  const response = await fetch(${wasmUrl}, { credentials: 'same-origin' });
  if (!response.ok) throw new Error('libsodium: ' + response.status);
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
};
export default (options) =>
  new Promise((resolve, reject) => {
    const instantiateWasm = (imports, receive) => {
      fetchWasm(imports).then(({ instance, module }) => receive(instance, module)).catch(reject);
      return {};
    };
    ${factory}({ ...options, instantiateWasm }).then(resolve, reject);
  });
`;

/**
 * For `plugins` and `worker.plugins` alike; builds for Node keep the literal. What this project does
 * not call of libsodium stays out of the build.
 *
 * @returns {Plugin}
 */
export function extractSodiumWasmPlugin() {
  /** @type {string | undefined} */
  let wrappers;
  return {
    name: 'wallflower-extract-sodium-wasm',
    apply: 'build',
    applyToEnvironment: (environment) => environment.config.consumer === 'client',
    transform: {
      filter: { id: [sodiumModule, wrappersModule] },
      handler(source, id) {
        if (wrappersModule.test(id)) {
          wrappers = trimWrappers(source);
          return { code: wrappers, map: null };
        }
        if (wrappers === undefined) throw new Error('libsodium came before its wrappers');
        const extracted = extractSodiumWasm(source);
        const { wasm } = trimNative(extracted.glue(''), extracted.wasm, wrappers);
        const reference = this.emitFile({ type: 'asset', name: 'libsodium.wasm', source: wasm });
        const { glue } = trimNative(
          extracted.glue(`import.meta.ROLLUP_FILE_URL_${reference}`),
          extracted.wasm,
          wrappers,
        );
        return { code: glue, map: null };
      },
    },
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === 'chunk' && wasmInBase64.test(output.code)) {
          this.error(`${output.fileName} still holds a WebAssembly module as base64`);
        }
      }
    },
  };
}
