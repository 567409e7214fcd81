import { isPage } from './is-page.ts';
import { overCuts } from './over-cuts.ts';
import { piecesOf, Silence } from './silence.ts';

/** Files under way: what has come of each of their gzip forms. */
const cacheName = 'wallflower-parts';
/** Little more than this is lost when the browser is killed. */
const keepEveryBytes = 16_384;

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
