import { Dexie } from 'dexie';
import { readHeldRecord } from '#core/records/held-record.ts';
import { skills, urgencies } from '#core/types/board-terms.ts';
import { bytesToHex, hexToBytesStrict } from '#core/codec/text-forms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PackHash, RelayEpoch, RelayOrigin, RelaySequence } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import type { BoardQuery } from '#engine/api/board-calls.ts';
import { BoardIndex } from '#engine/board-index.ts';
import { queryBoard } from '#engine/board-views.ts';
import type { EngineContext } from '#engine/engine-context.ts';
import { FollowedCharter } from '#engine/followed-charter.ts';
import { takeLead } from '#storage/lead.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { tidyBoard } from '#storage/board-compaction.ts';
import { Takings, type BoardSyncContext } from '#sync/board-context.ts';
import { bringPacks, type BoardStart } from '#sync/pack-sync.ts';
import type { RelayClient } from '#sync/relay-client.ts';
import { createSearchLibrary } from './peers-board/search-library.mjs';
import { anyTerms } from '../support/any-terms.ts';
import { createDice, pick } from '../support/dice.ts';
import { charterAuthor, commonWords, createBoardCorpus } from './board-corpus.ts';
import type { BoardSettings, NamedPack } from './board-packs.ts';
import { answerCalls } from './answer-calls.ts';

const token = 'bench';
/** As many rows as the peer is given at once. */
const recordsPerBatch = 1_024;
/** What a read of the network brings. */
const networkBytes = 16_384;

type Corpus = BoardSettings;

const anything: BoardQuery = { ...anyTerms, offset: 0, limit: 20 };

let db: WallflowerDatabase;
let context: EngineContext;

/** The longest time in which this worker answered nobody. */
class LongestSilence {
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
}

function openBoard(): void {
  db = new WallflowerDatabase();
  context = {
    db,
    board: new BoardIndex(db.board),
    charter: new FollowedCharter(db),
    vault: null,
    clock: Date.now,
  } as unknown as EngineContext;
}

/** A full device is tidied another time, as the engine does it. */
async function tidy(): Promise<void> {
  try {
    await tidyBoard(db, token);
  } catch (cause) {
    if (storageFaultOf(cause) !== 'storage-full') throw cause;
  }
}

/** Brings packs as sync does and tidies; only the signatures are taken as proved: they have their own row. */
async function fill({ packs, newest }: { packs: readonly NamedPack[]; newest: Day }) {
  openBoard();
  await takeLead(db, token);
  await context.charter.follow({ key: charterAuthor, demo: false });
  await db.board.openAll();
  const bytesByName = new Map<string, Bytes>();
  for (const { name } of packs) {
    bytesByName.set(name, new Uint8Array(await (await fetch(`/packs/${name}`)).arrayBuffer()));
  }
  const sync = {
    db,
    client: new LocalPacks(bytesByName),
    verify: () => Promise.resolve(true),
    today: newest,
    onChanged: () => {},
    onProgress: () => {},
    paused: () => new AbortController().signal,
  } as unknown as BoardSyncContext;
  const none = 0 as RelaySequence;
  const start: BoardStart = {
    epoch: new Uint8Array(16) as RelayEpoch,
    packs: packs.map(({ name, records, bytes }) => [hashOf(name), records, bytes, none, none]),
    tailStart: none,
  };
  const longest = new LongestSilence();
  const startMs = performance.now();
  let storedMs = Number.NaN;
  let full = false;
  try {
    const brought = await bringPacks(sync, new Takings(sync), start);
    if (!brought.ok) throw new Error(`The packs were not taken in: ${brought.error.code}.`);
    storedMs = performance.now() - startMs;
    await tidy();
  } catch (cause) {
    if (storageFaultOf(cause) !== 'storage-full') throw cause;
    full = true;
  }
  const tidiedMs = performance.now() - startMs;
  const segments = db.board.documents.segments.filter((segment) => segment !== null).length;
  return {
    storedMs,
    tidiedMs,
    longestMs: longest.finish(),
    entries: db.board.documents.shownCount,
    full: full || db.board.limits.full,
    segments,
  };
}

/** A link that brings packs at once, in pieces of the size that networks bring. */
class LocalPacks implements Pick<RelayClient, 'packBytes'> {
  readonly origin = 'http://127.0.0.1' as RelayOrigin;
  readonly #bytesByName: ReadonlyMap<string, Bytes>;

  constructor(bytesByName: ReadonlyMap<string, Bytes>) {
    this.#bytesByName = bytesByName;
  }

  async packBytes(
    hash: PackHash,
    offset: number,
    take: (bytes: Uint8Array) => Promise<boolean>,
  ): ReturnType<RelayClient['packBytes']> {
    const bytes = this.#bytesByName.get(bytesToHex(hash));
    if (bytes === undefined) return ok('gone');
    for (let at = offset; at < bytes.length; at += networkBytes) {
      if (!(await take(bytes.subarray(at, at + networkBytes)))) break;
    }
    return ok('ended');
  }
}

function hashOf(name: string): PackHash {
  const bytes = hexToBytesStrict(name);
  if (!bytes.ok) throw new Error('No name of a pack.');
  return bytes.value as PackHash;
}

/** Opens what is on the disk, as a start of the app does. */
async function open() {
  db?.close();
  openBoard();
  const start = performance.now();
  await Promise.all([db.board.openFirst(), context.charter.load()]);
  await queryBoard(context, anything);
  const firstMs = performance.now() - start;
  const longest = new LongestSilence();
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
    minStars: pick(dice, [null, null, 1, 4] as const),
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

answerCalls({
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
});
