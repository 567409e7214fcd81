import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildFolder } from '../support/folders.ts';
import { openPhone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import type { BenchRow } from './report.ts';

const bench = 'start: sizes';
const kilobyte = 1_000;

type Encode = (bytes: Buffer) => Buffer;
const gzip: Encode = (bytes) => gzipSync(bytes, { level: 9 });
const brotli: Encode = (bytes) => brotliCompressSync(bytes);

/** What one first visit to the board fetches, as seen at a proxy, and what that weighs. */
export async function measureSizes(): Promise<readonly BenchRow[]> {
  const relay = await serveApp();
  const phone = await openPhone(relay.origin);
  try {
    await phone.goto('/');
    await phone.page.getByRole('heading', { level: 1 }).waitFor();
    await phone.waitForShell();
    const fetched = [...new Set(phone.link.requests.flatMap(appPathOf))];
    const shellAt = fetched.indexOf('/service-worker.js');
    const initial = fetched.slice(0, shellAt);
    const isScript = (path: string) => path.endsWith('.js');
    const isWorker = (path: string) => path.includes('/immutable/workers/');
    const isSodium = await findSodium(fetched.filter(isWorker));
    const screens = initial.filter((path) => isScript(path) && !isWorker(path));
    const engine = fetched.filter((path) => isWorker(path) && isScript(path) && !isSodium(path));
    const engineAtStart = initial.filter((path) => engine.includes(path));
    const asKilobytes = async (paths: readonly string[], encode: Encode) =>
      Math.round((await weigh(paths, encode)) / (kilobyte / 10)) / 10;
    const row = (what: string, value: number, target: number | null, peer?: [string, number]) => ({
      bench,
      what,
      value,
      unit: 'KB',
      target,
      met: target === null ? null : value <= target,
      peer: peer?.[0] ?? null,
      peerValue: peer?.[1] ?? null,
      floor: null,
    });
    return [
      row('screens’ thread, JS for the board, gzip', await asKilobytes(screens, gzip), 60, [
        'Phanpy',
        298,
      ]),
      row('engine’s worker, JS for the board, gzip', await asKilobytes(engineAtStart, gzip), 70),
      row('engine’s worker, all its JS, gzip', await asKilobytes(engine, gzip), null),
      row('libsodium, gzip', await asKilobytes(fetched.filter(isSodium), gzip), null),
      row('first visit, all files, brotli', await asKilobytes(fetched, brotli), 300, [
        'Phanpy, gzip, without crypto',
        370,
      ]),
      row(
        'first visit, at the proxy with all headers, down',
        Math.round(phone.link.counts.bytesDown / 100) / 10,
        null,
      ),
      row(
        'first visit, at the proxy with all headers, up',
        Math.round(phone.link.counts.bytesUp / 100) / 10,
        null,
      ),
      { ...row('first visit, requests', phone.link.requests.length, null), unit: '' },
    ];
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

function appPathOf(request: string): string[] {
  const path = request.replace(/^GET /, '').replace(/\?.*$/, '');
  return request.startsWith('GET ') && !path.startsWith('/v1/') ? [path] : [];
}

async function readBuilt(path: string): Promise<Buffer> {
  return readFile(join(buildFolder, path === '/' ? 'index.html' : path));
}

/** The WebAssembly and the script that starts it. */
async function findSodium(paths: readonly string[]): Promise<(path: string) => boolean> {
  const found = new Set<string>();
  for (const path of paths) {
    const isOne =
      path.endsWith('.wasm') || (await readBuilt(path)).includes('_crypto_aead_xchacha20poly1305');
    if (isOne) found.add(path);
  }
  return (path) => found.has(path);
}

async function weigh(paths: readonly string[], encode: Encode): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => encode(await readBuilt(path)).length));
  return sizes.reduce((total, size) => total + size, 0);
}
