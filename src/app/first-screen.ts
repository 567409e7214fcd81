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

/** Shows what the page holds under an id, in the language that the reader chose or prefers of those. */
export function say(id: string): void {
  const spoken = wantedTongues().find((tag) => /^(?:ar|en)/.test(tag)) ?? '';
  const words = document.getElementById(id)?.children[Number(spoken.startsWith('ar'))];
  words?.removeAttribute('hidden');
}

/** Shows the board as it was last seen in place of the skeleton's grey shapes; whether there was any. */
function showGlance(): boolean {
  try {
    const isDrawn = drawGlance(dayOf(Date.now()));
    if (isDrawn) document.querySelector('.skeleton-page')?.replaceChildren();
    return isDrawn;
  } catch {
    // What is kept cannot be read: the grey shapes stay.
    return false;
  }
}

/** Draws what the page shows by itself; whether the board is among it. */
function showFirstScreen(): boolean {
  try {
    if (location.pathname !== '/' || sessionStorage['left']) return false;
    if (!navigator.serviceWorker?.controller) say('coming');
    return showGlance();
  } catch {
    // Storage is switched off: the skeleton stands alone.
    return false;
  }
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

/** Runs after the next paint, or a little later where nothing is painted. */
function afterPaint(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
  setTimeout(work, mostWaitMs);
}

/** Has the browser fetch what the app's start will ask for. */
function fetchAhead(): void {
  const links = document.getElementById('ahead');
  if (links instanceof HTMLTemplateElement) document.head.append(links.content);
}

showTheme(readKeptTheme());

/** Kit's script waits for it: to compile what has come would hold up the first picture (decision 0118). */
const firstScreen = new Promise<void>((resolve) => {
  // It stands behind what the page draws by itself, and behind all that is fetched ahead.
  whenStands('noscript', () => {
    if (showFirstScreen()) afterPaint(resolve);
    else resolve();
  });
});
Object.assign(globalThis, { firstScreen });
void firstScreen.then(fetchAhead);
