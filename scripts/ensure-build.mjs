import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSources } from './build-inputs.mjs';
import { Failure } from './failure.mjs';
import { findTool } from './find-tool.mjs';
import { holdLock } from './lock.mjs';
import { buildFolder } from './places.mjs';
import { run } from './run.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

const stampPath = join(buildFolder, '.wallflower-build');

async function build() {
  await rm(stampPath, { force: true });
  const { code, output } = await run(process.execPath, [findTool('vite', 'vite'), 'build'], {
    stdin: 'none',
    output: 'captured',
  });
  if (code !== 0 || !existsSync(buildFolder)) {
    throw new Failure(`${output.trim()}\nBuilding the app failed.`);
  }
}

/** Makes build/ the app of the sources as they are. */
export async function ensureBuild() {
  if ((await readStamp(stampPath)) === (await hashSources())) return;

  await holdLock('build', async () => {
    const wanted = await hashSources();
    if ((await readStamp(stampPath)) === wanted) return;
    console.log('Building the app …');
    await build();
    await writeStamp(stampPath, wanted);
  });
}
