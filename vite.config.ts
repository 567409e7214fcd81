import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { engineChunks } from './.config/engine-chunks.mjs';
import { engineManifest } from './.config/engine-manifest.mjs';
import { compiledMessages } from './.config/message-plugin.mjs';
import { oneStartChunk } from './.config/one-start-chunk.mjs';
import { screensWithoutPointers } from './.config/screens-without-pointers.mjs';
import { extractSodiumWasmPlugin } from './scripts/vite-extract-sodium-wasm.mjs';
import { trimDexiePlugin } from './scripts/vite-trim-dexie.mjs';

export default defineConfig({
  plugins: [
    compiledMessages(),
    extractSodiumWasmPlugin(),
    sveltekit(),
    oneStartChunk(),
    screensWithoutPointers(),
  ],
  worker: {
    format: 'es',
    plugins: () => [extractSodiumWasmPlugin(), trimDexiePlugin(), engineManifest()],
    rolldownOptions: {
      output: { codeSplitting: { groups: engineChunks } },
    },
  },
  // The package's own entry wraps a CommonJS file; this is the same release as a module.
  resolve: { alias: { dexie: 'dexie/dist/modern/dexie.mjs' } },
  build: { target: 'es2022' },
  server: { host: '127.0.0.1' },
});
