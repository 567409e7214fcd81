import { glanceKey } from '#app/glance.ts';
import { screenPaths } from '../support/all-screens.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import { percentile } from './percentile.ts';
import { plainRow, roundFigure, type BenchRow } from './report.ts';

const bench = 'start: times';
const cpuSlowdown = 6;
/** 400 kbit/s, and 400 ms there and back. */
const slowLink = { bytesPerSecond: 50_000, delayMs: 200 };
const rowsOnScreen = 20;
/** The rows themselves may be the largest paint, which is told of a little later. */
const settleMs = 1_500;

/** Said on the console once the rows stand: to poll for it would run the tests' own code on the slow phone. */
const standing = 'rows stand';

interface Marks {
  /** Rows can be read: as they were last seen, or the list itself. */
  firstRowsMs: number | null;
  /** Rows of the list stand. */
  listMs: number | null;
  /** What tasks took beyond 50 ms, of those begun before the rows, or before the list, stood. */
  blockingMs: number;
  blockingToListMs: number;
  largestPaintMs: number;
}

/** Runs in the page before anything of it: notes paints, long tasks, and when the rows stand. */
function noteMarks([rows, standing]: readonly [number, string]): void {
  const marks: Marks = {
    firstRowsMs: null,
    listMs: null,
    blockingMs: 0,
    blockingToListMs: 0,
    largestPaintMs: 0,
  };
  Object.assign(globalThis, { marks });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) marks.largestPaintMs = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const isBefore = (end: number | null) => end === null || startTime < end;
      if (isBefore(marks.firstRowsMs)) marks.blockingMs += duration - 50;
      if (isBefore(marks.listMs)) marks.blockingToListMs += duration - 50;
    }
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const stand = (selector: string) => document.querySelectorAll(selector).length >= rows;
    const areRead = stand('article');
    const areListed = stand('li article');
    // What a frame finds in the page is painted by the next one.
    requestAnimationFrame((nowMs) => {
      if (areRead) marks.firstRowsMs ??= nowMs;
      if (!areListed) return look();
      marks.listMs = nowMs;
      console.info(standing);
    });
  };
  requestAnimationFrame(look);
}

async function slowDown(phone: Phone): Promise<void> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown });
}

/** Opens the board, and reads the marks once its rows stand. */
async function openBoard({ page, origin }: Phone): Promise<Marks> {
  const rowsStand = page.waitForEvent('console', {
    predicate: (message) => message.text() === standing,
    timeout: 120_000,
  });
  await page.goto(`${origin}/`, { waitUntil: 'commit', timeout: 120_000 });
  await rowsStand;
  await page.waitForTimeout(settleMs);
  return page.evaluate(() => (globalThis as unknown as { marks: Marks }).marks);
}

const median = (values: readonly number[]) => percentile(values, 0.5);

const row = (what: string, value: number, unit: string, target: number | null) =>
  plainRow(bench, what, value, unit, target);

/** A first visit over a slow link on a slow phone; median of three. */
export async function measureColdStart(): Promise<readonly BenchRow[]> {
  const relay = await serveApp({ demo: true });
  const runs: (Marks & { bytesDown: number })[] = [];
  for (let run = 0; run < 3; run++) {
    const phone = await openPhone(relay.origin);
    phone.link.set(slowLink);
    await phone.context.addInitScript(noteMarks, [rowsOnScreen, standing] as const);
    await slowDown(phone);
    const marks = await openBoard(phone);
    runs.push({ ...marks, bytesDown: phone.link.counts.bytesDown });
    await phone.throwAway();
  }
  await relay.throwAway();
  const seconds = (pick: (marks: Marks) => number) => median(runs.map(pick)) / 1_000;
  const downSeconds = median(runs.map(({ bytesDown }) => bytesDown)) / slowLink.bytesPerSecond;
  const slow = 'cold, 400 kbit/s, 400 ms, CPU 6x';
  const largest = row(
    `${slow}: largest paint`,
    seconds((marks) => marks.largestPaintMs),
    's',
    3,
  );
  const rows = row(
    `${slow}: first 20 rows`,
    seconds((marks) => marks.firstRowsMs ?? NaN),
    's',
    null,
  );
  return [
    { ...largest, peer: 'Phanpy', peerValue: 9.95 },
    { ...rows, floor: roundFigure(downSeconds) },
  ];
}

/** The board and every deep link once the relay is gone, after one visit; median of five. */
export async function measureWarmStart(): Promise<readonly BenchRow[]> {
  const relay = await serveApp({ demo: true });
  const phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.page
    .getByRole('article')
    .nth(rowsOnScreen - 1)
    .waitFor();
  await phone.waitForShell();
  await phone.page.waitForFunction((key) => localStorage.getItem(key) !== null, glanceKey);
  await relay.stop();
  await phone.context.addInitScript(noteMarks, [rowsOnScreen, standing] as const);
  const runs: Marks[] = [];
  for (let run = 0; run < 5; run++) {
    await phone.replaceTab();
    await slowDown(phone);
    runs.push(await openBoard(phone));
  }
  await phone.replaceTab();
  const paths = Object.values(screenPaths);
  let opened = 0;
  for (const path of paths) {
    await phone.goto(path);
    const heading = phone.page.getByRole('heading', { level: 1 });
    opened += await heading.waitFor({ timeout: 10_000 }).then(
      () => 1,
      () => 0,
    );
  }
  await phone.throwAway();
  await relay.throwAway();
  const ofRuns = (pick: (marks: Marks) => number | null) =>
    median(runs.map((marks) => pick(marks) ?? Number.NaN));
  const warm = 'warm, no link, CPU 6x';
  const firstRows = row(
    `${warm}: first 20 rows can be read`,
    ofRuns((marks) => marks.firstRowsMs),
    'ms',
    500,
  );
  const share = row(
    'no link, after one visit: deep links that open',
    (100 * opened) / paths.length,
    '%',
    100,
  );
  return [
    { ...firstRows, peer: 'Phanpy, online', peerValue: 5_100 },
    row(
      `${warm}: 20 rows of the list`,
      ofRuns((marks) => marks.listMs),
      'ms',
      null,
    ),
    row(
      `${warm}: blocking time until rows can be read`,
      ofRuns((marks) => marks.blockingMs),
      'ms',
      100,
    ),
    row(
      `${warm}: blocking time until the list stands`,
      ofRuns((marks) => marks.blockingToListMs),
      'ms',
      null,
    ),
    { ...share, peer: 'Phanpy, after two', peerValue: 0 },
  ];
}
