/*
 * Stands in the page itself (go-on.ts), so that a first visit over a slow link is told what is on its
 * way before any file of the app has come (decision 0100).
 */

/** Shows what the page holds under an id, in the language that the reader chose or prefers of those. */
export function say(id: string): void {
  const chosen = localStorage['wallflower-locale'] as string | undefined;
  const tags = chosen === undefined ? navigator.languages : [chosen];
  const spoken = tags.find((tag) => /^(?:ar|en)/.test(tag)) ?? '';
  const words = document.getElementById(id)?.children[Number(spoken.startsWith('ar'))];
  words?.removeAttribute('hidden');
}

try {
  const isNew = !navigator.serviceWorker?.controller && !sessionStorage['left'];
  if (isNew && location.pathname === '/') addEventListener('DOMContentLoaded', () => say('coming'));
} catch {
  // Storage is switched off: the skeleton stands alone.
}
