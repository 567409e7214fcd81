import type { Page } from '@playwright/test';
import { dayOf } from '#core/types/day.ts';
import type { Phone } from '../support/phone.ts';
import { boardTongues, buildBoardWorker } from './board-page.ts';
import type { BoardTongue } from './board-corpus.ts';
import { makeBoardPacks } from './board-packs.ts';

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
  const corpus = { tongues, records, newest: dayOf(Date.now()) };
  const packs = makeBoardPacks(corpus);
  const answer = (contentType: string, body: string) => ({ contentType, body });
  await phone.context.route('**/fill', (route) =>
    route.fulfill(answer('text/html', '<!doctype html><title>fill</title>')),
  );
  await phone.context.route('**/fill-worker.js', (route) =>
    route.fulfill(answer('text/javascript', script)),
  );
  await phone.context.route('**/packs/*', (route) => {
    const bytes = packs.bytesOf(route.request().url().split('/').at(-1) ?? '');
    return route.fulfill({ body: Buffer.from(bytes ?? []) });
  });
  await phone.goto('/fill');
  const filled = await phone.page.evaluate(
    async (given) => {
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
    },
    { packs: packs.named, newest: corpus.newest },
  );
  await phone.context.unroute('**/packs/*');
  await phone.context.unroute('**/fill');
  await phone.context.unroute('**/fill-worker.js');
  return { ...filled, tongues };
}

/** What one stretch of using the screen cost its thread; nothing under 50 ms is seen. */
export interface Frames {
  readonly longestTaskMs: number;
  readonly tasksOver50Ms: number;
  /** From a frame's first work to its picture (Long Animation Frames). */
  readonly longestFrameMs: number;
  readonly framesOver50Ms: number;
}

/** Slows the screens' thread down from now on. */
export async function slowDown(phone: Phone): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
}

/** Of a phone's 640 pixels, in portrait, with the words that a keyboard suggests. */
const keyboardHeight = 260;

/** Does something in the room that a phone's keyboard leaves of the screen. */
export async function withKeyboard<T>(page: Page, work: () => Promise<T>): Promise<T> {
  const whole = page.viewportSize();
  if (whole === null) throw new Error('The page has no size of its own.');
  await page.setViewportSize({ ...whole, height: whole.height - keyboardHeight });
  try {
    return await work();
  } finally {
    await page.setViewportSize(whole);
  }
}

/** Watches for long tasks and frames in the page while something is done there. */
export async function watchFrames(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const found: { readonly type: string; readonly ms: number }[] = [];
    const note = (entries: PerformanceEntryList) => {
      for (const { entryType, duration } of entries) found.push({ type: entryType, ms: duration });
    };
    const observers = ['longtask', 'long-animation-frame'].map((type) => {
      const observer = new PerformanceObserver((list) => {
        note(list.getEntries());
      });
      observer.observe({ type });
      return observer;
    });
    const finish = () => {
      for (const observer of observers) {
        note(observer.takeRecords());
        observer.disconnect();
      }
      return found;
    };
    Object.assign(globalThis, { finishWatch: finish });
  });
  await work();
  const found = await page.evaluate(() =>
    (globalThis as unknown as { finishWatch: () => { type: string; ms: number }[] }).finishWatch(),
  );
  const timesOf = (wanted: string) =>
    found.flatMap(({ type, ms }) => (type === wanted ? [ms] : []));
  const [tasks, frames] = [timesOf('longtask'), timesOf('long-animation-frame')];
  return {
    longestTaskMs: Math.max(0, ...tasks),
    tasksOver50Ms: tasks.length,
    longestFrameMs: Math.max(0, ...frames),
    framesOver50Ms: frames.length,
  };
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
