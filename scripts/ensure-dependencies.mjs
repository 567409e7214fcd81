import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { holdLock } from './lock.mjs';
import { installFromLock } from './npm.mjs';
import { inRoot, modulesFolder, root } from './places.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */
/** @typedef {{ packages: Record<string, LockedPackage> }} Lock */

const stampPath = join(modulesFolder, '.wallflower-lock');

/**
 * @param {string} path
 * @returns {Promise<Lock>}
 */
async function readLock(path) {
  return /** @type {Lock} */ (JSON.parse(await readFile(path, 'utf8')));
}

/**
 * Whether an `npm install` by hand has already put in place what the lock names. npm writes its own
 * record of node_modules last.
 */
async function isInstalledByHand() {
  const record = await readLock(join(modulesFolder, '.package-lock.json')).catch(() => undefined);
  if (!record) return false;
  const { packages } = await readLock(inRoot('package-lock.json'));
  return Object.entries(packages).every(([path, wanted]) => {
    const found = record.packages[path];
    if (path === '') return true;
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Makes node_modules what package-lock.json says. */
export async function ensureDependencies() {
  const wanted = await fingerprint(root, ['package-lock.json']);
  if ((await readStamp(stampPath)) === wanted) return;

  await holdLock('dependencies', async () => {
    if ((await readStamp(stampPath)) === wanted) return;
    if (!(await isInstalledByHand())) {
      console.log('Installing the dependencies that package-lock.json names …');
      await rm(stampPath, { force: true });
      await installFromLock(root, 'Installing the dependencies');
    }
    await writeStamp(stampPath, wanted);
  });
}
