import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { run } from './run.mjs';

const cliName = 'npm-cli.js';

/** @param {string} folder one that holds a `node` or an `npm` */
function* placesOfNpmNear(folder) {
  yield join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', cliName);
  yield join(folder, 'node_modules', 'npm', 'bin', cliName);
  const command = join(folder, 'npm');
  if (existsSync(command)) yield realpathSync(command);
}

function* placesOfNpm() {
  if (process.env['npm_execpath']) yield process.env['npm_execpath'];
  yield* placesOfNpmNear(dirname(realpathSync(process.execPath)));
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '') yield* placesOfNpmNear(folder);
  }
}

/** The machine's npm as a script, so that any Node can run it. */
export function findNpm() {
  for (const place of placesOfNpm()) {
    if (basename(place) === cliName && existsSync(place)) return place;
  }
  throw new Failure('npm was not found. Install it together with Node 22.18 or newer.');
}

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

/**
 * npm adds its whole usage text to some errors.
 *
 * @param {string} output
 */
const withoutUsage = (output) => output.split('\nnpm error Clean install a project')[0] ?? output;

/**
 * @param {string} output
 * @param {string} purpose
 */
function explainFailure(output, purpose) {
  const [reason] = offline.exec(output) ?? [];
  if (!reason) return `${withoutUsage(output).trim()}\n${purpose} failed.`;
  return (
    `${purpose} failed: npm could not reach its registry (${reason}). Connect, then run the same ` +
    'command again; once this has worked, no connection is needed.'
  );
}

/**
 * Installs exactly what the folder's package-lock.json names; npm checks each hash.
 *
 * @param {string} folder
 * @param {string} purpose for the message, should it fail
 * @param {string[]} flags
 */
export async function installFromLock(folder, purpose, flags = []) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run(
    process.execPath,
    [findNpm(), 'ci', '--prefix', folder, ...quiet, ...flags],
    { cwd: folder, stdin: 'none', output: 'captured' },
  );
  if (code !== 0) throw new Failure(explainFailure(output, purpose));
}
