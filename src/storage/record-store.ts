import { mergeRevisions, compareRevisions, floorUntil } from '#core/records/merge.ts';
import type { Day } from '#core/types/day.ts';
import type { RecordAddressText } from '#core/types/ids.ts';
import type { RecordRow, WallflowerDatabase } from './database.ts';

/** Merges verified records into the board by the merge rule; returns those that won. Runs inside the caller's transaction where there is one. */
export async function mergeRecords(
  db: WallflowerDatabase,
  incoming: readonly RecordRow[],
): Promise<readonly RecordRow[]> {
  return db.transaction('rw', db.records, db.floors, async () => {
    const winners = strongestByAddress(incoming);
    const addresses = [...winners.keys()];
    const [held, floors] = await Promise.all([
      db.records.bulkGet(addresses),
      db.floors.bulkGet(addresses),
    ]);
    const changed = addresses.flatMap((address, index) => {
      const row = winners.get(address);
      if (row === undefined) return [];
      const known = [held[index], floors[index]].filter((revision) => revision !== undefined);
      return known.every((revision) => compareRevisions(row, revision) > 0) ? [row] : [];
    });
    await db.records.bulkPut([...changed]);
    return changed;
  });
}

/** Hides what has expired: records leave, their (rev, id) stays as a floor until day + 181. */
export async function expireRecords(
  db: WallflowerDatabase,
  today: Day,
): Promise<readonly RecordAddressText[]> {
  return db.transaction('rw', db.records, db.floors, async () => {
    const expired = await db.records.where('until').below(today).toArray();
    await db.floors.bulkPut(
      expired.map(({ address, rev, id, day }) => ({ address, rev, id, until: floorUntil(day) })),
    );
    const addresses = expired.map(({ address }) => address);
    await db.records.bulkDelete(addresses);
    await db.floors.where('until').below(today).delete();
    return addresses;
  });
}

function strongestByAddress(rows: readonly RecordRow[]): Map<RecordAddressText, RecordRow> {
  const winners = new Map<RecordAddressText, RecordRow>();
  for (const row of rows) {
    const rival = winners.get(row.address);
    winners.set(row.address, rival === undefined ? row : mergeRevisions(rival, row));
  }
  return winners;
}
