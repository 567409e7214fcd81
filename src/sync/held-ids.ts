import { recordKinds } from '#core/records/kinds.ts';
import type { RecordId } from '#core/types/ids.ts';
import type { WallflowerDatabase } from '#storage/database.ts';

/** Kinds stand in the columns with this bit set where a record was withdrawn. */
const kindBits = 127;

/** Ids of the records that this device holds and a relay would list: neither contact cards nor what has expired. */
export async function* heldIds({ board }: WallflowerDatabase): AsyncGenerator<readonly RecordId[]> {
  await board.openAll();
  const { segments, firstDay } = board.documents;
  for (const segment of segments) {
    if (segment === null) continue;
    const ids: RecordId[] = [];
    for (let local = 0; local < segment.count; local++) {
      const kind = (segment.kinds[local] ?? 0) & kindBits;
      const isHeld = segment.winning[local] === 1 && (segment.untils[local] ?? 0) >= firstDay;
      // A floor has kind 0.
      if (isHeld && kind !== 0 && kind !== recordKinds.contact) ids.push(segment.idOf(local));
    }
    yield ids;
  }
}
