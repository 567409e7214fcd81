import { fetchChecked, hashOf } from './fetch-checked.ts';
import { shellFiles, type ShellFile, type ShellTier } from './shell-files.ts';

const cachePrefix = 'wallflower-shell-';
const cacheName = cachePrefix + shellFiles.version;
/** Leaves most of the six connections that a browser opens to one origin to the page. */
const parallelFetches = 2;

const hashByPath = new Map<string, string>(
  [shellFiles.first, shellFiles.later].flatMap(({ always, byLocale }) => [
    ...always,
    ...Object.values(byLocale).flat(),
  ]),
);

/** Whether this build of the app has a file at that path. */
export function isShellFile(path: string): boolean {
  return hashByPath.has(path);
}

/** The language that a file belongs to; undefined for what everyone needs. */
export function localeOf(path: string): string | undefined {
  const { byLocale } = shellFiles.first;
  return Object.keys(byLocale).find((locale) => byLocale[locale]?.some(([file]) => file === path));
}

/**
 * Stores what is not stored yet of a tier: what everyone needs of it, and some languages. Rejects
 * when one of them cannot be had as it was built; what did arrive is kept for the next attempt.
 * What an older build on this device has already is not fetched again.
 */
export async function fillShell(tier: ShellTier, locales: readonly string[]): Promise<void> {
  const cache = await caches.open(cacheName);
  const files = locales.flatMap((locale) => tier.byLocale[locale] ?? []);
  const waiting = [...tier.always, ...files].values();
  const keepWaiting = async () => {
    for (const file of waiting) await keepFile(cache, file);
  };
  await Promise.all(Array.from({ length: parallelFetches }, keepWaiting));
  if (!(await caches.has(cacheName))) throw new Error('The files were removed meanwhile.');
}

async function keepFile(cache: Cache, [path, hash]: ShellFile): Promise<void> {
  if ((await cache.match(path)) === undefined) await cache.put(path, await obtain(path, hash));
}

const onTheWay = new Map<string, Promise<Response>>();

/** One file, from an older build on this device or from the origin; asked for twice, it comes once. */
async function obtain(path: string, hash: string): Promise<Response> {
  let file = onTheWay.get(path);
  if (file === undefined) {
    file = findOrFetch(path, hash).finally(() => onTheWay.delete(path));
    onTheWay.set(path, file);
  }
  return (await file).clone();
}

async function findOrFetch(path: string, hash: string): Promise<Response> {
  const known = path.startsWith('/_app/immutable/') ? await caches.match(path) : undefined;
  const isSame = known !== undefined && (await hashOf(known)) === hash;
  return isSame ? known : fetchChecked(path, hash);
}

/** One file of this build: from the device, or else from the origin, checked and then kept. */
export async function answerFromShell(path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const stored = await cache.match(path);
  if (stored !== undefined) return stored;
  const response = await obtain(path, hashByPath.get(path) ?? '');
  await cache.put(path, response.clone()).catch(() => undefined);
  return response;
}

/** Removes the files of every other build. */
export async function removeOtherShells(): Promise<void> {
  const others = (await caches.keys()).filter(
    (name) => name.startsWith(cachePrefix) && name !== cacheName,
  );
  await Promise.all(others.map((name) => caches.delete(name)));
}
