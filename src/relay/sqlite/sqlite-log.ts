import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { BlobId, EnvelopeId, QueueId, RecordAddress, RelayEpoch } from '#core/types/ids.ts';
import type { PackHash, RelaySequence } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import { ok, type Result } from '#core/types/result.ts';
import type {
  ExpiryReport,
  LogMove,
  LogSizes,
  NewBlob,
  NewQueue,
  PackSize,
  PackWork,
  ProvedRecord,
  QueueQuota,
  RelayLog,
  SliceLimits,
} from '../log-port.ts';
import { BlobTables } from './blob-tables.ts';
import { BoardTables } from './board-tables.ts';
import { columnsOf } from './columns.ts';
import { GroupCommit } from './group-commit.ts';
import { openDatabase, type DataFolderFault, type OpenDatabase } from './open-database.ts';
import { PackTables } from './pack-tables.ts';
import { QueueTables } from './queue-tables.ts';

/** Rows that one transaction of an expiry run deletes, so that calls are answered in between. */
const expiryStep = 2_000;
/** Pieces of blobs that one transaction deletes: 16 MiB to overwrite. */
const blobExpiryStep = 256;
const pagesPerVacuumStep = 512;

/** Opens the log of a data folder. */
export function openSqliteLog(folder: string, clock: Clock): Result<SqliteLog, DataFolderFault> {
  const opened = openDatabase(folder);
  return opened.ok ? ok(new SqliteLog(opened.value, clock)) : opened;
}

/** The relay's log on node:sqlite. Reads are answered at once, writes are gathered into groups. */
export class SqliteLog implements RelayLog {
  readonly epoch: RelayEpoch;
  readonly challengeSecret: Bytes;
  readonly #opened: OpenDatabase;
  readonly #db: DatabaseSync;
  readonly #packs: PackTables;
  readonly #board: BoardTables;
  readonly #queues: QueueTables;
  readonly #blobs: BlobTables;
  readonly #writes: GroupCommit;
  readonly #listeners = new Set<(move: LogMove) => void>();
  #moves: LogMove[] = [];

  constructor(opened: OpenDatabase, clock: Clock) {
    this.#opened = opened;
    this.#db = opened.db;
    this.epoch = opened.epoch as RelayEpoch;
    this.challengeSecret = opened.challengeSecret;
    this.#packs = new PackTables(this.#db);
    this.#board = new BoardTables(this.#db, this.#packs);
    this.#queues = new QueueTables(this.#db, clock);
    this.#blobs = new BlobTables(this.#db);
    this.#writes = new GroupCommit(
      this.#db,
      () => {
        this.#tellMoves();
      },
      () => {
        this.#moves = [];
        this.#board.readCounters();
      },
    );
  }

  /** Transactions so far, for the operator and for benches. */
  get groups(): number {
    return this.#writes.groups;
  }

  head(): RelaySequence {
    return this.#board.head;
  }

  publish(records: readonly ProvedRecord[]) {
    return this.#writes.run(() => this.#board.publish(records));
  }

  async recordAt(address: RecordAddress) {
    return this.#board.recordAt(address);
  }

  async since(after: RelaySequence, limits: SliceLimits) {
    return this.#board.since(after, limits);
  }

  async newest(limits: SliceLimits) {
    return this.#board.newest(limits);
  }

  async listedIds(after: RelaySequence, limit: number) {
    return this.#board.listedIds(after, limit);
  }

  async recordsAt(sequences: readonly RelaySequence[]) {
    return this.#board.recordsAt(sequences);
  }

  async packs() {
    return this.#packs.list();
  }

  async pack(hash: PackHash) {
    return this.#packs.bytesOf(hash);
  }

  async nextPackWork(size: PackSize) {
    return this.#packs.nextWork(size);
  }

  storePack(work: PackWork, sealed: { hash: PackHash; bytes: Bytes } | null) {
    return this.#writes.run(() => this.#packs.store(work, sealed));
  }

  createQueue(queue: NewQueue, today: Day) {
    return this.#writes.run(() => {
      this.#queues.create(queue, today);
    });
  }

  async queue(id: QueueId) {
    return this.#queues.facts(id);
  }

  append(
    queue: QueueId,
    envelope: { readonly id: EnvelopeId; readonly bytes: Bytes },
    quota: QueueQuota,
    today: Day,
  ) {
    return this.#writes.run(() => {
      const { outcome, position } = this.#queues.append(queue, envelope, quota, today);
      if (outcome === 'appended') this.#moves.push({ what: 'queue', queue, position });
      return outcome;
    });
  }

  async read(queue: QueueId, after: number, limits: SliceLimits) {
    return this.#queues.read(queue, after, limits);
  }

  acknowledge(queue: QueueId, envelopes: readonly EnvelopeId[]) {
    return this.#writes.run(() => this.#queues.acknowledge(queue, envelopes));
  }

  async blob(id: BlobId, today: Day) {
    return this.#blobs.facts(id, today);
  }

  beginBlob(blob: NewBlob, maxTotalBytes: number, today: Day) {
    return this.#writes.run(() => this.#blobs.begin(blob, maxTotalBytes, today));
  }

  addToBlob(id: BlobId, offset: number, piece: Bytes) {
    return this.#writes.run(() => this.#blobs.add(id, offset, piece));
  }

  async readBlob(id: BlobId, first: number) {
    return this.#blobs.read(id, first);
  }

  settleBlob(id: BlobId, isWhole: boolean, today: Day) {
    return this.#writes.run(() => {
      this.#blobs.settle(id, isWhole, today);
    });
  }

  async expire(today: Day): Promise<ExpiryReport> {
    let records = 0;
    let envelopes = 0;
    for (let step = expiryStep; step === expiryStep; records += step) {
      step = await this.#writes.run(() => this.#board.expire(today, expiryStep));
    }
    for (let rows = expiryStep; rows === expiryStep;) {
      const step = await this.#writes.run(() => this.#queues.expireEnvelopes(today, expiryStep));
      rows = step.rows;
      envelopes += step.held;
    }
    const queues = await this.#writes.run(() => this.#queues.expireQueues(today));
    let blobs = 0;
    for (let rows = blobExpiryStep; rows >= blobExpiryStep;) {
      const step = await this.#writes.run(() => this.#blobs.expire(today, blobExpiryStep));
      rows = step.rows;
      blobs += step.blobs;
    }
    return { records, envelopes, queues, blobs };
  }

  /** secure_delete has zeroed the pages; here they leave the file, and the write-ahead log its old frames. */
  async reclaim(): Promise<void> {
    this.#writes.flush();
    const freePages = this.#db.prepare('PRAGMA freelist_count');
    while (columnsOf(freePages.get()).int('freelist_count') > 0) {
      const before = columnsOf(freePages.get()).int('freelist_count');
      this.#db.prepare(`PRAGMA incremental_vacuum(${pagesPerVacuumStep})`).all();
      if (columnsOf(freePages.get()).int('freelist_count') >= before) break;
      await new Promise(setImmediate);
    }
    this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  }

  async sizes(): Promise<LogSizes> {
    const count = (table: string, where = '') =>
      columnsOf(this.#db.prepare(`SELECT count(*) AS n FROM ${table} ${where}`).get()).int('n');
    return {
      records: count('records'),
      packs: count('packs'),
      queues: count('queues'),
      envelopes: columnsOf(
        this.#db.prepare('SELECT coalesce(sum(held), 0) AS n FROM queues').get(),
      ).int('n'),
      blobs: count('blobs'),
      blobBytes: this.#blobs.reservedBytes,
      bytes: await this.dataBytes(),
    };
  }

  async dataBytes(): Promise<number> {
    const pages = columnsOf(this.#db.prepare('PRAGMA page_count').get()).int('page_count');
    const pageSize = columnsOf(this.#db.prepare('PRAGMA page_size').get()).int('page_size');
    return pages * pageSize;
  }

  watch(listener: (move: LogMove) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#writes.close();
    this.#listeners.clear();
    this.#opened.close();
  }

  #tellMoves(): void {
    const moves = this.#moves;
    this.#moves = [];
    if (this.#board.settleHead()) moves.push({ what: 'board' });
    for (const move of moves) for (const listener of this.#listeners) listener(move);
  }
}
