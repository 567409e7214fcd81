import type { Page } from '@playwright/test';

/** The page's own watch over its next key or choice; null where nothing on the screen changed by it. */
interface WatchedPage {
  paintOfNext: () => Promise<number | null>;
}

/** Said on the console with the time after it, once the list is painted. */
const painted = 'painted ';

/** Types texts key by key where the focus is; milliseconds from each key to the frame in which its list is painted. */
export async function typeAndTime(
  page: Page,
  texts: readonly string[],
): Promise<readonly number[]> {
  await watchWishes(page);
  const times: number[] = [];
  const press = async (key: () => Promise<void>) => {
    // To ask the page while it works would cost it as much as a key does.
    const told = page.waitForEvent('console', (message) => message.text().startsWith(painted));
    await page.evaluate((word) => {
      const { paintOfNext } = globalThis as unknown as WatchedPage;
      void paintOfNext().then((ms) => {
        console.info(word + String(ms));
      });
    }, painted);
    await key();
    const ms = Number((await told).text().slice(painted.length));
    if (!Number.isNaN(ms)) times.push(ms);
    await pause(page);
  };
  for (const text of texts) {
    for (const letter of text) await press(() => typeLetter(page, letter));
    await page.keyboard.press('Control+A');
    await press(() => page.keyboard.press('Backspace'));
  }
  return times;
}

/** A key as the keyboard has it, or else a letter as an input method brings it. */
export function typeLetter({ keyboard }: Page, letter: string): Promise<void> {
  if (letter === ' ') return keyboard.press('Space');
  return /^[a-z]$/i.test(letter) ? keyboard.press(letter) : keyboard.insertText(letter);
}

/**
 * Opens the filters and goes through their choices, one by one and two together, where the screen's
 * lower half shows what they find; times as for keys.
 */
export async function filterAndTime(page: Page): Promise<readonly number[]> {
  await watchWishes(page);
  // Neither by a mouse, which a phone has not, nor by the tests' own tools, which would run in the page.
  await page.evaluate(async () => {
    document.querySelector<HTMLElement>('main button[aria-expanded]')?.click();
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    while (document.querySelectorAll('main select').length < 5) await frame();
    const list = document.querySelector('main ul');
    scrollBy({
      top: (list?.getBoundingClientRect().top ?? 0) - innerHeight / 2,
      behavior: 'instant',
    });
    for (let waited = 0; waited < 10; waited++) await frame();
  });
  const wishes = [1, 2, 3, 4, 1].flatMap((choice) => [
    [0, choice],
    [1, choice],
    [0, 0],
    [3, Math.min(choice, 3)],
    [1, 0],
    [3, 0],
  ]) as readonly (readonly [filter: number, choice: number])[];
  const times: number[] = [];
  for (const wish of wishes) {
    const time = await page.evaluate(([filter, choice]) => {
      const select = document.querySelectorAll<HTMLSelectElement>('main select')[filter];
      if (select === undefined) throw new Error('There is no such filter.');
      const painted = (globalThis as unknown as WatchedPage).paintOfNext();
      select.selectedIndex = choice;
      select.dispatchEvent(new Event('change', { bubbles: true }));
      return painted;
    }, wish);
    if (time !== null) times.push(time);
    await pause(page);
  }
  return times;
}

/** As long as a fast writer takes from one key to the next. */
async function pause(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let waited = 0; waited < 10; waited++)
      await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

/**
 * Lets the page tell how long its next key or choice took: from when the browser had it to when
 * every row on the screen is painted as the new list's.
 */
async function watchWishes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const screen = document.querySelector('main');
    if (screen === null) throw new Error('There is no board.');
    const isOfList = ({ target }: MutationRecord) =>
      (target instanceof Element ? target : target.parentElement)?.closest('ul, p') !== null;
    // All that can be made ready before the key is, so that the watch costs it little.
    let heardMs: number | undefined;
    let tell: ((ms: number | null) => void) | undefined;
    const isBusy = () => screen.querySelector('ul[aria-busy="true"]') !== null;
    let isPainting = false;
    // What is drawn in a frame is painted before the next task.
    const nextTask = new MessageChannel();
    nextTask.port1.onmessage = () => {
      isPainting = false;
      if (isBusy()) return;
      changed.disconnect();
      tell?.(performance.now() - (heardMs ?? 0));
    };
    const noteFrame = () => {
      nextTask.port2.postMessage(null);
    };
    // To ask for one frame after the other meanwhile would cost the page as many.
    const changed = new MutationObserver((records) => {
      if (records.some(isOfList)) notice();
    });
    const notice = () => {
      if (heardMs === undefined || isPainting || isBusy()) return;
      isPainting = true;
      requestAnimationFrame(noteFrame);
    };
    const hear = ({ timeStamp }: Event) => {
      heardMs ??= timeStamp;
    };
    for (const type of ['keydown', 'input', 'change']) addEventListener(type, hear, true);
    // A list that is here at once may be the one that stands there.
    addEventListener('input', notice);
    const paintOfNext = () =>
      new Promise<number | null>((resolve) => {
        changed.disconnect();
        // A list like the one before changes no row; that it was drawn is told by its being busy.
        const all = { subtree: true, childList: true, characterData: true };
        changed.observe(screen, { ...all, attributeFilter: ['aria-busy'] });
        const lost = setTimeout(() => {
          resolve(null);
        }, 1_500);
        heardMs = undefined;
        tell = (ms) => {
          clearTimeout(lost);
          resolve(ms);
        };
      });
    Object.assign(globalThis, { paintOfNext });
  });
}
