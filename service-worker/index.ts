import { keepLocale, readLocales } from './kept-locales.ts';
import {
  answerFromShell,
  fillShell,
  isShellFile,
  localeOf,
  removeOtherShells,
} from './shell-cache.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  event.waitUntil(readLocales().then((locales) => fillShell(locales)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('message', (event) => {
  const message: unknown = event.data;
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  if (message.type === 'SKIP_WAITING') event.waitUntil(self.skipWaiting());
  if (message.type === 'KEEP_LOCALE' && 'locale' in message) {
    event.waitUntil(fillLocale(message.locale));
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (isShellFile(url.pathname)) {
    const answer = answerFromShell(url.pathname);
    event.respondWith(answer);
    event.waitUntil(answer.then(() => fillLocale(localeOf(url.pathname))));
  } else if (request.mode === 'navigate' && isScreen(url.pathname)) {
    event.respondWith(answerFromShell('/'));
  } else if (url.pathname.startsWith('/_app/')) {
    event.respondWith(fetchAsset(request));
  }
});

async function takeOver(): Promise<void> {
  const { installing, waiting } = self.registration;
  if (installing === null && waiting === null) await removeOtherShells();
  await self.clients.claim();
}

async function fillLocale(locale: unknown): Promise<void> {
  if (await keepLocale(locale)) {
    await fillShell(await readLocales()).catch(() => undefined);
  }
}

/** The relay's own answers are never the app's: they pass by untouched. */
function isScreen(path: string): boolean {
  return !/^\/(?:v1\/|_app\/|healthz$|metrics$)/.test(path);
}

/** A file of another build; a page in its place (a captive portal's, a fallback) is no file. */
async function fetchAsset(request: Request): Promise<Response> {
  const response = await fetch(request);
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  return isPage ? Response.error() : response;
}
