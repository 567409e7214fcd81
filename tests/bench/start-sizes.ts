import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { buildFolder } from '../support/folders.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import type { BenchRow } from './report.ts';

const bench = 'start: sizes';
const kilobyte = 1_000;

type Encode = (bytes: Buffer) => Buffer;
const gzip: Encode = (bytes) => gzipSync(bytes, { level: 9 });
const brotli: Encode = (bytes) => brotliCompressSync(bytes);

/** What the board and a whole first visit fetch, as seen at a proxy, and what that weighs. */
export async function measureSizes(): Promise<readonly BenchRow[]> {
  return [...(await measureBoard()), ...(await measureFirstVisit())];
}

/** What stands before the first board: everything that is asked for until its rows are here. */
async function measureBoard(): Promise<readonly BenchRow[]> {
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  try {
    // The service worker would bring all the rest of the app meanwhile.
    await phone.context.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
    });
    await phone.goto('/');
    await phone.page.getByRole('listitem').getByRole('article').first().waitFor();
    const fetched = pathsOf(phone).filter((path) => path.endsWith('.js'));
    return [
      row(
        'screens’ thread, JS for the board, gzip',
        await asKilobytes(
          fetched.filter((path) => !isWorker(path)),
          gzip,
        ),
        60,
        ['Phanpy', 298],
      ),
      row(
        'engine’s worker, JS for the board, gzip',
        await asKilobytes(fetched.filter(isWorker), gzip),
        70,
      ),
    ];
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

async function measureFirstVisit(): Promise<readonly BenchRow[]> {
  const relay = await serveApp();
  const phone = await openPhone(relay.origin);
  try {
    await phone.goto('/');
    await phone.page.getByRole('heading', { level: 1 }).waitFor();
    await phone.waitForShell();
    const fetched = pathsOf(phone);
    const isSodium = await findSodium(fetched.filter(isWorker));
    const engine = fetched.filter(
      (path) => isWorker(path) && path.endsWith('.js') && !isSodium(path),
    );
    const { bytesDown, bytesUp } = phone.link.counts;
    return [
      row('engine’s worker, all its JS, gzip', await asKilobytes(engine, gzip), null),
      row('libsodium, gzip', await asKilobytes(fetched.filter(isSodium), gzip), null),
      row('first visit, all files, brotli', await asKilobytes(fetched, brotli), 300, [
        'Phanpy, gzip, without crypto',
        370,
      ]),
      row(
        'first visit, at the proxy with all headers, down',
        Math.round(bytesDown / 100) / 10,
        null,
      ),
      row('first visit, at the proxy with all headers, up', Math.round(bytesUp / 100) / 10, null),
      { ...row('first visit, requests', phone.link.requests.length, null), unit: '' },
    ];
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

function row(
  what: string,
  value: number,
  target: number | null,
  peer?: [string, number],
): BenchRow {
  return {
    bench,
    what,
    value,
    unit: 'KB',
    target,
    met: target === null ? null : value <= target,
    peer: peer?.[0] ?? null,
    peerValue: peer?.[1] ?? null,
    floor: null,
  };
}

const isWorker = (path: string) => path.includes('/immutable/workers/');

function pathsOf(phone: Phone): readonly string[] {
  return [...new Set(phone.link.requests.flatMap(appPathOf))];
}

async function asKilobytes(paths: readonly string[], encode: Encode): Promise<number> {
  return Math.round((await weigh(paths, encode)) / (kilobyte / 10)) / 10;
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
