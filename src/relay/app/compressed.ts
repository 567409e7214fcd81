import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Encodings that every browser takes over TLS (brotli) or anywhere (gzip). */
export const encodings = { br: '.br', gzip: '.gz' } as const;
export type Encoding = keyof typeof encodings;

/** Hidden in the app's folder: a new build wipes it together with what it was made of. */
const cacheName = '.compressed';
const smallestGain = 0.95;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => gzipped(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/** Compressed forms of a file, by encoding; those that save next to nothing are left out. */
export async function compressFile(
  folder: string,
  hash: string,
  bytes: Buffer,
): Promise<Partial<Record<Encoding, Buffer>>> {
  const made = await Promise.all(
    (Object.keys(encodings) as Encoding[]).map(async (encoding) => {
      const path = join(folder, cacheName, hash + encodings[encoding]);
      return [encoding, await readOrMake(path, () => compress[encoding](bytes))] as const;
    }),
  );
  return Object.fromEntries(
    made.filter(([, encoded]) => encoded.length < bytes.length * smallestGain),
  );
}

async function readOrMake(path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    const made = await make();
    await keep(path, made);
    return made;
  }
}

/** A folder that cannot be written costs the next start some seconds, nothing else. */
async function keep(path: string, bytes: Buffer): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch {
    return;
  }
}
