import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { compareRevisions, floorUntil, type Revision } from '#core/records/merge.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { RecordAddress, RecordId, RelaySequence } from '#core/types/ids.ts';
import type { ListedId, LogSlice, MergeOutcome, ProvedRecord, SliceLimits } from '../log-port.ts';
import { columnsOf } from './columns.ts';
import type { PackTables } from './pack-tables.ts';

interface Holder extends Revision {
  /** Undefined for a floor. */
  readonly sequence: number | undefined;
}

/** Records, floors and the log's counters. Every method that writes runs inside a group. */
export class BoardTables {
  readonly #packs: PackTables;
  readonly #statements: ReturnType<typeof prepare>;
  #listed = 0;
  #unlisted = 0;
  #durableHead = 0;

  constructor(db: DatabaseSync, packs: PackTables) {
    this.#packs = packs;
    this.#statements = prepare(db);
    this.readCounters();
    this.#durableHead = this.#listed;
  }

  /** The newest listed position that is durable. */
  get head(): RelaySequence {
    return this.#durableHead as RelaySequence;
  }

  /** Whether the head has moved since the last call. */
  settleHead(): boolean {
    const moved = this.#listed !== this.#durableHead;
    this.#durableHead = this.#listed;
    return moved;
  }

  /** Forgets what a transaction that was rolled back had counted. */
  readCounters(): void {
    this.#listed = readCounter(this.#statements.counter, 'listed');
    this.#unlisted = readCounter(this.#statements.counter, 'unlisted');
  }

  publish(records: readonly ProvedRecord[]): readonly MergeOutcome[] {
    const outcomes = records.map((record) => this.#merge(record));
    if (outcomes.includes('accepted')) {
      this.#statements.setCounter.run(this.#listed, 'listed');
      this.#statements.setCounter.run(this.#unlisted, 'unlisted');
    }
    return outcomes;
  }

  recordAt(address: RecordAddress): Bytes | undefined {
    const row = this.#statements.bytesAt.get(address);
    return row && columnsOf(row).bytes('bytes');
  }

  since(after: RelaySequence, { maxRecords, maxBytes }: SliceLimits): LogSlice {
    const records: Bytes[] = [];
    let size = 0;
    let next = after as number;
    for (const row of this.#statements.since.iterate(after, maxRecords + 1)) {
      const columns = columnsOf(row);
      const bytes = columns.bytes('bytes');
      const isFull = records.length === maxRecords || size + bytes.length > maxBytes;
      if (isFull && records.length > 0) {
        return { records, next: next as RelaySequence, more: true };
      }
      records.push(bytes);
      size += bytes.length;
      next = columns.int('sequence');
    }
    return { records, next: Math.max(this.#durableHead, after) as RelaySequence, more: false };
  }

  newest({ maxRecords, maxBytes }: SliceLimits): LogSlice {
    const records: Bytes[] = [];
    let size = 0;
    let next = this.#durableHead + 1;
    let more = false;
    for (const row of this.#statements.newest.iterate(maxRecords + 1)) {
      const columns = columnsOf(row);
      const bytes = columns.bytes('bytes');
      more = records.length === maxRecords || size + bytes.length > maxBytes;
      if (more) break;
      records.push(bytes);
      size += bytes.length;
      next = columns.int('sequence');
    }
    return { records, next: next as RelaySequence, more };
  }

  listedIds(after: RelaySequence, limit: number): readonly ListedId[] {
    return this.#statements.ids.all(after, limit).map((row) => {
      const columns = columnsOf(row);
      const sequence = columns.int('sequence') as RelaySequence;
      return { sequence, id: columns.bytes('id') as RecordId };
    });
  }

  recordsAt(sequences: readonly RelaySequence[]): readonly Bytes[] {
    return sequences.flatMap((sequence) => {
      const row = this.#statements.bytesOf.get(sequence);
      return row === undefined ? [] : [columnsOf(row).bytes('bytes')];
    });
  }

  /** Turns expired records, at most so many, into floors and deletes floors that nobody needs; returns the records deleted. */
  expire(today: Day, limit: number): number {
    let count = 0;
    for (const row of this.#statements.expired.all(today, limit)) {
      const columns = columnsOf(row);
      const address = columns.bytes('address');
      const until = floorUntil(columns.int('day') as Day);
      this.#statements.insertFloor.run(address, columns.bytes('id'), columns.int('rev'), until);
      this.#remove(columns.int('sequence'), true);
      count++;
    }
    this.#statements.deleteFloors.run(today);
    return count;
  }

  #merge(record: ProvedRecord): MergeOutcome {
    const holder = this.#holderOf(record.address);
    if (holder !== undefined) {
      const order = compareRevisions(record, holder);
      if (order === 0) return 'known';
      if (order < 0) return 'stale';
      if (holder.sequence === undefined) this.#statements.deleteFloor.run(record.address);
      else this.#remove(holder.sequence, record.withdrawn);
    }
    const sequence = record.listed ? ++this.#listed : --this.#unlisted;
    const { address, id, rev, day, until, bytes } = record;
    this.#statements.insert.run(sequence, address, id, rev, day, until, bytes);
    return 'accepted';
  }

  #holderOf(address: RecordAddress): Holder | undefined {
    const row = this.#statements.record.get(address) ?? this.#statements.floor.get(address);
    if (row === undefined) return undefined;
    const columns = columnsOf(row);
    return {
      id: columns.bytes('id') as RecordId,
      rev: columns.int('rev'),
      sequence: typeof row['sequence'] === 'number' ? row['sequence'] : undefined,
    };
  }

  #remove(sequence: number, mustBeGone: boolean): void {
    this.#statements.delete.run(sequence);
    if (sequence > 0) this.#packs.noteRemoval(sequence, mustBeGone);
  }
}

function readCounter(statement: StatementSync, name: string): number {
  return columnsOf(statement.get(name)).int('value');
}

function prepare(db: DatabaseSync) {
  return {
    counter: db.prepare('SELECT value FROM counters WHERE name = ?'),
    setCounter: db.prepare('UPDATE counters SET value = ? WHERE name = ?'),
    record: db.prepare('SELECT sequence, id, rev FROM records WHERE address = ?'),
    floor: db.prepare('SELECT id, rev FROM floors WHERE address = ?'),
    bytesAt: db.prepare('SELECT bytes FROM records WHERE address = ?'),
    insert: db.prepare(
      'INSERT INTO records (sequence, address, id, rev, day, until, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    delete: db.prepare('DELETE FROM records WHERE sequence = ?'),
    since: db.prepare(
      'SELECT sequence, bytes FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?',
    ),
    newest: db.prepare(
      'SELECT sequence, bytes FROM records WHERE sequence > 0 ORDER BY sequence DESC LIMIT ?',
    ),
    ids: db.prepare(
      'SELECT sequence, id FROM records WHERE sequence > ? ORDER BY sequence LIMIT ?',
    ),
    bytesOf: db.prepare('SELECT bytes FROM records WHERE sequence = ? AND sequence > 0'),
    expired: db.prepare(
      'SELECT sequence, address, id, rev, day FROM records WHERE until < ? LIMIT ?',
    ),
    insertFloor: db.prepare(
      'INSERT OR REPLACE INTO floors (address, id, rev, until) VALUES (?, ?, ?, ?)',
    ),
    deleteFloor: db.prepare('DELETE FROM floors WHERE address = ?'),
    deleteFloors: db.prepare('DELETE FROM floors WHERE until < ?'),
  };
}
