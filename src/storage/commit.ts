import type { RecordRow, SealedRow, WallflowerDatabase } from './database.ts';
import { keepLead } from './lead.ts';
import type { OutboxRow } from './outbox-row.ts';
import { withRoom } from './record-store.ts';
import { recordTables } from './record-tables.ts';

/** Everything that one step of the engine changes; all of it happens, or none. */
export interface Change {
  readonly seal?: readonly SealedRow[];
  readonly unseal?: readonly string[];
  readonly send?: readonly OutboxRow[];
  readonly settle?: readonly number[];
  readonly records?: readonly RecordRow[];
  /** What it changes of files, inside the same transaction. */
  readonly alongside?: (() => Promise<void>) | undefined;
}

/**
 * Commits a change in one transaction, fenced by the leader's token, so that a tab that was frozen
 * and has lost its lock writes nothing when it wakes. Rejects with NotLeaderError or Dexie's errors.
 */
export async function commitChange(
  db: WallflowerDatabase,
  token: string,
  change: Change,
): Promise<void> {
  const store = db.board;
  const write = async () => {
    const prepared = await prepare(db, change.records ?? []);
    const segments = await db.transaction(
      'rw',
      [
        ...[db.settings, db.sealed, db.outbox, ...recordTables(db)],
        ...(change.alongside === undefined ? [] : [db.files, db.pieces]),
      ],
      async () => {
        await keepLead(db, token);
        await change.alongside?.();
        if (change.unseal?.length) await db.sealed.bulkDelete([...change.unseal]);
        if (change.seal?.length) await db.sealed.bulkPut([...change.seal]);
        if (change.settle?.length) await db.outbox.bulkDelete([...change.settle]);
        if (change.send?.length) await queue(db, change.send);
        return prepared === null ? [] : prepared.write();
      },
    );
    store.replace([], segments);
  };
  await withRoom(db, write);
}

/** A record that is to go out replaces what waits, or was refused, of its earlier revisions. */
async function queue({ outbox }: WallflowerDatabase, rows: readonly OutboxRow[]): Promise<void> {
  const placeOf = ({ relay, task }: OutboxRow) =>
    task.kind === 'publish' ? `${relay} ${task.address}` : null;
  const places = new Set(rows.map(placeOf).filter((place) => place !== null));
  if (places.size > 0) await outbox.filter((row) => places.has(placeOf(row) ?? '')).delete();
  await outbox.bulkAdd([...rows]);
}

/** Everything that cannot be done inside a transaction. */
async function prepare(db: WallflowerDatabase, records: readonly RecordRow[]) {
  if (records.length === 0) return null;
  const { prepareRecords, writeSegments } = await import('./board-writer.ts');
  const { segments } = await prepareRecords(db.board, records);
  return { write: () => writeSegments(db, segments) };
}
