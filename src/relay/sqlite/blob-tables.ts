import type { DatabaseSync } from 'node:sqlite';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { addDays } from '#core/types/day.ts';
import type { BlobId } from '#core/types/ids.ts';
import { blobLimits } from '#sync/wire/blobs.ts';
import type { BlobFacts, BlobProgress, NewBlob } from '../log-port.ts';
import { columnsOf } from './columns.ts';

/** Blobs and their pieces. Every method that writes runs inside a group. */
export class BlobTables {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db);
  }

  /** What all blobs take once they are whole. */
  get reservedBytes(): number {
    return columnsOf(this.#statements.reserved.get()).int('value');
  }

  facts(id: BlobId, today: Day): BlobFacts | undefined {
    const row = this.#find(id);
    return row === undefined || row.until < today ? undefined : row;
  }

  begin({ id, size, hash }: NewBlob, maxTotalBytes: number, today: Day): boolean {
    const row = this.#find(id);
    if (row !== undefined && row.until >= today) return true;
    if (row !== undefined) this.#remove(row.number, row.size);
    if (this.reservedBytes + size > maxTotalBytes) return false;
    this.#statements.insert.run(id, size, hash, addDays(today, blobLimits.unfinishedDays));
    this.#statements.reserve.run(size);
    return true;
  }

  add(id: BlobId, offset: number, piece: Bytes): BlobProgress {
    const row = this.#find(id);
    if (row === undefined) return { outcome: 'unknown', received: 0, whole: false };
    const { number, size, whole, received } = row;
    const state = { received, whole };
    if (offset > received) return { outcome: 'held', ...state };
    const known = Math.min(received - offset, piece.length);
    if (!this.#holds(number, offset, piece.subarray(0, known))) {
      return { outcome: 'conflict', ...state };
    }
    const fresh = piece.subarray(known);
    if (fresh.length === 0) return { outcome: 'held', ...state };
    const end = received + fresh.length;
    if (end > size || (end < size && fresh.length < blobLimits.leastNewBytes)) {
      return { outcome: 'misshapen', ...state };
    }
    this.#statements.addPiece.run(number, received, fresh);
    this.#statements.grow.run(end, number);
    return { outcome: 'held', received: end, whole };
  }

  /** From `first` to the end of the piece that holds it; empty beyond what is held. */
  read(id: BlobId, first: number): Bytes {
    const row = this.#find(id);
    return row === undefined ? new Uint8Array(0) : this.#read(row.number, first);
  }

  settle(id: BlobId, isWhole: boolean, today: Day): void {
    const row = this.#find(id);
    if (row === undefined || row.whole || row.received !== row.size) return;
    if (isWhole) {
      this.#statements.finish.run(addDays(today, blobLimits.lifetimeDays), row.number);
    } else {
      this.#remove(row.number, row.size);
    }
  }

  /** Deletes pieces of expired blobs, at most so many; returns pieces, and the blobs that are gone. */
  expire(today: Day, limit: number): { readonly rows: number; readonly blobs: number } {
    let rows = 0;
    let blobs = 0;
    for (const row of this.#statements.expired.all(today, limit)) {
      const columns = columnsOf(row);
      const number = columns.int('number');
      const { changes } = this.#statements.deletePieces.run(number, limit - rows);
      rows += Number(changes);
      if (rows >= limit) return { rows, blobs };
      this.#remove(number, columns.int('size'));
      blobs++;
    }
    return { rows: blobs === limit ? limit : rows, blobs };
  }

  #find(id: BlobId) {
    const row = this.#statements.blob.get(id);
    if (row === undefined) return undefined;
    const columns = columnsOf(row);
    return {
      number: columns.int('number'),
      size: columns.int('size'),
      hash: columns.bytes('hash'),
      received: columns.int('received'),
      whole: columns.int('whole') === 1,
      until: columns.int('until') as Day,
    };
  }

  #holds(number: number, offset: number, bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length;) {
      const held = this.#read(number, offset + at).subarray(0, bytes.length - at);
      if (held.length === 0 || !equalBytes(held, bytes.subarray(at, at + held.length)))
        return false;
      at += held.length;
    }
    return true;
  }

  #read(number: number, first: number): Bytes {
    const row = this.#statements.piece.get(number, first);
    if (row === undefined) return new Uint8Array(0);
    const columns = columnsOf(row);
    return columns.bytes('bytes').subarray(first - columns.int('start'));
  }

  #remove(number: number, size: number): void {
    this.#statements.deletePieces.run(number, -1);
    this.#statements.delete.run(number);
    this.#statements.reserve.run(-size);
  }
}

function prepare(db: DatabaseSync) {
  return {
    reserved: db.prepare("SELECT value FROM counters WHERE name = 'blob-bytes'"),
    reserve: db.prepare("UPDATE counters SET value = value + ? WHERE name = 'blob-bytes'"),
    blob: db.prepare('SELECT * FROM blobs WHERE blob = ?'),
    insert: db.prepare('INSERT INTO blobs (blob, size, hash, until) VALUES (?, ?, ?, ?)'),
    grow: db.prepare('UPDATE blobs SET received = ? WHERE number = ?'),
    finish: db.prepare('UPDATE blobs SET whole = 1, until = ? WHERE number = ?'),
    delete: db.prepare('DELETE FROM blobs WHERE number = ?'),
    addPiece: db.prepare('INSERT INTO blob_pieces (blob, start, bytes) VALUES (?, ?, ?)'),
    piece: db.prepare(
      'SELECT start, bytes FROM blob_pieces WHERE blob = ? AND start <= ? ORDER BY start DESC LIMIT 1',
    ),
    expired: db.prepare('SELECT number, size FROM blobs WHERE until < ? LIMIT ?'),
    deletePieces: db.prepare(
      `DELETE FROM blob_pieces WHERE number IN
       (SELECT number FROM blob_pieces WHERE blob = ? LIMIT ?)`,
    ),
  };
}
