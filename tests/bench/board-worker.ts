import { Dexie } from 'dexie';
import { readHeldRecord } from '#core/records/held-record.ts';
import { skills, urgencies } from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type { BoardQuery } from '#engine/api/board-calls.ts';
import { BoardIndex } from '#engine/board-index.ts';
import { queryBoard } from '#engine/board-views.ts';
import type { EngineContext } from '#engine/engine-context.ts';
import { takeLead } from '#storage/commit.ts';
import { WallflowerDatabase, type RecordRow } from '#storage/database.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { tidyBoard } from '#storage/board-compaction.ts';
import { mergeRecords } from '#storage/record-store.ts';
import { createSearchLibrary } from './peers-board/search-library.mjs';
import { anyTerms } from '../support/any-terms.ts';
import { createDice, pick } from '../support/dice.ts';
import { commonWords, createBoardCorpus, type BoardTongue } from './board-corpus.ts';

const token = 'bench';
/** As many records as a segment of a pack brings at once. */
const recordsPerBatch = 256;

interface Corpus {
  readonly tongues: readonly BoardTongue[];
  readonly records: number;
  readonly newest: Day;
}

const anything: BoardQuery = { ...anyTerms, offset: 0, limit: 20 };

let db: WallflowerDatabase;
let context: EngineContext;

/** The longest time in which this worker answered nobody. */
class LongestTask {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => {
    this.#look();
  }, 4);

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - 4);
    this.#last = now;
  }

  finish(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }

  /** What lies between here and the last look is not counted. */
  forgive(): void {
    this.#last = performance.now();
  }
}

function openBoard(): void {
  db = new WallflowerDatabase();
  context = {
    db,
    board: new BoardIndex(db.board),
    vault: null,
    clock: Date.now,
  } as unknown as EngineContext;
}

/** Stores so many records in batches; only what the store does is timed. */
/** A full device is tidied another time, as the engine does it. */
async function tidy(): Promise<void> {
  try {
    await tidyBoard(db, token);
  } catch (cause) {
    if (storageFaultOf(cause) !== 'storage-full') throw cause;
  }
}

async function fill(corpus: Corpus) {
  openBoard();
  await takeLead(db, token);
  const { row } = createBoardCorpus(corpus.tongues, corpus.records, corpus.newest);
  let storeMs = 0;
  const longest = new LongestTask();
  const timed = async (work: () => Promise<unknown>) => {
    longest.forgive();
    const start = performance.now();
    await work();
    storeMs += performance.now() - start;
  };
  for (let at = 0; at < corpus.records; at += recordsPerBatch) {
    const rows: RecordRow[] = [];
    for (let number = at; number < Math.min(at + recordsPerBatch, corpus.records); number++) {
      rows.push(row(number));
    }
    await timed(() => mergeRecords(db, rows));
  }
  await timed(tidy);
  const segments = db.board.documents.segments.filter((segment) => segment !== null).length;
  return {
    storeMs,
    longestMs: longest.finish(),
    entries: db.board.documents.shownCount,
    full: db.board.limits.full,
    segments,
  };
}

/** Opens what is on the disk, as a start of the app does. */
async function open() {
  db?.close();
  openBoard();
  const start = performance.now();
  await db.board.openFirst();
  await queryBoard(context, anything);
  const firstMs = performance.now() - start;
  const longest = new LongestTask();
  await db.board.openAll();
  return { firstMs, allMs: performance.now() - start, longestMs: longest.finish() };
}

async function timesOf(queries: readonly Partial<BoardQuery>[]) {
  const times: number[] = [];
  let rows = 0;
  for (const query of queries) {
    const start = performance.now();
    const page = await queryBoard(context, { ...anything, ...query });
    times.push(performance.now() - start);
    rows += page.rows.length;
  }
  return { times, rows };
}

function filters(count: number, { tongues }: Corpus): readonly Partial<BoardQuery>[] {
  const dice = createDice(11);
  return Array.from({ length: count }, () => ({
    kind: pick(dice, [null, 'request', 'offer'] as const),
    skill: pick(dice, [null, ...skills]),
    language: pick(dice, [null, ...tongues.map(({ tag }) => tag)]),
    country: pick(dice, [null, 'KE', 'MM', 'IR']),
    urgency: pick(dice, [null, ...urgencies]),
    status: pick(dice, [null, null, 'open', 'helped'] as const),
    maxAgeDays: pick(dice, [null, 7, 30]),
  }));
}

function searches(count: number, { tongues }: Corpus): readonly Partial<BoardQuery>[] {
  const dice = createDice(12);
  return Array.from({ length: count }, () => ({ text: commonWords(dice, tongues).join(' ') }));
}

/** A word and then another, key by key. */
function typed(count: number, { tongues }: Corpus): readonly Partial<BoardQuery>[] {
  const dice = createDice(13);
  return Array.from({ length: count }, () => commonWords(dice, tongues).join(' ')).flatMap((text) =>
    Array.from(text, (_, index) => ({ text: text.slice(0, index + 1) })),
  );
}

async function newest(count: number) {
  return timesOf(Array.from({ length: count }, () => ({})));
}

/** Anywhere in the list, as scrolling asks for it. */
async function scattered(count: number) {
  const dice = createDice(14);
  const total = db.board.documents.shownCount;
  return timesOf(
    Array.from({ length: count }, () => ({ offset: Math.floor(dice() * (total - 20)) })),
  );
}

async function searchLibrary(corpus: Corpus) {
  const library = createSearchLibrary();
  const { row } = createBoardCorpus(corpus.tongues, corpus.records, corpus.newest);
  let buildMs = 0;
  for (let number = 0; number < corpus.records; number++) {
    const record = readHeldRecord(row(number).bytes);
    if ((record.kind !== 'request' && record.kind !== 'offer') || record.value === null) continue;
    const { title, text } = record.value;
    const start = performance.now();
    library.add({ id: number, title, text });
    buildMs += performance.now() - start;
  }
  const times: number[] = [];
  let rows = 0;
  for (const { text = '' } of searches(60, corpus)) {
    const start = performance.now();
    rows += library.find(text);
    times.push(performance.now() - start);
  }
  Object.assign(self, { library });
  return { buildMs, times, rows };
}

interface PlainRow {
  readonly address: string;
  readonly day: number;
  readonly kind: number;
  readonly skill: string;
  readonly language: string;
  readonly bytes: Uint8Array;
}

async function rowPerRecord(corpus: Corpus) {
  const plain = new Dexie('plain');
  plain
    .version(1)
    .stores({ rows: 'address, [day+address], [kind+day], [skill+day], [language+day]' });
  const table = plain.table<PlainRow>('rows');
  const { row } = createBoardCorpus(corpus.tongues, corpus.records, corpus.newest);
  let storeMs = 0;
  for (let at = 0; at < corpus.records; at += recordsPerBatch) {
    const rows: PlainRow[] = [];
    for (let number = at; number < Math.min(at + recordsPerBatch, corpus.records); number++) {
      const { address, day, kind, bytes } = row(number);
      const record = readHeldRecord(bytes);
      const entry = record.kind === 'request' || record.kind === 'offer' ? record.value : null;
      rows.push({
        ...{ address, day, kind, bytes },
        ...{ skill: entry?.skills[0] ?? '', language: entry?.language ?? '' },
      });
    }
    const start = performance.now();
    await table.bulkPut(rows);
    storeMs += performance.now() - start;
  }
  const measure = async (count: number, read: (number: number) => Promise<readonly PlainRow[]>) => {
    const times: number[] = [];
    for (let number = 0; number < count; number++) {
      const start = performance.now();
      const found = await read(number);
      for (const { bytes, kind } of found) if (kind < 3) readHeldRecord(bytes);
      times.push(performance.now() - start);
    }
    return times;
  };
  const newestTimes = await measure(60, () =>
    table.orderBy('[day+address]').reverse().limit(20).toArray(),
  );
  const filterTimes = await measure(12, (number) =>
    table
      .where('[skill+day]')
      .between([skills[number], 0], [skills[number], 1e9])
      .reverse()
      .filter(({ language, kind }) => language === 'fa' && kind === 2)
      .limit(20)
      .toArray(),
  );
  plain.close();
  return { storeMs, newestTimes, filterTimes };
}

const calls = {
  fill,
  open,
  newest,
  scattered,
  filter: (count: number, corpus: Corpus) => timesOf(filters(count, corpus)),
  search: (count: number, corpus: Corpus) => timesOf(searches(count, corpus)),
  type: (count: number, corpus: Corpus) => timesOf(typed(count, corpus)),
  searchLibrary,
  rowPerRecord,
  close: () => {
    db.close();
    return Promise.resolve();
  },
};

self.addEventListener(
  'message',
  ({ data }: MessageEvent<{ id: number; name: keyof typeof calls; args: readonly unknown[] }>) => {
    const call = calls[data.name] as (...args: readonly unknown[]) => Promise<unknown>;
    void call(...data.args).then(
      (value) => {
        self.postMessage({ id: data.id, value });
      },
      (cause: unknown) => {
        self.postMessage({
          id: data.id,
          error:
            cause instanceof Error
              ? `${cause.name}: ${cause.message} ${cause.stack}`
              : String(cause),
        });
      },
    );
  },
);
