import { isPage } from './is-page.ts';
import { overCuts } from './over-cuts.ts';

/** Files under way: what has come of each of their gzip forms. */
const cacheName = 'wallflower-parts';
/** Little more than this is lost when the browser is killed. */
const keepEveryBytes = 16_384;
/** A connection on which nothing comes for so long is dead, though nobody said so. */
const silenceMs = 25_000;

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  wasm: 'application/wasm',
};

/**
 * A file by its gzip form, which goes on after each cut where it was cut: browsers do that for no
 * answer that is coded. Undefined where the origin has no such form. Rejects when the link brings
 * nothing; what has come is kept for the next time.
 */
export async function fetchPacked(path: string): Promise<Response | undefined> {
  const type = types[path.slice(path.lastIndexOf('.') + 1)];
  if (type === undefined) return undefined;
  const cache = await caches.open(cacheName);
  const packed = await overCuts((gain) => goOn(cache, `${path}.gz`, gain));
  if (packed === undefined) return undefined;
  const headers = new Headers(packed.headers);
  headers.set('content-type', type);
  for (const name of ['content-length', 'content-range']) headers.delete(name);
  const unpacked = packed.body?.pipeThrough(new DecompressionStream('gzip'));
  return new Response(unpacked ?? null, { headers });
}

/** All of a file, of which the cache may hold the beginning; a cut leaves more of it there. */
async function goOn(cache: Cache, path: string, gain: () => void): Promise<Response | undefined> {
  const kept = await cache.match(path);
  const part = await kept?.blob();
  const headers = new Headers(
    part && { range: `bytes=${part.size}-`, 'if-range': kept?.headers.get('etag') ?? '' },
  );
  const silence = new Silence();
  const response = await fetch(path, {
    cache: 'no-store',
    redirect: 'error',
    signal: silence.signal,
    headers,
  });
  if (response.status === 416) await cache.delete(path);
  if (!/^20[06]$/.test(String(response.status)) || isPage(response)) return undefined;
  const pieces: BlobPart[] = response.status === 206 && part ? [part] : [];
  const whole = () => new Response(new Blob(pieces), { headers: response.headers });
  let unkeptBytes = 0;
  try {
    for await (const piece of piecesOf(response)) {
      silence.restart();
      gain();
      pieces.push(piece);
      unkeptBytes += piece.length;
      if (unkeptBytes < keepEveryBytes) continue;
      unkeptBytes = 0;
      await cache.put(path, whole());
    }
  } catch (error) {
    await cache.put(path, whole());
    throw error;
  } finally {
    silence.end();
  }
  await cache.delete(path);
  return whole();
}

/** What comes, as it comes; not every browser can iterate a body itself. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (piece?.value === undefined) return;
    yield piece.value;
  }
}

/** Ends what listens to its signal after a long silence. */
class Silence {
  readonly #controller = new AbortController();
  #timer = 0;

  constructor() {
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.end();
    this.#timer = setTimeout(() => this.#controller.abort(), silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
