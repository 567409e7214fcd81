import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { EnvelopeId, QueueId, QueueReadKey } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import type {
  AppendOutcome,
  NewQueue,
  QueueFacts,
  QueueQuota,
  QueueSlice,
  SliceLimits,
} from '../log-port.ts';
import { columnsOf } from './columns.ts';

/** Queues, their envelopes, and the marks of acknowledged ones. Every method that writes runs inside a group. */
export class QueueTables {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #clock: Clock;

  constructor(db: DatabaseSync, clock: Clock) {
    this.#statements = prepare(db);
    this.#clock = clock;
  }

  /**
   * Positions of a new queue begin at the time of its creation in milliseconds: a queue that expired
   * and is created again goes on above every position that its owner has seen.
   */
  create({ id, readKey, capHash, lifetimeDays }: NewQueue, today: Day): void {
    const start = this.#clock();
    const until = addDays(today, lifetimeDays);
    this.#statements.create.run(id, readKey, capHash, lifetimeDays, until, start);
  }

  facts(id: QueueId): QueueFacts | undefined {
    const row = this.#statements.queue.get(id);
    if (row === undefined) return undefined;
    const columns = columnsOf(row);
    return {
      readKey: columns.bytes('read_key') as QueueReadKey,
      capHash: columns.bytes('cap_hash'),
      position: columns.int('held') === 0 ? 0 : columns.int('position'),
    };
  }

  /** Returns the position too, where the envelope is new. */
  append(
    id: QueueId,
    envelope: { readonly id: EnvelopeId; readonly bytes: Bytes },
    quota: QueueQuota,
    today: Day,
  ): { readonly outcome: AppendOutcome; readonly position: number } {
    const row = this.#statements.queue.get(id);
    if (row === undefined) return { outcome: 'unknown', position: 0 };
    const queue = columnsOf(row);
    const number = queue.int('number');
    if (this.#statements.envelope.get(number, envelope.id) !== undefined) {
      return { outcome: 'known', position: 0 };
    }
    if (queue.int('until') < today) return { outcome: 'unknown', position: 0 };
    const isFull =
      queue.int('held') >= quota.maxEnvelopes ||
      queue.int('held_bytes') + envelope.bytes.length > quota.maxBytes ||
      queue.int('marks') >= quota.maxMarks;
    if (isFull) return { outcome: 'full', position: 0 };
    const position = queue.int('position') + 1;
    const until = addDays(today, queue.int('lifetime'));
    this.#statements.append.run(number, position, envelope.id, until, envelope.bytes);
    this.#statements.count.run(position, 1, envelope.bytes.length, 0, number);
    return { outcome: 'appended', position };
  }

  read(id: QueueId, after: number, { maxRecords, maxBytes }: SliceLimits): QueueSlice {
    const envelopes: { position: number; envelope: Bytes }[] = [];
    let size = 0;
    for (const row of this.#statements.read.iterate(id, after, maxRecords + 1)) {
      const columns = columnsOf(row);
      const envelope = columns.bytes('bytes');
      const isFull = envelopes.length === maxRecords || size + envelope.length > maxBytes;
      if (isFull) return { envelopes, more: true };
      envelopes.push({ position: columns.int('position'), envelope });
      size += envelope.length;
    }
    return { envelopes, more: false };
  }

  acknowledge(id: QueueId, envelopes: readonly EnvelopeId[]): number {
    const row = this.#statements.queue.get(id);
    if (row === undefined) return 0;
    const queue = columnsOf(row);
    const number = queue.int('number');
    let bytes = 0;
    let count = 0;
    for (const envelope of envelopes) {
      const held = this.#statements.heldEnvelope.get(number, envelope);
      if (held === undefined) continue;
      this.#statements.mark.run(columnsOf(held).int('number'));
      bytes += columnsOf(held).int('size');
      count++;
    }
    this.#statements.count.run(queue.int('position'), -count, -bytes, count, number);
    return count;
  }

  /** Deletes expired envelopes and marks, at most so many; returns how many there were. */
  expireEnvelopes(today: Day, limit: number): { readonly rows: number; readonly held: number } {
    const rows = this.#statements.expired.all(today, limit);
    let held = 0;
    for (const row of rows) {
      const columns = columnsOf(row);
      const isHeld = columns.int('held');
      held += isHeld;
      this.#statements.deleteEnvelope.run(columns.int('number'));
      const size = columns.int('size');
      this.#statements.discount.run(isHeld, size, 1 - isHeld, columns.int('queue'));
    }
    return { rows: rows.length, held };
  }

  /** Deletes queues past their time that hold nothing any more; returns how many there were. */
  expireQueues(today: Day): number {
    return Number(this.#statements.deleteQueues.run(today).changes);
  }
}

function prepare(db: DatabaseSync) {
  return {
    create: db.prepare(
      `INSERT INTO queues (queue, read_key, cap_hash, lifetime, until, position)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (queue) DO UPDATE SET lifetime = excluded.lifetime, until = excluded.until`,
    ),
    queue: db.prepare('SELECT * FROM queues WHERE queue = ?'),
    envelope: db.prepare('SELECT 1 AS there FROM envelopes WHERE queue = ? AND id = ?'),
    append: db.prepare(
      'INSERT INTO envelopes (queue, position, id, until, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    count: db.prepare(
      `UPDATE queues SET position = ?, held = held + ?, held_bytes = held_bytes + ?,
       marks = marks + ? WHERE number = ?`,
    ),
    discount: db.prepare(
      `UPDATE queues SET held = held - ?, held_bytes = held_bytes - ?, marks = marks - ?
       WHERE number = ?`,
    ),
    read: db.prepare(
      `SELECT position, bytes FROM envelopes
       WHERE queue = (SELECT number FROM queues WHERE queue = ?) AND position > ?
       AND bytes IS NOT NULL ORDER BY position LIMIT ?`,
    ),
    heldEnvelope: db.prepare(
      `SELECT number, length(bytes) AS size FROM envelopes
       WHERE queue = ? AND id = ? AND bytes IS NOT NULL`,
    ),
    mark: db.prepare('UPDATE envelopes SET bytes = NULL WHERE number = ?'),
    expired: db.prepare(
      `SELECT number, queue, bytes IS NOT NULL AS held, coalesce(length(bytes), 0) AS size
       FROM envelopes WHERE until < ? LIMIT ?`,
    ),
    deleteEnvelope: db.prepare('DELETE FROM envelopes WHERE number = ?'),
    deleteQueues: db.prepare('DELETE FROM queues WHERE until < ? AND held = 0 AND marks = 0'),
  };
}
