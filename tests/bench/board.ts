import { dayOf } from '#core/types/day.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';
import { createDice } from '../support/dice.ts';
import { commonWords } from './board-corpus.ts';
import { makeBoardPacks, type BoardPacks, type BoardSettings } from './board-packs.ts';
import { boardTongues, buildBoardWorker, openBoardPage, type BoardPage } from './board-page.ts';
import {
  cpuSlowdown,
  fillPhone,
  scrollAbout,
  slowDown,
  watchFrames,
  type Frames,
} from './board-screen.ts';
import { typeIntoBareBox, typeOverReadyRows } from './board-floor.ts';
import { filterAndTime, typeAndTime } from './board-wishes.ts';
import { percentile } from './percentile.ts';
import { roundFigure, type BenchRow } from './report.ts';

const sizes = [1_000, 10_000, 100_000] as const;
const largest = 100_000;
const settleMs = 2_000;

interface Timed {
  readonly times: readonly number[];
  readonly rows: number;
}

const p95 = (times: readonly number[]) => percentile(times, 0.95);

function row(
  records: number,
  what: string,
  value: number,
  unit: string,
  target: number | null = null,
  peer: readonly [string, number] | null = null,
): BenchRow {
  const goal = records === largest ? target : null;
  return {
    bench: `board: ${records.toLocaleString('en')} records`,
    what,
    value: roundFigure(value),
    unit,
    target: goal,
    met: goal === null ? null : value <= goal,
    peer: peer?.[0] ?? null,
    peerValue: peer === null ? null : roundFigure(peer[1]),
    floor: null,
  };
}

/** The board on the device (figures.md, "Board on the device"), in Chromium's worker at 1x. */
export async function runBoardBench(): Promise<readonly BenchRow[]> {
  const script = await buildBoardWorker();
  const tongues = await boardTongues();
  const rows: BenchRow[] = [];
  for (const records of sizes) {
    const corpus = { tongues, records, newest: dayOf(Date.now()) };
    const packs = makeBoardPacks(corpus);
    const withPage = async <T>(work: (page: BoardPage) => Promise<T>): Promise<T> => {
      const page = await openBoardPage(script, packs);
      try {
        await page.startWorker();
        return await work(page);
      } finally {
        await page.throwAway();
      }
    };
    const peers = {
      library: await withPage((page) => measureLibrary(page, corpus)),
      plain: await withPage((page) => measurePlain(page, corpus)),
    };
    rows.push(...(await withPage((page) => measureBoard(page, corpus, packs, peers))));
  }
  rows.push(...(await measureScreen()));
  return rows;
}

async function openBoard(phone: Phone): Promise<void> {
  await phone.goto('/');
  await phone.page.getByRole('article').first().waitFor();
  await phone.page.waitForTimeout(settleMs);
  await phone.page.getByRole('searchbox').focus();
}

/** The same board on the screens' thread of the built app, at 6x. */
async function measureScreen(): Promise<readonly BenchRow[]> {
  const relay = await serveApp();
  const phone = await openPhone(relay.origin);
  try {
    const { tongues } = await fillPhone(phone, largest);
    await openBoard(phone);
    const { page } = phone;
    await slowDown(phone);
    const dice = createDice(21);
    const texts = Array.from({ length: 8 }, () => commonWords(dice, tongues).join(' '));
    let keys: readonly number[] = [];
    let choices: readonly number[] = [];
    const typing = await watchFrames(page, async () => {
      keys = await typeAndTime(page, texts);
    });
    const filtering = await watchFrames(page, async () => {
      choices = await filterAndTime(page);
    });
    const scrolling = await watchFrames(page, () => scrollAbout(page));
    const bare = await typeIntoBareBox(page, texts.slice(0, 2));
    await openBoard(phone);
    const ready = await typeOverReadyRows(page, texts.slice(0, 4));
    const screen = (what: string, value: number) =>
      row(largest, `screens’ thread at ${cpuSlowdown}x: ${what}`, value, 'ms', 50);
    const framesOf = (what: string, { longestTaskMs, longestFrameMs }: Frames) => [
      screen(`longest task while ${what}, 0 for none over 50`, longestTaskMs),
      screen(`longest frame while ${what}, 0 for none over 50`, longestFrameMs),
    ];
    return [
      {
        ...screen('from a key to the painted list, p95', p95(keys)),
        floor: roundFigure(p95(ready)),
      },
      {
        ...row(
          largest,
          `screens’ thread at ${cpuSlowdown}x: from a key, the middle one`,
          percentile(keys, 0.5),
          'ms',
        ),
        floor: roundFigure(percentile(ready, 0.5)),
      },
      row(
        largest,
        `screens’ thread at ${cpuSlowdown}x: from a key in a page that only repeats it, p95`,
        p95(bare),
        'ms',
      ),
      screen('from a filter to the painted list, p95', p95(choices)),
      ...framesOf('typing', typing),
      ...framesOf('filtering', filtering),
      ...framesOf('scrolling', scrolling),
    ];
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

interface Peers {
  readonly library: Awaited<ReturnType<typeof measureLibrary>>;
  readonly plain: Awaited<ReturnType<typeof measurePlain>>;
}
type Corpus = { readonly records: number };

async function measureLibrary(page: BoardPage, corpus: Corpus) {
  const { buildMs, times } = await page.call<{ buildMs: number } & Timed>('searchLibrary', corpus);
  return { buildMs, searchMs: p95(times), heap: await page.heapMegabytes(true) };
}

async function measurePlain(page: BoardPage, corpus: Corpus) {
  const found = await page.call<{
    readonly storeMs: number;
    readonly newestTimes: readonly number[];
    readonly filterTimes: readonly number[];
  }>('rowPerRecord', corpus);
  const { storeMs, newestTimes, filterTimes } = found;
  const stored = await page.storedMegabytes();
  return { storeMs, newestMs: p95(newestTimes), filterMs: p95(filterTimes), stored };
}

async function measureBoard(
  page: BoardPage,
  corpus: BoardSettings,
  packs: BoardPacks,
  { library, plain }: Peers,
): Promise<readonly BenchRow[]> {
  const { records } = corpus;
  const empty = await page.heapMegabytes(true);
  const cpuBefore = await page.cpuSeconds();
  const { value: filled, longestTaskMs } = await page.traceTasks(() =>
    page.call<{
      readonly storedMs: number;
      readonly tidiedMs: number;
      readonly longestMs: number;
      readonly segments: number;
    }>('fill', { packs: packs.named, newest: corpus.newest }),
  );
  const cpuSeconds = (await page.cpuSeconds()) - cpuBefore;
  const fresh = await page.heapMegabytes(true);
  const opened = await page.call<{ firstMs: number; allMs: number; longestMs: number }>('open');
  const newest = await page.call<Timed>('newest', 300);
  const scattered = await page.call<Timed>('scattered', 300);
  const filtered = await page.call<Timed>('filter', 300, corpus);
  const searched = await page.call<Timed>('search', 300, corpus);
  const typed = await page.call<Timed>('type', 30, corpus);
  const heap = await page.heapMegabytes(true);
  const stored = await page.storedMegabytes();
  const apiece = 'a row a record in Dexie';
  const search = 'minisearch';
  return [
    row(records, 'stored and searchable from packs', filled.storedMs / 1_000, 's', 10, [
      apiece,
      plain.storeMs / 1_000,
    ]),
    row(records, 'and tidied', filled.tidiedMs / 1_000, 's'),
    row(records, 'CPU time of its process meanwhile', cpuSeconds, 's'),
    row(records, 'longest task meanwhile', longestTaskMs, 'ms', 50),
    row(records, 'longest time without an answer, tasks in a row', filled.longestMs, 'ms'),
    row(records, 'segments', filled.segments, ''),
    row(records, 'opened with a warm disk: newest 20', opened.firstMs, 'ms'),
    row(records, 'opened with a warm disk: all', opened.allMs, 'ms'),
    row(records, 'longest time without an answer meanwhile', opened.longestMs, 'ms', 50),
    row(records, 'newest 20, p95', p95(newest.times), 'ms', 8, [apiece, plain.newestMs]),
    row(records, '20 anywhere in the list, p95', p95(scattered.times), 'ms'),
    row(records, 'filtered by columns, p95', p95(filtered.times), 'ms', 8, [
      apiece,
      plain.filterMs,
    ]),
    row(records, 'two common words, p95', p95(searched.times), 'ms', 8, [search, library.searchMs]),
    row(records, 'first search after the start', searched.times[0] ?? Number.NaN, 'ms'),
    row(records, 'typed key by key, p95', p95(typed.times), 'ms', 8),
    row(records, 'heap after filling, with buffers', fresh, 'MB', 40, [search, library.heap]),
    row(records, 'heap after searching, with buffers', heap, 'MB', 40),
    row(records, 'heap of the empty worker', empty, 'MB'),
    row(records, 'IndexedDB', stored, 'MB', null, [apiece, plain.stored]),
    row(records, 'library’s index built', library.buildMs / 1_000, 's'),
  ];
}
