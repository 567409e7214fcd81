import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { isEntryKind } from './board-documents.ts';
import { chunkEnd, chunkKeyOf, chunkStarts } from './board-chunk.ts';
import type { Segment } from './board-segment.ts';
import type { BoardStore } from './board-store.ts';
import type { WallflowerDatabase } from './database.ts';
import { recordTables } from './record-tables.ts';
import { storageFaultOf } from './storage-fault.ts';

/** So large a share of the board is let go of at once, so that room lasts for a while. */
const letGoShare = 1 / 8;
const maxAttempts = 6;

/** What is never let go of: whose records, and which addresses. Null while nobody can say, because the vault is locked. */
export interface WhatMatters {
  readonly authors: readonly Bytes[];
  readonly addresses: readonly Bytes[];
}

/**
 * Looks whether a ballast that was given back can lie again; rejects as `storage-full` where it
 * cannot and a locked vault keeps the board from being let go of.
 */
export async function spareTheBallast({ board, ballast }: WallflowerDatabase): Promise<void> {
  await board.openAll();
  if ((await board.whatMatters()) !== null || (await ballast.lay())) return;
  board.limits = { ...board.limits, full: true };
  throw new DOMException('No room beside the ballast.', 'QuotaExceededError');
}

/**
 * Runs a write again after the oldest records made room. Only deletes before it writes, because a
 * full device takes no writes. Rejects with the cause where nothing more can be let go of.
 */
export async function makeRoom<T>(
  db: WallflowerDatabase,
  write: () => Promise<T>,
  cause: unknown,
): Promise<T> {
  const store = db.board;
  await store.openAll();
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const matters = await store.whatMatters();
    const keepFrom = matters === null ? null : dayToKeepFrom(store);
    if (matters === null || keepFrom === null) break;
    await db.ballast.give();
    const leftOut = await letGoBefore(db, store, keepFrom, matters);
    await db.ballast.lay();
    store.limits = {
      ...store.limits,
      keepFrom,
      full: true,
      leftOut: store.limits.leftOut + leftOut,
    };
    try {
      const written = await write();
      await store.changeLimits({});
      return written;
    } catch (again) {
      if (storageFaultOf(again) !== 'storage-full') throw again;
    }
  }
  store.limits = { ...store.limits, full: true };
  throw cause;
}

/** The day before which the oldest share of what is shown lies; null where all is of one day. */
function dayToKeepFrom({ documents, limits }: BoardStore): Day | null {
  const countByDay = new Map<number, number>();
  for (const segment of documents.segments) {
    if (segment === null) continue;
    for (let local = 0; local < segment.count; local++) {
      if (segment.shown[local] !== 1) continue;
      const day = segment.days[local] ?? 0;
      countByDay.set(day, (countByDay.get(day) ?? 0) + 1);
    }
  }
  const days = [...countByDay.keys()].filter((day) => day >= limits.keepFrom).sort((a, b) => a - b);
  let older = 0;
  for (const day of days.slice(0, -1)) {
    older += countByDay.get(day) ?? 0;
    if (older >= documents.shownCount * letGoShare) return (day + 1) as Day;
  }
  const newest = days.at(-1);
  return newest === undefined || older === 0 ? null : (newest as Day);
}

/** Deletes whole chunks of older records in which nothing matters; how many entries that were. */
async function letGoBefore(
  db: WallflowerDatabase,
  store: BoardStore,
  day: Day,
  matters: WhatMatters,
): Promise<number> {
  let entries = 0;
  for (const segment of store.documents.segments) {
    if (segment === null) continue;
    const starts = chunkStarts(segment);
    const doomed = starts.filter((start) =>
      canGo(segment, start, chunkEnd(segment, start), day, matters),
    );
    if (doomed.length === 0) continue;
    const isWhole = doomed.length === starts.length;
    await db.transaction('rw', [...recordTables(db)], async () => {
      await db.chunks.bulkDelete(doomed.map((start) => chunkKeyOf(segment, start)));
      if (!isWhole) return;
      await db.segments.delete(segment.id);
      await db.postings.delete(segment.id);
    });
    for (const start of doomed) {
      store.forgetChunk(chunkKeyOf(segment, start));
      for (let local = start; local < chunkEnd(segment, start); local++) {
        if (segment.shown[local] === 1) entries++;
        store.documents.release(segment, local);
      }
    }
    if (isWhole) store.replace([segment], []);
  }
  return entries;
}

function canGo(
  segment: Segment,
  start: number,
  end: number,
  day: Day,
  { authors, addresses }: WhatMatters,
): boolean {
  // Newest first: where the first of a chunk is old enough, all of it is.
  if ((segment.days[start] ?? 0) >= day) return false;
  for (let local = start; local < end; local++) {
    if (segment.winning[local] !== 1) continue;
    const isKept =
      authors.some((author) => equalBytes(author, segment.authorOf(local))) ||
      (isEntryKind(segment.kinds[local]) &&
        addresses.some((address) => equalBytes(address, segment.addressOf(local))));
    if (isKept) return false;
  }
  return true;
}
