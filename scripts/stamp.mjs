import { readFile, rename, writeFile } from 'node:fs/promises';

/** @param {string} path */
export async function readStamp(path) {
  return readFile(path, 'utf8').catch(() => undefined);
}

/**
 * Written in one go: a stamp is there whole or not at all.
 *
 * @param {string} path
 * @param {string} value
 */
export async function writeStamp(path, value) {
  await writeFile(`${path}.new`, value);
  await rename(`${path}.new`, path);
}
