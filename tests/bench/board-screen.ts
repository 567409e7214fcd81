import type { Page } from '@playwright/test';
import { dayOf } from '#core/types/day.ts';
import type { Phone } from '../support/phone.ts';
import { boardTongues, buildBoardWorker } from './board-page.ts';
import type { BoardTongue } from './board-corpus.ts';

/** Devtools slow the screens' thread only: figures.md, "Board on the device". */
export const cpuSlowdown = 6;

/** What a phone's board was filled with. */
export interface BigBoard {
  readonly entries: number;
  /** Whether the device gave no more room. */
  readonly full: boolean;
  readonly tongues: readonly BoardTongue[];
}

/** Puts so many records into a phone's storage before the app is opened on it for the first time. */
export async function fillPhone(phone: Phone, records: number): Promise<BigBoard> {
  const script = await buildBoardWorker();
  const tongues = await boardTongues();
  const answer = (contentType: string, body: string) => ({ contentType, body });
  await phone.context.route('**/fill', (route) =>
    route.fulfill(answer('text/html', '<!doctype html><title>fill</title>')),
  );
  await phone.context.route('**/fill-worker.js', (route) =>
    route.fulfill(answer('text/javascript', script)),
  );
  await phone.goto('/fill');
  const corpus = { tongues, records, newest: dayOf(Date.now()) };
  const filled = await phone.page.evaluate(async (given) => {
    const worker = new Worker('/fill-worker.js', { type: 'module' });
    const call = (name: string, args: readonly unknown[]) =>
      new Promise<{ entries: number; full: boolean }>((resolve, reject) => {
        worker.onmessage = ({
          data,
        }: MessageEvent<{ value: { entries: number; full: boolean }; error?: string }>) => {
          if (data.error === undefined) resolve(data.value);
          else reject(new Error(data.error));
        };
        worker.postMessage({ id: 0, name, args });
      });
    const result = await call('fill', [given]);
    await call('close', []);
    worker.terminate();
    return result;
  }, corpus);
  await phone.context.unroute('**/fill');
  await phone.context.unroute('**/fill-worker.js');
  return { ...filled, tongues };
}

/** What one stretch of using the screen cost its thread. */
export interface Frames {
  readonly longestTaskMs: number;
  readonly tasksOver50Ms: number;
}

/** Slows the screens' thread down from now on. */
export async function slowDown(phone: Phone): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
}

/** Watches for long tasks in the page while something is done there. */
export async function watchFrames(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    Object.assign(globalThis, { longTasks: { tasks, observer } });
  });
  await work();
  const tasks = await page.evaluate(() => {
    const { longTasks } = globalThis as unknown as {
      longTasks: { tasks: number[]; observer: PerformanceObserver };
    };
    for (const { duration } of longTasks.observer.takeRecords()) longTasks.tasks.push(duration);
    longTasks.observer.disconnect();
    return longTasks.tasks;
  });
  return { longestTaskMs: Math.max(0, ...tasks), tasksOver50Ms: tasks.length };
}

/** Scrolls through the list as a thumb does, then jumps about in it. */
export async function scrollAbout(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let step = 0; step < 120; step++) {
      scrollBy({ top: 60, behavior: 'instant' });
      await frame();
    }
    for (const share of [0.5, 0.1, 0.9, 0.3]) {
      scrollTo({ top: document.body.scrollHeight * share, behavior: 'instant' });
      for (let waited = 0; waited < 30; waited++) await frame();
    }
  });
}

/** Types a text key by key; milliseconds from each key to the frame in which its list is painted. */
export async function typeAndTime(
  page: Page,
  texts: readonly string[],
): Promise<readonly number[]> {
  return page.evaluate(async (given) => {
    const box = document.querySelector<HTMLInputElement>('main input[type="search"]');
    const list = document.querySelector('main');
    if (box === null || list === null) throw new Error('There is no search box.');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    const type = async (value: string) => {
      const start = performance.now();
      const painted = new Promise<void>((resolve) => {
        const changed = new MutationObserver(() => {
          changed.disconnect();
          // What is drawn in a frame is painted before the next task.
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
              resolve();
            };
            port2.postMessage(null);
          });
        });
        changed.observe(list, { subtree: true, childList: true, characterData: true });
        setTimeout(() => {
          changed.disconnect();
          resolve();
        }, 1_000);
      });
      box.value = value;
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await painted;
      const took = performance.now() - start;
      // A key that changes nothing on the screen tells nothing.
      if (took < 990) times.push(took);
      for (let waited = 0; waited < 10; waited++) await frame();
    };
    for (const text of given) {
      for (let length = 1; length <= text.length; length++) await type(text.slice(0, length));
      await type('');
    }
    return times;
  }, texts);
}
