import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './places.mjs';

const longestWaitMs = 15 * 60 * 1000;

/**
 * Lets one command at a time into a piece of work. The lock is a file lock held by SQLite, which
 * the system lets go of when its holder is killed.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function holdLock(name, work) {
  const { DatabaseSync } = await import('node:sqlite');
  await mkdir(cacheFolder, { recursive: true });
  const lock = new DatabaseSync(join(cacheFolder, `${name}.lock`));
  try {
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch {
      console.log(`Waiting for another command that holds the ${name} …`);
      lock.exec(`PRAGMA busy_timeout = ${longestWaitMs}`);
      lock.exec('BEGIN EXCLUSIVE');
    }
    return await work();
  } finally {
    lock.close();
  }
}
