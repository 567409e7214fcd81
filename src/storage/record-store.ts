import type { Revision } from '#core/records/merge.ts';
import type { Day } from '#core/types/day.ts';
import type { RecordAddress } from '#core/types/ids.ts';
import type { IncomingRow, PreparedRecords } from './board-writer.ts';
import type { RecordRow, WallflowerDatabase } from './database.ts';
import { recordTables } from './record-tables.ts';
import { storageFaultOf } from './storage-fault.ts';

/**
 * Merges verified records into the board by the merge rule; returns those that won. In a transaction
 * of its own: records that belong to a larger change go through commitChange.
 */
export async function mergeRecords(
  db: WallflowerDatabase,
  incoming: readonly IncomingRow[],
): Promise<readonly RecordRow[]> {
  const { prepareRecords, writeSegments } = await import('./board-writer.ts');
  const store = db.board;
  const write = async (): Promise<PreparedRecords> => {
    await store.openAll();
    const wanted = incoming.filter((row) => store.isWanted(row));
    const prepared = await prepareRecords(store, wanted);
    if (prepared.segments.length === 0) return prepared;
    const segments = await db.transaction('rw', [...recordTables(db)], () =>
      writeSegments(db, prepared.segments),
    );
    store.replace([], segments);
    return prepared;
  };
  return (await takeIn(db, write)).winners;
}

/** Runs a write of what relays have sent, with room made for it; never in what a full device gave back for its start. */
export async function takeIn<T>(db: WallflowerDatabase, write: () => Promise<T>): Promise<T> {
  if (!db.ballast.isLaid) await (await import('./board-room.ts')).spareTheBallast(db);
  return withRoom(db, write);
}

/** Runs a write again after the oldest records have made room for it, where the device has none. */
export async function withRoom<T>(db: WallflowerDatabase, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (storageFaultOf(cause) !== 'storage-full') throw cause;
    const { makeRoom } = await import('./board-room.ts');
    return makeRoom(db, write, cause);
  }
}

/** What this device remembers of addresses, also of expired records, so that nothing is checked twice. */
export async function knownRevisions(
  { board }: WallflowerDatabase,
  addresses: readonly RecordAddress[],
): Promise<readonly (Revision | undefined)[]> {
  await board.openAll();
  return addresses.map((address) => board.documents.revisionAt(address));
}

/** Hides what has expired; its (rev, id) stays as a floor until day + 181. Whether anything may have changed. */
export async function expireRecords(db: WallflowerDatabase, today: Day): Promise<boolean> {
  const store = db.board;
  await store.openAll();
  if (today <= store.documents.firstDay) return false;
  const gone = store.documents.expire(today);
  await store.changeLimits({ firstDay: today });
  return gone > 0 || store.documents.attestations.size > 0;
}
