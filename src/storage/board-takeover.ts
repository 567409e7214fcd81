import type { BoardStore } from './board-store.ts';
import { floorsToSegment, prepareFor, writeSegments } from './board-writer.ts';
import type { WallflowerDatabase } from './database.ts';
import { recordTables } from './record-tables.ts';

/** So many rows move in one transaction. */
const rowsPerStep = 1_024;

/** Moves what version 1 kept a row a record into segments; nothing is lost when it is cut short. */
export async function takeOverRows(db: WallflowerDatabase, store: BoardStore): Promise<void> {
  for (;;) {
    const rows = await db.records.limit(rowsPerStep).toArray();
    const floors = await db.floors.limit(rowsPerStep).toArray();
    if (rows.length + floors.length === 0) return;
    const { segments } = await prepareFor(store, rows);
    const all = floors.length === 0 ? segments : [...segments, floorsToSegment(floors)];
    const tables = [db.records, db.floors, ...recordTables(db)];
    const stored = await db.transaction('rw', tables, async () => {
      await db.records.bulkDelete(rows.map(({ address }) => address));
      await db.floors.bulkDelete(floors.map(({ address }) => address));
      return writeSegments(db, all);
    });
    store.replace([], stored);
  }
}
