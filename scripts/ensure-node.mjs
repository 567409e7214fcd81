import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { Failure } from './failure.mjs';
import { nodePackages } from './node-packages.mjs';
import { findNpm, installFromLock } from './npm.mjs';
import { nodeFolder } from './places.mjs';
import { handOver } from './run.mjs';

/** @import { NodePackage } from './node-packages.mjs' */

/** What runs TypeScript as it is and has SQLite built in. */
const oldest = { major: 22, minor: 18 };
const abandonedAfterMs = 60 * 60 * 1000;

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major >= 24 || (major === oldest.major && minor >= oldest.minor);
}

/** @param {string} folder */
const binaryIn = (folder) =>
  join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

async function removeAbandonedInstalls() {
  for (const name of await readdir(nodeFolder)) {
    if (!name.startsWith('installing-')) continue;
    const folder = join(nodeFolder, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * npm fetches it and checks it against the pinned hash.
 *
 * @param {NodePackage} wanted
 * @param {string} folder
 */
async function install({ name, version, integrity }, folder) {
  const dependencies = { [name]: version };
  const lock = {
    lockfileVersion: 3,
    packages: { '': { dependencies }, [`node_modules/${name}`]: { version, integrity } },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  await installFromLock(folder, `Fetching Node ${version}`, ['--ignore-scripts']);
}

/**
 * @param {string} binary
 * @param {NodePackage} wanted
 */
function proveItRuns(binary, { version }) {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() !== `v${version}`) {
    throw new Failure(
      `Node ${version} from npm does not run on this system. ` +
        `Install Node ${oldest.major}.${oldest.minor} or newer yourself, then run this again.`,
    );
  }
}

/**
 * A killed install leaves only an `installing-` folder: the last step, a rename, is all or nothing.
 *
 * @param {NodePackage} wanted
 * @param {string} target
 */
async function fetchNode(wanted, target) {
  await mkdir(nodeFolder, { recursive: true });
  await removeAbandonedInstalls();
  const folder = await mkdtemp(join(nodeFolder, 'installing-'));
  try {
    await install(wanted, folder);
    const unpacked = join(folder, 'node_modules', wanted.name);
    proveItRuns(binaryIn(unpacked), wanted);
    await rename(unpacked, target).catch((/** @type {unknown} */ error) => {
      if (!existsSync(binaryIn(target))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} binary */
function environmentFor(binary) {
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...process.env,
    [pathName]: [dirname(binary), process.env[pathName]].filter(Boolean).join(delimiter),
    NODE: binary,
    npm_node_execpath: binary,
    npm_execpath: findNpm(),
  };
}

/**
 * Returns under a Node that is new enough. Where this one is older, the pinned one is fetched into
 * the project, and the calling script starts again under it.
 */
export async function ensureNode() {
  if (isNewEnough()) return;

  const wanted = nodePackages[`${process.platform}-${process.arch}`];
  if (!wanted) {
    throw new Failure(
      `Node ${process.versions.node} is too old, and npm has no newer one for ${process.platform} ` +
        `on ${process.arch}. Install Node ${oldest.major}.${oldest.minor} or newer, then run this again.`,
    );
  }

  const target = join(nodeFolder, `${wanted.name}-${wanted.version}`);
  const binary = binaryIn(target);
  if (!existsSync(binary)) {
    console.log(
      `Node ${process.versions.node} is too old: fetching Node ${wanted.version} into .node …`,
    );
    await fetchNode(wanted, target);
  }
  await handOver(binary, [...process.execArgv, ...process.argv.slice(1)], {
    cwd: process.cwd(),
    env: environmentFor(binary),
  });
}
