import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { hashSources } from './scripts/build-inputs.mjs';
import { withShellFiles } from './service-worker/list-shell-files.mjs';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: withShellFiles(adapter({ fallback: 'index.html' }), 'build'),
    csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
    files: { serviceWorker: 'service-worker/index' },
    inlineStyleThreshold: 100_000,
    serviceWorker: { register: false },
    version: { name: (await hashSources()).slice(0, 16) },
    typescript: {
      config: (config) => ({
        ...config,
        include: [...config.include, '../src/**/*.svelte'],
        exclude: [
          '../node_modules/**',
          '../service-worker/**',
          '../src/relay/**',
          '../tests/**',
          '../build/**',
        ],
      }),
    },
  },
};
