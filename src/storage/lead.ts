import type { WallflowerDatabase } from './database.ts';
import { NotLeaderError, storageFaultOf } from './storage-fault.ts';

/** Marks this engine as the one that writes; whoever held the mark before can commit no more. */
export async function takeLead(db: WallflowerDatabase, token: string): Promise<void> {
  await db.settings.put({ key: 'leader', value: token });
}

/**
 * What an engine does whose mark found no room: it reads without it, and sets it with the first write
 * that does. Only where no other engine can wake beside it. Rethrows a cause that is not `storage-full`.
 */
export async function leadWithFirstWrite(db: WallflowerDatabase, cause: unknown): Promise<void> {
  if (storageFaultOf(cause) !== 'storage-full') throw cause;
  db.leadToTake = { from: (await db.settings.get('leader'))?.value };
}

/** To be called in a transaction that has `settings`: rejects with NotLeaderError where another engine leads. */
export async function keepLead(db: WallflowerDatabase, token: string): Promise<void> {
  const leader = (await db.settings.get('leader'))?.value;
  if (leader === token) return;
  if (db.leadToTake === null || leader !== db.leadToTake.from) throw new NotLeaderError();
  await takeLead(db, token);
}
