import { isLaterKept, keepLocale, markLaterKept, readLocales } from './kept-locales.ts';
import {
  answerFromShell,
  fillShell,
  isShellFile,
  localeOf,
  removeOtherShells,
} from './shell-cache.ts';
import { isPage } from './is-page.ts';
import { shellFiles } from './shell-files.ts';
import { endComing, isComing } from './thin-link.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  event.waitUntil(install());
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
  if (message.type === 'KEEP_EVERY_TOOL') event.waitUntil(fillLater());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (isShellFile(url.pathname)) {
    const answer = answerFromShell(url.pathname);
    event.respondWith(answer);
    event.waitUntil(answer.then(() => noteLocale(localeOf(url.pathname))));
  } else if (request.mode === 'navigate' && isScreen(url.pathname)) {
    event.respondWith(answerFromShell('/'));
  } else if (url.pathname.startsWith('/_app/')) {
    event.respondWith(fetchAsset(request));
  }
});

/**
 * All is here before anything changes; only where nothing was ever whole, the rest comes as the page
 * asks for it. The page itself is here then too: to begin anew may meet a link that is gone.
 */
async function install(): Promise<void> {
  if (!(await isComing())) return fill();
  await answerFromShell('/');
  await self.skipWaiting();
}

async function takeOver(): Promise<void> {
  if (!(await isComing())) await removeOlderShells();
  await self.clients.claim();
}

async function removeOlderShells(): Promise<void> {
  const { installing, waiting } = self.registration;
  if (installing === null && waiting === null) await removeOtherShells();
}

/** The first tier always; the tools too where they were all here, so that no update takes one away. */
async function fill(): Promise<void> {
  const locales = await readLocales();
  await fillShell(shellFiles.first, locales);
  if (await isLaterKept()) await fillShell(shellFiles.later, locales);
  if (!(await isComing())) return;
  await endComing();
  await removeOlderShells();
}

let fillingLater: Promise<void> | undefined;

/** Brings the tools; what cannot be had now is asked for again at the next occasion. */
function fillLater(): Promise<void> {
  fillingLater ??= bringLater()
    .catch(() => undefined)
    .finally(() => (fillingLater = undefined));
  return fillingLater;
}

/** While the first tier still comes, the tools would be in its way. */
async function bringLater(): Promise<void> {
  if (await isComing()) return;
  await fillShell(shellFiles.later, await readLocales());
  await markLaterKept();
}

/** A language that the page asks for; where the app still comes, what the page asks for comes first. */
async function noteLocale(locale: string | undefined): Promise<void> {
  if (locale !== undefined && !(await isComing())) await fillLocale(locale);
}

async function fillLocale(locale: unknown): Promise<void> {
  if (await keepLocale(locale)) {
    await fill().catch(() => undefined);
  }
}

/** The relay's own answers are never the app's: they pass by untouched. */
function isScreen(path: string): boolean {
  return !/^\/(?:v1\/|_app\/|healthz$|metrics$)/.test(path);
}

/** A file of another build; a page in its place (a captive portal's, a fallback) is no file. */
async function fetchAsset(request: Request): Promise<Response> {
  const response = await fetch(request);
  return isPage(response) ? Response.error() : response;
}
