import { fingerprint } from './fingerprint.mjs';
import { root } from './places.mjs';

const inputs = [
  '.config/engine-chunks.mjs',
  '.config/engine-manifest.mjs',
  '.config/message-plugin.mjs',
  '.config/one-start-chunk.mjs',
  '.config/screens-without-pointers.mjs',
  'package-lock.json',
  'package.json',
  'scripts/sodium-calls.mjs',
  'scripts/trim-sodium.mjs',
  'scripts/vite-extract-sodium-wasm.mjs',
  'scripts/wasm-keep.mjs',
  'service-worker',
  'src',
  'static',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
];

/** One hash over everything that the built app depends on: the build's stamp, and the app's version. */
export const hashSources = () => fingerprint(root, inputs, { without: ['src/relay'] });
