/** Set in this tab only, when its reader left in haste; it holds nothing but that. */
const leftMark = 'left';

/**
 * Leaves at once: empties the screen, steps back to the first page of this app that the tab holds,
 * and puts an empty page in its place, so that Back brings nothing back.
 */
export function leaveNow(): void {
  emptyScreen();
  rememberLeaving();
  const stepsBack = pagesBefore();
  if (stepsBack === 0) return replaceWithNothing();
  addEventListener('popstate', replaceWithNothing);
  setTimeout(replaceWithNothing, 300);
  history.go(-stepsBack);
}

/**
 * Keeps the screen empty when Back or Forward leads to a page that was left in haste. A page that the
 * browser kept asleep shows nothing of what stood on it, and begins anew.
 */
export function stayAway(): void {
  window.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) document.documentElement.style.visibility = 'hidden';
  });
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    if (hasLeft()) goBlank();
    else location.reload();
  });
  if (!hasLeft()) return;
  if (cameByHistory()) goBlank();
  else sessionStorage.removeItem(leftMark);
}

function goBlank(): void {
  emptyScreen();
  replaceWithNothing();
}

function emptyScreen(): void {
  document.title = '';
  document.documentElement.replaceChildren();
}

function replaceWithNothing(): void {
  location.replace('about:blank');
}

function rememberLeaving(): void {
  try {
    sessionStorage.setItem(leftMark, '1');
  } catch {
    // Without storage the emptied page itself is all that Back can show.
  }
}

function hasLeft(): boolean {
  try {
    return sessionStorage.getItem(leftMark) !== null;
  } catch {
    return false;
  }
}

function cameByHistory(): boolean {
  const [entry] = performance.getEntriesByType('navigation');
  return entry instanceof PerformanceNavigationTiming && entry.type === 'back_forward';
}

interface NavigationHistory {
  readonly currentEntry: { readonly index: number } | null;
}

/** Pages of this app behind the current one, 0 where the browser does not tell. */
function pagesBefore(): number {
  const { navigation } = globalThis as { navigation?: NavigationHistory };
  return Math.max(0, navigation?.currentEntry?.index ?? 0);
}
