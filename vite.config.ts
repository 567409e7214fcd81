import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { extractSodiumWasmPlugin } from './scripts/vite-extract-sodium-wasm.mjs';

export default defineConfig({
  plugins: [extractSodiumWasmPlugin(), sveltekit()],
  worker: { format: 'es', plugins: () => [extractSodiumWasmPlugin()] },
  build: { target: 'es2022' },
  server: { host: '127.0.0.1' },
});
