import { runProgram } from './run-program.mjs';

await runProgram('src/relay/export-board.ts', (flags) => Promise.resolve(flags));
