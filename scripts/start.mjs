import { ensureBuild } from './ensure-build.mjs';
import { runProgram } from './run-program.mjs';

await runProgram('src/relay/main.ts', async (flags) => {
  if (!flags.includes('--help')) await ensureBuild();
  return ['--app', 'build', ...flags];
});
