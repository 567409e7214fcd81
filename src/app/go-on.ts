/*
 * Stands in the page itself, before all else (service-worker/inline-script.mjs). Where the app's
 * first files are cut on their way, the document would stay dead: this lets the service worker
 * bring them, over the cuts, and begins anew (decision 0115).
 */

import { say } from './first-screen.ts';

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

const mostDoublings = 6;
const pauseMs = 1_000;
const silenceMs = 90_000;
/** The page is small: on a link that brings anything at all it comes in less. */
const pageSilenceMs = 8_000;
const workerPath = '/service-worker.js';
/** Read by the service worker: nothing whole is here yet, and shall not be waited for. */
const comingMark = 'wallflower-thin';

const workers = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
const hasNotStarted = () => document.getElementById('skeleton') !== null;
let isGoingOn = false;

async function goOn(): Promise<void> {
  const isFirstVisit = workers?.controller === null;
  if (isGoingOn || !(hasNotStarted() || isFirstVisit)) return;
  isGoingOn = true;
  say('thin');
  // What else is under way would be cut too, and lost.
  stop();
  const rules = { createScriptURL: () => workerPath };
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };
  const policy = trustedTypes?.createPolicy('wallflower-go-on', rules) ?? rules;
  const script = policy.createScriptURL(workerPath);
  for (;;) {
    const cuts = Math.min(Number(sessionStorage['cuts'] ?? 0), mostDoublings);
    sessionStorage['cuts'] = cuts + 1;
    await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** cuts));
    if (!isFirstVisit || (await handOver(workers, script).catch(() => false))) break;
  }
  location.reload();
}

/** Has the service worker answer this page from now on. */
async function handOver(container: ServiceWorkerContainer, script: string): Promise<true> {
  const registration = await container.getRegistration();
  if (!registration?.active) await caches.open(comingMark);
  await isReady(await container.register(script));
  sessionStorage['cuts'] = 0;
  return true;
}

/** Rejects where the worker did not even get the page that it has to answer with. */
function isReady({ active, installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    if (active) resolve();
    const worker = installing ?? waiting;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error(worker.state));
    });
  });
}

addEventListener('wallflower-go-on', () => void goOn());
addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') void goOn();
  },
  true,
);
addEventListener('unhandledrejection', ({ reason }) => {
  if (/import|load/i.test(String(reason))) void goOn();
});
addEventListener('DOMContentLoaded', () => {
  // A page that was itself cut has no script after this one.
  if (document.scripts.length < 2) void goOn();
  if (hasNotStarted())
    void globalThis.caches?.has(comingMark).then((isComing) => isComing && say('thin'));
});
// Of a page that was cut Chromium waits for the rest for ever, and says nothing.
let come = 0;
const coming = setInterval(() => {
  const { length } = document.documentElement.outerHTML;
  if (document.readyState !== 'loading') clearInterval(coming);
  else if (length === come) void goOn();
  come = length;
}, pageSilenceMs);
let arrived = 0;
setInterval(() => {
  const { length } = performance.getEntriesByType('resource');
  if (length === arrived && hasNotStarted()) void goOn();
  arrived = length;
}, silenceMs);
