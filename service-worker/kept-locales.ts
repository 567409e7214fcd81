import { shellFiles } from './shell-files.ts';

/**
 * Outlives the builds: one empty entry for each language that was ever read on this device, and one
 * that says that the tools which come later were all here once.
 */
const cacheName = 'wallflower-locales';
const laterMark = '/every-tool';

function isLocale(value: unknown): value is string {
  return typeof value === 'string' && Object.hasOwn(shellFiles.first.byLocale, value);
}

/** Notes that a language is read here, so that updates bring it too; anything else is ignored. */
export async function keepLocale(locale: unknown): Promise<boolean> {
  if (!isLocale(locale)) return false;
  const cache = await caches.open(cacheName);
  await cache.put(`/${locale}`, new Response());
  return true;
}

/** The languages read on this device, and the first of the browser's own that there is. */
export async function readLocales(): Promise<readonly string[]> {
  const spoken = navigator.languages.map((tag) => tag.split('-')[0]);
  const first = spoken.find(isLocale) ?? 'en';
  const cache = await caches.open(cacheName);
  const kept = (await cache.keys()).map(({ url }) => new URL(url).pathname.slice(1));
  return [...new Set([first, ...kept.filter(isLocale)])];
}

/** Notes that the tools which come later are all here, so that updates bring them too. */
export async function markLaterKept(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(laterMark, new Response());
}

/** Whether the tools which come later were all here once. */
export async function isLaterKept(): Promise<boolean> {
  const cache = await caches.open(cacheName);
  return (await cache.match(laterMark)) !== undefined;
}
