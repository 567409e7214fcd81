import { runProgram } from './run-program.mjs';

await runProgram('src/relay/sign-charter.ts', (flags) => Promise.resolve(flags));
