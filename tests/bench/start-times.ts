import { screenPaths } from '../support/all-screens.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
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
  firstRowsMs: number | null;
  blockingMs: number;
  largestPaintMs: number;
}

/** Runs in the page before anything of it: notes paints, long tasks, and when the rows stand. */
function noteMarks([rows, standing]: readonly [number, string]): void {
  const marks: Marks = { firstRowsMs: null, blockingMs: 0, largestPaintMs: 0 };
  Object.assign(globalThis, { marks });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) marks.largestPaintMs = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const isBefore = marks.firstRowsMs === null || startTime < marks.firstRowsMs;
      if (isBefore) marks.blockingMs += duration - 50;
    }
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const drawn = document.querySelectorAll('main article').length;
    if (drawn < rows) return void requestAnimationFrame(look);
    requestAnimationFrame(() => {
      marks.firstRowsMs = performance.now();
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

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
  const firstRows = row(
    'warm, no link, CPU 6x: first 20 rows',
    median(runs.map(({ firstRowsMs }) => firstRowsMs ?? NaN)),
    'ms',
    500,
  );
  const blocking = median(runs.map(({ blockingMs }) => blockingMs));
  const share = row(
    'no link, after one visit: deep links that open',
    (100 * opened) / paths.length,
    '%',
    100,
  );
  return [
    { ...firstRows, peer: 'Phanpy, online', peerValue: 5_100 },
    row('warm, no link, CPU 6x: blocking time', blocking, 'ms', 100),
    { ...share, peer: 'Phanpy, after two', peerValue: 0 },
  ];
}
