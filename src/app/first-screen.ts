/*
 * Stands in the page itself (go-on.ts), so that a first visit over a slow link is told what is on its
 * way before any file of the app has come, and in the theme that was chosen (decision 0100).
 */

/** Calls back in the task in which the parser has read the skeleton. */
function whenSkeletonStands(run: () => void): void {
  new MutationObserver((_changes, watch) => {
    if (document.getElementById('skeleton') === null) return;
    watch.disconnect();
    run();
  }).observe(document, { childList: true, subtree: true });
}

/** The app's own words for a board that has not come yet, in the reader's language. */
function sayWhatComes(): void {
  const isUsedAgain = navigator.serviceWorker?.controller;
  if (isUsedAgain || sessionStorage['left'] || location.pathname !== '/') return;
  const chosen: unknown = localStorage['wallflower-locale'];
  const tags = typeof chosen === 'string' ? [chosen] : navigator.languages;
  const spoken = tags.find((tag) => /^(?:ar|en)/.test(tag)) ?? '';
  const words = document.getElementById('coming')?.children[Number(spoken.startsWith('ar'))];
  words?.removeAttribute('hidden');
}

try {
  const theme: unknown = localStorage['wallflower-theme'];
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme;
  whenSkeletonStands(sayWhatComes);
} catch {
  // Storage is switched off: the skeleton stands alone, as the device's theme has it.
}
