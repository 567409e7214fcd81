import type { Bytes } from '#core/types/bytes.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { packsReach, publishAll } from '../support/fill-relay.ts';
import { serveApp } from '../support/served-app.ts';
import { openBoardPage } from './board-page.ts';
import { buildBenchWorker } from './worker-build.ts';

/** What the app's own code needs in Chromium's worker for the packs of a board. */
export interface ChromiumDecoding {
  readonly seconds: number;
  readonly storedSeconds: number;
  readonly verifySeconds: number;
  readonly heapMegabytes: number;
  /** The longest that the page itself did not run meanwhile. */
  readonly pageBlockedMs: number;
}

interface Run {
  readonly ms: number;
  readonly records: number;
}

const heapGapMs = 50;
/** The page's own server has none: they are handed to the worker. */
const noPacks: unknown = { bytesOf: () => undefined };

/** Decodes and verifies packs with the app's own code in a worker of Chromium, not throttled. */
export async function decodeInChromium(
  packs: readonly Uint8Array[],
  records: number,
): Promise<ChromiumDecoding> {
  const page = await openBoardPage(
    await buildBenchWorker('sync-worker.ts'),
    noPacks as Parameters<typeof openBoardPage>[1],
  );
  try {
    await page.startWorker();
    await page.call(
      'load',
      packs.map((pack) => Buffer.from(pack).toString('base64')),
    );
    const demand = ({ ms, records: read }: Run) => {
      if (read !== records) throw new Error(`${read} of ${records} records came out`);
      return ms / 1_000;
    };
    await page.page.evaluate(() => {
      let last = performance.now();
      Object.assign(globalThis, { blockedMs: 0 });
      setInterval(() => {
        const state = globalThis as unknown as { blockedMs: number };
        state.blockedMs = Math.max(state.blockedMs, performance.now() - last - 4);
        last = performance.now();
      }, 4);
    });
    let isRunning = true;
    let heapMegabytes = 0;
    const watching = (async () => {
      while (isRunning) {
        heapMegabytes = Math.max(heapMegabytes, await page.heapMegabytes(false));
        await new Promise((resolve) => setTimeout(resolve, heapGapMs));
      }
    })();
    const seconds = demand(await page.call<Run>('decodeAndVerify'));
    isRunning = false;
    await watching;
    const pageBlockedMs = await page.page.evaluate(
      () => (globalThis as unknown as { blockedMs: number }).blockedMs,
    );
    const verifySeconds = demand(await page.call<Run>('verifyAlone'));
    const storedSeconds = demand(await page.call<Run>('takeIn'));
    return { seconds, storedSeconds, verifySeconds, heapMegabytes, pageBlockedMs };
  } finally {
    await page.throwAway();
  }
}

const fifty = 50;
const bytesPerSecond = 6_250;
const patienceMs = 60_000;
const runs = 3;
/** The tools have come when nothing more was asked for in this time. */
const quietMs = 3_000;

/** How much of the app is on the phone: what one visit brings, or its tools too, which a second brings. */
export type AppHeld = 'after one visit' | 'with its tools';

/**
 * Seconds from opening the app, which is on the phone already and has never reached a relay, to a list
 * of fifty requests and more with its first rows drawn; median of three, over 50 kbit/s.
 */
export async function firstFiftySeconds(
  records: readonly Bytes[],
  delayMs: number,
  held: AppHeld,
): Promise<number> {
  const relay = await serveApp({ flags: ['--stamp-price', '0'] });
  try {
    await publishAll(relay.origin, records);
    await packsReach(relay.origin, records.length - 125);
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const phone = await openPhone(relay.origin);
      try {
        await installApp(phone, held);
        phone.link.set({ paths: [], bytesPerSecond, delayMs });
        seconds.push(await openUntilFifty(phone));
      } finally {
        await phone.throwAway();
      }
    }
    return seconds.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
  } finally {
    await relay.throwAway();
  }
}

/** The app over a good link, while no call of a relay gets through. */
async function installApp(phone: Phone, held: AppHeld): Promise<void> {
  phone.link.set({ paths: [{ request: / \/v1\//, does: { kind: 'reset' } }] });
  await phone.goto('/');
  await phone.waitForShell();
  if (held === 'with its tools') {
    await phone.replaceTab();
    await phone.goto('/');
    let asked = -1;
    while (asked !== phone.link.requests.filter((line) => !line.includes('/v1/')).length) {
      asked = phone.link.requests.filter((line) => !line.includes('/v1/')).length;
      await phone.page.waitForTimeout(quietMs);
    }
  }
  await phone.replaceTab();
}

async function openUntilFifty({ page, origin }: Phone): Promise<number> {
  const begun = performance.now();
  await page.goto(`${origin}/`, { waitUntil: 'commit', timeout: patienceMs });
  await page.waitForFunction(
    (least) => {
      const row = document.querySelector('li[aria-setsize]');
      const isDrawn = document.querySelectorAll('main article').length > 2;
      return isDrawn && Number(row?.getAttribute('aria-setsize')) >= least;
    },
    fifty,
    { timeout: patienceMs, polling: 'raf' },
  );
  return (performance.now() - begun) / 1_000;
}
