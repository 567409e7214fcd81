import { dayOf } from '#core/types/day.ts';
import { makeBoardPacks, type BoardPacks, type BoardSettings } from './board-packs.ts';
import { boardTongues, buildBoardWorker, openBoardPage, type BoardPage } from './board-page.ts';
import { boardRow, largestBoard, p95 } from './board-row.ts';
import { measureScreen } from './board-thread.ts';
import type { BenchRow } from './report.ts';

const sizes = [1_000, 10_000, largestBoard] as const;

interface Timed {
  readonly times: readonly number[];
  readonly rows: number;
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
    boardRow(records, 'stored and searchable from packs', filled.storedMs / 1_000, 's', 10, [
      apiece,
      plain.storeMs / 1_000,
    ]),
    boardRow(records, 'and tidied', filled.tidiedMs / 1_000, 's'),
    boardRow(records, 'CPU time of its process meanwhile', cpuSeconds, 's'),
    boardRow(records, 'longest task meanwhile', longestTaskMs, 'ms', 50),
    boardRow(records, 'longest time without an answer, tasks in a row', filled.longestMs, 'ms'),
    boardRow(records, 'segments', filled.segments, ''),
    boardRow(records, 'opened with a warm disk: newest 20', opened.firstMs, 'ms'),
    boardRow(records, 'opened with a warm disk: all', opened.allMs, 'ms'),
    boardRow(records, 'longest time without an answer meanwhile', opened.longestMs, 'ms', 50),
    boardRow(records, 'newest 20, p95', p95(newest.times), 'ms', 8, [apiece, plain.newestMs]),
    boardRow(records, '20 anywhere in the list, p95', p95(scattered.times), 'ms'),
    boardRow(records, 'filtered by columns, p95', p95(filtered.times), 'ms', 8, [
      apiece,
      plain.filterMs,
    ]),
    boardRow(records, 'two common words, p95', p95(searched.times), 'ms', 8, [
      search,
      library.searchMs,
    ]),
    boardRow(records, 'first search after the start', searched.times[0] ?? Number.NaN, 'ms'),
    boardRow(records, 'typed key by key, p95', p95(typed.times), 'ms', 8),
    boardRow(records, 'heap after filling, with buffers', fresh, 'MB', 40, [search, library.heap]),
    boardRow(records, 'heap after searching, with buffers', heap, 'MB', 40),
    boardRow(records, 'heap of the empty worker', empty, 'MB'),
    boardRow(records, 'IndexedDB', stored, 'MB', null, [apiece, plain.stored]),
    boardRow(records, 'library’s index built', library.buildMs / 1_000, 's'),
  ];
}
