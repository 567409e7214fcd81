import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '#core/types/bytes.ts';
import type { PackHash, RelaySequence } from '#core/types/ids.ts';
import type { PackEntry, PackSize, PackWork } from '../log-port.ts';
import { columnsOf, type Row } from './columns.ts';

/** A pack is sealed again when one in so many of its records has been superseded. */
const supersededShare = 10;

/** Sealed packs and what is to be sealed. Every method that writes runs inside a group. */
export class PackTables {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db);
  }

  /** Newest first. */
  list(): readonly PackEntry[] {
    return this.#statements.list.all().map(toEntry);
  }

  bytesOf(hash: PackHash): Bytes | undefined {
    const row = this.#statements.bytes.get(hash);
    return row && columnsOf(row).bytes('bytes');
  }

  /** Notes that a record has left the log, in case a pack holds it. */
  noteRemoval(sequence: number, mustBeGone: boolean): void {
    const row = this.#statements.holding.get(sequence);
    if (row === undefined) return;
    const { first, last } = toEntry(row);
    if (first <= sequence) this.#statements.note.run(mustBeGone ? 1 : 0, last);
  }

  nextWork(size: PackSize): PackWork | undefined {
    const stale = this.#statements.stale.get(supersededShare);
    if (stale !== undefined) return this.#workOfStale(toEntry(stale), size);
    return this.#workOfTail(size);
  }

  store(work: PackWork, sealed: { hash: PackHash; bytes: Bytes } | null): boolean {
    if (this.#liveCount(work.first, work.last) !== work.records.length) return false;
    for (const hash of work.replaces) {
      this.#statements.deleteBytes.run(hash);
      this.#statements.delete.run(hash);
    }
    if (sealed !== null) {
      const { hash, bytes } = sealed;
      this.#statements.insertBytes.run(hash, bytes);
      this.#statements.insert.run(work.last, work.first, hash, work.records.length, bytes.length);
    }
    return true;
  }

  /** Takes the older neighbour along where both fit into one, so that packs do not wither. */
  #workOfStale(pack: PackEntry, size: PackSize): PackWork {
    const olderRow = this.#statements.older.get(pack.first);
    const older = olderRow && toEntry(olderRow);
    if (older !== undefined && this.#liveCount(older.first, pack.last) <= size.maxRecords) {
      const both = this.#range(older.first, pack.last);
      if (sizeOf(both) <= size.maxBytes) {
        const replaces = [older.hash, pack.hash];
        return { first: older.first, last: pack.last, replaces, records: both };
      }
    }
    const own = this.#range(pack.first, pack.last);
    return { first: pack.first, last: pack.last, replaces: [pack.hash], records: own };
  }

  /** The newest pack is made again with what came after it, until it is full; then a new one begins. */
  #workOfTail({ maxRecords, maxBytes, stepRecords }: PackSize): PackWork | undefined {
    const newestRow = this.#statements.newest.get();
    const newest = newestRow && toEntry(newestRow);
    const tail = columnsOf(this.#statements.tail.get(newest?.last ?? 0, stepRecords));
    if (tail.int('records') < stepRecords && tail.int('size') < maxBytes) return undefined;
    const grows =
      newest !== undefined &&
      newest.records <= maxRecords - stepRecords &&
      sizeOf(this.#range(newest.first, newest.last)) + tail.int('size') <= maxBytes;
    const after = grows ? newest.first - 1 : (newest?.last ?? 0);
    const records: Bytes[] = [];
    let size = 0;
    let first = 0;
    let last = 0;
    for (const row of this.#statements.since.iterate(after, maxRecords)) {
      const columns = columnsOf(row);
      const bytes = columns.bytes('bytes');
      if (size + bytes.length > maxBytes && records.length > 0) break;
      records.push(bytes);
      size += bytes.length;
      last = columns.int('sequence');
      if (first === 0) first = last;
    }
    return {
      first: first as RelaySequence,
      last: last as RelaySequence,
      replaces: grows ? [newest.hash] : [],
      records,
    };
  }

  #liveCount(first: number, last: number): number {
    return columnsOf(this.#statements.count.get(first, last)).int('records');
  }

  #range(first: number, last: number): readonly Bytes[] {
    return this.#statements.range.all(first, last).map((row) => columnsOf(row).bytes('bytes'));
  }
}

function sizeOf(records: readonly Bytes[]): number {
  return records.reduce((total, record) => total + record.length, 0);
}

function toEntry(row: Row): PackEntry {
  const columns = columnsOf(row);
  return {
    hash: columns.bytes('hash') as PackHash,
    records: columns.int('records'),
    bytes: columns.int('size'),
    first: columns.int('first') as RelaySequence,
    last: columns.int('last') as RelaySequence,
  };
}

function prepare(db: DatabaseSync) {
  const entry = 'SELECT hash, records, size, first, last FROM packs';
  return {
    list: db.prepare(`${entry} ORDER BY last DESC`),
    newest: db.prepare(`${entry} ORDER BY last DESC LIMIT 1`),
    holding: db.prepare(`${entry} WHERE last >= ? ORDER BY last LIMIT 1`),
    older: db.prepare(`${entry} WHERE last < ? ORDER BY last DESC LIMIT 1`),
    stale: db.prepare(
      `${entry} WHERE must_reseal = 1 OR superseded * ? > records ORDER BY last DESC LIMIT 1`,
    ),
    note: db.prepare(
      'UPDATE packs SET superseded = superseded + 1, must_reseal = max(must_reseal, ?) WHERE last = ?',
    ),
    bytes: db.prepare('SELECT bytes FROM pack_bytes WHERE hash = ?'),
    insertBytes: db.prepare('INSERT OR REPLACE INTO pack_bytes (hash, bytes) VALUES (?, ?)'),
    deleteBytes: db.prepare('DELETE FROM pack_bytes WHERE hash = ?'),
    insert: db.prepare(
      'INSERT INTO packs (last, first, hash, records, size) VALUES (?, ?, ?, ?, ?)',
    ),
    delete: db.prepare('DELETE FROM packs WHERE hash = ?'),
    count: db.prepare('SELECT count(*) AS records FROM records WHERE sequence BETWEEN ? AND ?'),
    range: db.prepare('SELECT bytes FROM records WHERE sequence BETWEEN ? AND ? ORDER BY sequence'),
    tail: db.prepare(
      `SELECT count(*) AS records, coalesce(sum(size), 0) AS size FROM
       (SELECT length(bytes) AS size FROM records WHERE sequence > ? LIMIT ?)`,
    ),
    since: db.prepare(
      'SELECT sequence, bytes FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?',
    ),
  };
}
