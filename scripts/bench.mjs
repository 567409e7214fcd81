import { ensureBuild } from './ensure-build.mjs';
import { findOrInstallChromium } from './ensure-chromium.mjs';
import { runProgram } from './run-program.mjs';

await runProgram('tests/bench/main.ts', async (flags) => {
  process.env['WALLFLOWER_CHROMIUM'] = await findOrInstallChromium();
  await ensureBuild();
  return flags;
});
