import type { Day } from '#core/types/day.ts';
import type { RelaySequence } from '#core/types/ids.ts';
import { mergeSegments } from './board-compaction.ts';
import type { WallflowerDatabase } from './database.ts';

/** A device that says it has room and has none is believed again after so many days. */
const retryDays = 7;

/**
 * Wants back what was let go of for want of room: forgets that it was ever here, and how far each
 * relay was read, so that the next visit finds by comparing what is missing. Nothing is done where it
 * was tried within the week. Rejects with NotLeaderError where another engine leads.
 */
export async function wantBack(
  db: WallflowerDatabase,
  token: string,
  today: Day,
): Promise<boolean> {
  const store = db.board;
  await store.openAll();
  const { keepFrom, full, wantedBackOn } = store.limits;
  if ((keepFrom === 0 && !full) || today < wantedBackOn + retryDays) return false;
  for (const segment of [...store.documents.segments]) {
    if (segment?.released.includes(1) === true) await mergeSegments(db, token, [segment]);
  }
  await db.relays.toCollection().modify((relay) => {
    Object.assign(relay, { epoch: null, sequence: 0 as RelaySequence, heldPacks: [] });
  });
  await store.changeLimits({
    ...{ keepFrom: 0 as Day, leftOut: 0, full: false },
    wantedBackOn: today,
  });
  return true;
}
