import { fetchPacked } from './fetch-packed.ts';
import { isPage } from './is-page.ts';
import { overCuts } from './over-cuts.ts';
import { piecesOf, Silence } from './silence.ts';
import { isComing } from './thin-link.ts';

/** From then on files come in a form that goes on after a cut; it is longer by a tenth. */
let hasBeenCut = false;

/**
 * One file from the origin, with exactly the bytes that were built. The browser's own cache may
 * answer, so a file that the page has just loaded costs nothing; if that copy is not the right one
 * (a captive portal's page, half a file), or the link was cut, the origin is asked again, and what
 * comes goes on over cuts. Rejects where nothing comes, or something else.
 */
export async function fetchChecked(path: string, hash: string): Promise<Response> {
  hasBeenCut ||= await isComing();
  const first: RequestInit = hasBeenCut ? { mode: 'same-origin', cache: 'only-if-cached' } : {};
  const file =
    (await fetchWhole(path, hash, first).catch(noteCut)) ??
    (await fetchPart(path, hash)) ??
    (await overCuts(() => fetchWhole(path, hash, { cache: 'reload' })));
  if (file === undefined) throw new TypeError(`${path} was not answered with the file.`);
  return file;
}

function noteCut(): undefined {
  hasBeenCut = true;
}

async function fetchWhole(
  path: string,
  hash: string,
  options: RequestInit,
): Promise<Response | undefined> {
  const silence = new Silence();
  const { signal } = silence;
  try {
    const response = await fetch(path, { ...options, redirect: 'error', priority: 'low', signal });
    if (response.status !== 200 || isPage(response) !== (path === '/')) return undefined;
    const found = await hashOf(response, () => silence.restart());
    return found === hash ? response : undefined;
  } finally {
    silence.end();
  }
}

async function fetchPart(path: string, hash: string): Promise<Response | undefined> {
  if (!path.startsWith('/_app/immutable/')) return undefined;
  const response = await fetchPacked(path);
  // What is no gzip at all rejects when it is read.
  const found = response && (await hashOf(response).catch(() => undefined));
  return found === hash ? response : undefined;
}

/**
 * Of the SHA-256 of an answer's bytes as much as the list of files has: 120 bits, in base64. Calls
 * `gain` with each piece that comes.
 */
export async function hashOf(response: Response, gain = () => {}): Promise<string> {
  const pieces: BlobPart[] = [];
  for await (const piece of piecesOf(response.clone())) {
    gain();
    pieces.push(piece);
  }
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(pieces).arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(hash))).slice(0, 20);
}
