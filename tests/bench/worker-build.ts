import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { trimDexiePlugin } from '../../scripts/vite-trim-dexie.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A worker of a bench as one script, made of the app's own rooms; by the name of its file here. */
export async function buildBenchWorker(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-bench-'));
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { dexie: 'dexie/dist/modern/dexie.mjs' } },
      plugins: [trimDexiePlugin()],
      build: {
        outDir: folder,
        target: 'es2022',
        lib: {
          entry: join(root, 'tests/bench', name),
          formats: ['es'],
          fileName: () => 'worker.js',
        },
        rolldownOptions: { output: { codeSplitting: false } },
      },
    });
    return await readFile(join(folder, 'worker.js'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
