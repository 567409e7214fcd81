import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';

/**
 * @param {string} root
 * @param {string} path relative, with forward slashes
 * @param {string[]} left paths to leave out
 * @returns {AsyncGenerator<string>}
 */
async function* listFiles(root, path, left) {
  if (left.includes(path)) return;
  const found = await stat(join(root, path)).catch(() => undefined);
  if (found?.isFile()) yield path;
  if (!found?.isDirectory()) return;
  for (const name of (await readdir(join(root, path))).sort()) {
    yield* listFiles(root, posix.join(path, name), left);
  }
}

/**
 * One hash over the names and bytes of files and folders; what does not exist counts as absent.
 *
 * @param {string} root
 * @param {string[]} paths
 * @param {{ without?: string[] }} [options]
 */
export async function fingerprint(root, paths, { without = [] } = {}) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const file of listFiles(root, path, without)) {
      const bytes = await readFile(join(root, file));
      hash.update(`${JSON.stringify(file)} ${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest('hex');
}
