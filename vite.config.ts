import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { compiledMessages } from './.config/message-plugin.mjs';
import { extractSodiumWasmPlugin } from './scripts/vite-extract-sodium-wasm.mjs';

export default defineConfig({
  plugins: [compiledMessages(), extractSodiumWasmPlugin(), sveltekit()],
  worker: { format: 'es', plugins: () => [extractSodiumWasmPlugin()] },
  build: { target: 'es2022' },
  server: { host: '127.0.0.1' },
});
