/*
 * Stands in the page itself (go-on.ts), so that a first visit over a slow link is told what is on its
 * way before any file of the app has come (decision 0100).
 */

import { dayOf } from '#core/types/day.ts';
import { drawGlance } from './glance.ts';
import { readKeptTheme, showTheme } from './kept-theme.ts';
import { wantedTongues } from './wanted-tongues.ts';

/** A page in the background is not painted. */
const mostWaitMs = 500;

/** The language of this app that the reader chose or prefers. */
function spokenTongue(): 'ar' | 'en' {
  return wantedTongues()
    .find((tag) => /^(?:ar|en)/.test(tag))
    ?.startsWith('ar')
    ? 'ar'
    : 'en';
}

/** Shows what the page holds under an id, in the reader's language. */
export function say(id: string): void {
  const words = document.getElementById(id)?.children[Number(spokenTongue() === 'ar')];
  words?.removeAttribute('hidden');
}

/**
 * Shows the board as it was last seen in place of the skeleton's grey shapes: what is on the screen
 * at once, and once that is painted what is below it. Ends when all of it is painted.
 */
async function showGlance(): Promise<void> {
  const drawRest = drawGlance(dayOf(Date.now()));
  if (drawRest === undefined) return;
  document.querySelector('.skeleton-page')?.replaceChildren();
  await paint();
  drawRest();
  await paint();
}

/** Draws what the page shows by itself. */
async function showFirstScreen(): Promise<void> {
  if (location.pathname !== '/' || sessionStorage['left']) return;
  if (!navigator.serviceWorker?.controller) say('coming');
  await showGlance();
}

/** Runs once the page has come so far that an element stands in it, and not only when all of it has. */
function whenStands(selector: string, work: () => void): void {
  const parsed = new MutationObserver(() => {
    if (document.querySelector(selector) === null) return;
    parsed.disconnect();
    work();
  });
  parsed.observe(document, { childList: true, subtree: true });
}

/** Passes with the next paint, or a little later where nothing is painted. */
function paint(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, mostWaitMs);
  });
}

/** Has the browser fetch what the app's start will ask for; of the words, the reader's. */
function fetchAhead(): void {
  const links = document.getElementById('ahead');
  if (!(links instanceof HTMLTemplateElement)) return;
  for (const words of links.content.querySelectorAll(`[lang]:not([lang=${spokenTongue()}])`)) {
    words.remove();
  }
  document.head.append(links.content);
}

showTheme(readKeptTheme());

/** Kit's script waits for it: to compile what has come would hold up the first picture (decision 0118). */
const firstScreen = new Promise<void>((resolve) => {
  // It stands behind what the page draws by itself, and behind all that is fetched ahead.
  whenStands('noscript', () => {
    // Where storage is switched off, or what is kept cannot be read, the skeleton stands alone.
    void showFirstScreen().then(resolve, resolve);
  });
});
Object.assign(globalThis, { firstScreen });
void firstScreen.then(fetchAhead);
