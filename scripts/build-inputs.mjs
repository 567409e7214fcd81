import { fingerprint } from './fingerprint.mjs';
import { root } from './places.mjs';

const inputs = [
  '.config/message-plugin.mjs',
  '.config/one-start-chunk.mjs',
  'package-lock.json',
  'package.json',
  'scripts/vite-extract-sodium-wasm.mjs',
  'service-worker',
  'src',
  'static',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
];

/** One hash over everything that the built app depends on: the build's stamp, and the app's version. */
export const hashSources = () => fingerprint(root, inputs, { without: ['src/relay'] });
