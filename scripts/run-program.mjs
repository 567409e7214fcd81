import { ensureDependencies } from './ensure-dependencies.mjs';
import { ensureNode } from './ensure-node.mjs';
import { showFailure } from './failure.mjs';
import { inRoot } from './places.mjs';
import { handOver } from './run.mjs';

/**
 * Makes Node and the dependencies ready, prepares what else is needed, then hands over to one of
 * the project's programs.
 *
 * @param {string} program
 * @param {(flags: string[]) => Promise<string[]>} prepare gives the program's arguments
 */
export async function runProgram(program, prepare) {
  try {
    await ensureNode();
    await ensureDependencies();
    const args = await prepare(process.argv.slice(2));
    await handOver(process.execPath, [inRoot(program), ...args]);
  } catch (error) {
    showFailure(error);
    process.exitCode = 1;
  }
}
