import { Dexie } from 'dexie';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { WallflowerDatabase } from './database.ts';
import { keepLead } from './lead.ts';

/** A file's ciphertext on this device, and how far it has crossed the link. */
export interface FileRow {
  /** Random; the sealed message names it. */
  readonly id: string;
  /** False while it is being written: whatever is not kept is deleted at the next start. */
  readonly kept: boolean;
  readonly totalBytes: number;
  readonly doneBytes: number;
  readonly paused: boolean;
}

/** Part of a file's ciphertext; parts lie one after the other from offset 0. */
export interface PieceRow {
  readonly file: string;
  readonly offset: number;
  readonly bytes: Bytes;
}

/** Length of the parts in which this device writes ciphertext. */
export const storedPieceBytes = 65_536;

/** Writes as the engine that leads, or not at all: rejects with NotLeaderError or Dexie's errors. */
function asLeader<T>(db: WallflowerDatabase, token: string, work: () => Promise<T>): Promise<T> {
  return db.transaction('rw', [db.settings, db.files, db.pieces, db.outbox], async () => {
    await keepLead(db, token);
    return work();
  });
}

/** Notes a file before its first piece is written. */
export function beginFile(db: WallflowerDatabase, token: string, row: FileRow): Promise<void> {
  return asLeader(db, token, async () => {
    if ((await db.files.get(row.id)) === undefined) await db.files.add(row);
  });
}

/** Writes one piece; `doneBytes` moves with it where it came over the link. */
export function addPiece(
  db: WallflowerDatabase,
  token: string,
  piece: PieceRow,
  doneBytes: number | null,
): Promise<void> {
  return asLeader(db, token, async () => {
    if ((await db.files.get(piece.file)) === undefined) return;
    await db.pieces.put(piece);
    if (doneBytes !== null) await db.files.update(piece.file, { doneBytes });
  });
}

/** Changes what is known of a file; nothing where it is gone. */
export function updateFile(
  db: WallflowerDatabase,
  token: string,
  id: string,
  change: Partial<Pick<FileRow, 'doneBytes' | 'paused'>>,
): Promise<void> {
  return asLeader(db, token, async () => {
    await db.files.update(id, change);
  });
}

/** Forgets the pieces and begins anew with none. */
export function emptyFile(db: WallflowerDatabase, token: string, id: string): Promise<void> {
  return asLeader(db, token, async () => {
    await deletePieces(db, id);
    await db.files.update(id, { doneBytes: 0 });
  });
}

/** The relay has all of a file: its message may follow. */
export function finishUpload(
  db: WallflowerDatabase,
  token: string,
  row: number,
  file: string,
): Promise<void> {
  return asLeader(db, token, async () => {
    const held = await db.files.get(file);
    if (held !== undefined) await db.files.update(file, { doneBytes: held.totalBytes });
    await db.outbox.delete(row);
  });
}

/** The relay will not have a file: its message does not go out either. */
export function refuseUpload(
  db: WallflowerDatabase,
  token: string,
  row: number,
  file: string,
): Promise<void> {
  return asLeader(db, token, async () => {
    await db.outbox.delete(row);
    await db.outbox.filter(({ chain }) => chain === file).modify({ state: 'refused' });
  });
}

/** Deletes files with their pieces, as the engine that leads. */
export function deleteFiles(
  db: WallflowerDatabase,
  token: string,
  ids: readonly string[],
): Promise<void> {
  return asLeader(db, token, () => dropFiles(db, ids));
}

/** Deletes files, their pieces and what waits to be sent of them, inside the caller's transaction. */
export async function dropFiles(db: WallflowerDatabase, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await deletePieces(db, id);
    await db.files.delete(id);
    await db.outbox.filter(({ chain }) => chain === id).delete();
  }
}

/** Marks files as belonging to a message, inside the caller's transaction. */
export async function keepFiles(db: WallflowerDatabase, ids: readonly string[]): Promise<void> {
  for (const id of ids) await db.files.update(id, { kept: true });
}

/** Deletes what a sending that was cut off has left behind; only at the start, before any sending. */
export async function deleteUnkeptFiles(db: WallflowerDatabase, token: string): Promise<void> {
  const unkept = await db.files.filter(({ kept }) => !kept).primaryKeys();
  if (unkept.length > 0) await deleteFiles(db, token, unkept);
}

/** The pieces of a file in order, one at a time. */
export async function* readPieces(
  db: WallflowerDatabase,
  file: string,
): AsyncGenerator<Bytes, void> {
  for (let offset = 0; ;) {
    const piece = await db.pieces.get([file, offset]);
    if (piece === undefined || piece.bytes.length === 0) return;
    yield piece.bytes;
    offset += piece.bytes.length;
  }
}

/** Bytes `from` to `end` of a file that this device wrote itself; fewer where it has no more. */
export async function readStoredRange(
  db: WallflowerDatabase,
  file: string,
  from: number,
  end: number,
): Promise<Bytes> {
  const parts: Bytes[] = [];
  for (let at = from; at < end;) {
    const start = at - (at % storedPieceBytes);
    const piece = await db.pieces.get([file, start]);
    const part = piece?.bytes.subarray(at - start, end - start);
    if (part === undefined || part.length === 0) break;
    parts.push(part);
    at += part.length;
  }
  return concatBytes(...parts);
}

async function deletePieces(db: WallflowerDatabase, file: string): Promise<void> {
  await db.pieces
    .where('[file+offset]')
    .between([file, Dexie.minKey], [file, Dexie.maxKey])
    .delete();
}
