/*
 * Stands in the page itself (go-on.ts), so that a first visit over a slow link is told what is on its
 * way before any file of the app has come (decision 0100).
 */

import { dayOf } from '#core/types/day.ts';
import { drawGlance } from './glance.ts';
import { readKeptTheme, showTheme } from './kept-theme.ts';
import { wantedTongues } from './wanted-tongues.ts';

/** Shows what the page holds under an id, in the language that the reader chose or prefers of those. */
export function say(id: string): void {
  const spoken = wantedTongues().find((tag) => /^(?:ar|en)/.test(tag)) ?? '';
  const words = document.getElementById(id)?.children[Number(spoken.startsWith('ar'))];
  words?.removeAttribute('hidden');
}

/** Shows the board as it was last seen in place of the skeleton's grey shapes. */
function showGlance(): void {
  try {
    if (drawGlance(dayOf(Date.now()))) document.querySelector('.skeleton-page')?.replaceChildren();
  } catch {
    // What is kept cannot be read: the grey shapes stay.
  }
}

try {
  showTheme(readKeptTheme());
  const isBoard = location.pathname === '/' && !sessionStorage['left'];
  if (isBoard) addEventListener('DOMContentLoaded', showGlance);
  const isNew = isBoard && !navigator.serviceWorker?.controller;
  if (isNew) addEventListener('DOMContentLoaded', () => say('coming'));
} catch {
  // Storage is switched off: the skeleton stands alone.
}
