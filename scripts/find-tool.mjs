import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modulesFolder } from './places.mjs';

/**
 * The script behind a package's command, to be run by this Node on any system.
 *
 * @param {string} packageName
 * @param {string} command
 */
export function findTool(packageName, command) {
  const folder = join(modulesFolder, packageName);
  const { bin } = /** @type {{ bin: string | Record<string, string> }} */ (
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  );
  const script = typeof bin === 'string' ? bin : bin[command];
  if (!script) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, script);
}
