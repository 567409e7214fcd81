import { floorUntil } from '#core/records/merge.ts';
import { mergePostings } from '#core/search/merge-postings.ts';
import { PostingsWriter } from '#core/search/postings.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import {
  chunkEnd,
  chunkKeyOf,
  chunkKeysOf,
  chunkStarts,
  encodeChunk,
  recordInChunk,
} from './board-chunk.ts';
import {
  compareNewestFirst,
  createSegmentRow,
  maxSegmentDocuments,
  type DocumentFacts,
  type Segment,
} from './board-segment.ts';
import type { BoardStore } from './board-store.ts';
import { encodeChunks, writeSegments, type NewSegment } from './board-writer.ts';
import type { WallflowerDatabase } from './database.ts';
import { keepLead } from './lead.ts';
import { Slices } from './pause.ts';
import { recordTables } from './record-tables.ts';

/** So many segments that are not full lie side by side before they are merged. */
const maxSmallSegments = 24;
const smallDocuments = maxSegmentDocuments / 2;
/** Segments up to this size are merged whatever stands beside them. */
const alwaysMergedDocuments = 256;
/** A segment is written anew once so large a share of its records has gone. */
const goneShare = 1 / 16;

/** Whether there is enough to tidy that it should be done now. */
export function needsTidying(store: BoardStore): boolean {
  return smallSegments(store).length >= maxSmallSegments;
}

/**
 * Brings the board's tables into shape, in slices: merges small segments, deletes the bytes of
 * records that have been superseded, have expired or were withdrawn, and forgets floors that have
 * had their time. Rejects with NotLeaderError where another engine leads.
 */
export async function tidyBoard(db: WallflowerDatabase, token: string): Promise<void> {
  const store = db.board;
  await store.openAll();
  while (needsTidying(store)) await mergeSegments(db, token, segmentsToMerge(store));
  const { firstDay } = store.documents;
  for (const segment of [...store.documents.segments]) {
    if (segment === null) continue;
    const gone = countGone(store, segment);
    if (gone > segment.count * goneShare) await mergeSegments(db, token, [segment]);
    else if (gone > 0) await emptyChunks(db, token, segment);
  }
  if (firstDay > store.limits.emptiedBefore) await store.changeLimits({ emptiedBefore: firstDay });
}

function smallSegments({ documents }: BoardStore): readonly Segment[] {
  return documents.segments
    .filter((segment) => segment !== null)
    .filter(({ count }) => count < smallDocuments)
    .sort((a, b) => a.count - b.count);
}

/** The two smallest, and larger ones while those before them together are as large. */
function segmentsToMerge(store: BoardStore): readonly Segment[] {
  const chosen: Segment[] = [];
  let sum = 0;
  for (const segment of smallSegments(store)) {
    if (sum + segment.count > maxSegmentDocuments) break;
    if (chosen.length > 1 && segment.count > Math.max(alwaysMergedDocuments, sum)) break;
    chosen.push(segment);
    sum += segment.count;
  }
  return chosen;
}

/** Whether the record's bytes are needed no more. */
function isGone({ documents }: BoardStore, segment: Segment, local: number): boolean {
  return (
    segment.winning[local] !== 1 ||
    segment.released[local] === 1 ||
    (segment.untils[local] ?? 0) < documents.firstDay
  );
}

/** Whether there may still be bytes of what has gone. */
function mayHaveBytes({ limits }: BoardStore, segment: Segment, local: number): boolean {
  return segment.released[local] !== 1 && (segment.untils[local] ?? 0) >= limits.emptiedBefore;
}

function countGone(store: BoardStore, segment: Segment): number {
  let gone = 0;
  for (let local = 0; local < segment.count; local++) {
    const isFloor = segment.sizes[local] === 0 && segment.winning[local] === 1;
    if (isFloor ? hasHadItsTime(store, segment, local) : isGone(store, segment, local)) gone++;
  }
  return gone;
}

/** Whether even the floor at its address is needed no more. */
function hasHadItsTime({ documents }: BoardStore, segment: Segment, local: number): boolean {
  return floorUntil((segment.days[local] ?? 0) as Day) < documents.firstDay;
}

async function asLeader<T>(
  db: WallflowerDatabase,
  token: string,
  work: () => Promise<T>,
): Promise<T> {
  return db.transaction('rw', [db.settings, ...recordTables(db)], async () => {
    await keepLead(db, token);
    return work();
  });
}

interface MovingDocument {
  readonly facts: DocumentFacts;
  readonly record: Bytes;
  readonly part: number;
  readonly local: number;
}

/** Writes several segments as one, without what has gone. */
export async function mergeSegments(
  db: WallflowerDatabase,
  token: string,
  parts: readonly Segment[],
): Promise<void> {
  const store = db.board;
  const merged = await layOut(db, store, parts);
  const stored = await asLeader(db, token, async () => {
    const segments = await writeSegments(db, merged === null ? [] : [merged]);
    const ids = parts.map(({ id }) => id);
    await db.segments.bulkDelete(ids);
    await db.postings.bulkDelete(ids);
    for (const part of parts) {
      await db.chunks
        .where(':id')
        .between(...chunkKeysOf(part), true, true)
        .delete();
    }
    return segments;
  });
  store.replace(parts, stored);
}

async function layOut(
  db: WallflowerDatabase,
  store: BoardStore,
  parts: readonly Segment[],
): Promise<NewSegment | null> {
  const slices = new Slices();
  const moving: MovingDocument[] = [];
  for (const [part, segment] of parts.entries()) {
    await moveDocuments(db, store, segment, part, moving, slices);
  }
  if (moving.length === 0) return null;
  moving.sort((a, b) => compareNewestFirst(a.facts, b.facts));
  await slices.next();
  const newNumbers = parts.map(({ count }) => new Int32Array(count).fill(-1));
  for (const [local, document] of moving.entries()) {
    const numbers = newNumbers[document.part];
    if (numbers !== undefined && document.record.length > 0) numbers[document.local] = local;
  }
  const mergedParts = [];
  for (const [part, segment] of parts.entries()) {
    const postings = (await store.postingsOf(segment)) ?? new PostingsWriter().finish();
    mergedParts.push({ postings, newNumbers: newNumbers[part] ?? new Int32Array(0) });
  }
  return {
    row: createSegmentRow(moving.map(({ facts }) => facts)),
    postings: await slices.run(mergePostings(mergedParts)),
    chunks: encodeChunks(moving.map(({ record }) => record)),
  };
}

/** What a floor does not remember. */
const floorFacts = {
  ...{ size: 0, kind: 0, slot: 0, skills: 0, urgency: 0 },
  ...{ language: '', country: '', name: null, subject: null },
};

/** What of a segment stays: records with their bytes, and floors without. */
async function moveDocuments(
  db: WallflowerDatabase,
  store: BoardStore,
  segment: Segment,
  part: number,
  moving: MovingDocument[],
  slices: Slices,
): Promise<void> {
  const nothing = new Uint8Array(0);
  const starts = chunkStarts(segment);
  const chunks = await db.chunks.bulkGet(starts.map((start) => chunkKeyOf(segment, start)));
  for (const [number, start] of starts.entries()) {
    const chunk = chunks[number];
    const end = chunkEnd(segment, start);
    for (let local = start; local < end; local++) {
      if (segment.winning[local] !== 1) continue;
      const facts = segment.factsOf(local);
      if (facts.until < store.documents.firstDay) {
        if (hasHadItsTime(store, segment, local)) continue;
        moving.push({ facts: { ...facts, ...floorFacts }, record: nothing, part, local });
      } else {
        const record = chunk && recordInChunk(segment, chunk, local);
        if (record !== undefined) moving.push({ facts, record, part, local });
      }
    }
    await slices.next();
  }
}

/** Writes those chunks anew that still hold bytes of what has gone. */
async function emptyChunks(db: WallflowerDatabase, token: string, segment: Segment): Promise<void> {
  const store = db.board;
  for (const start of chunkStarts(segment)) {
    const end = chunkEnd(segment, start);
    const locals = Array.from({ length: end - start }, (_, index) => start + index);
    const isDue = (local: number) =>
      isGone(store, segment, local) && mayHaveBytes(store, segment, local);
    if (!locals.some(isDue)) continue;
    const key = chunkKeyOf(segment, start);
    await asLeader(db, token, async () => {
      const chunk = await db.chunks.get(key);
      if (chunk === undefined) return;
      const records = locals.map((local) => recordInChunk(segment, chunk, local));
      const stays = locals.map((local) => !isGone(store, segment, local));
      if (!records.some((record, index) => record !== undefined && stays[index] === false)) return;
      const nothing = new Uint8Array(0);
      const kept = records.map((record, index) => (stays[index] === true ? record : undefined));
      await db.chunks.put(encodeChunk(kept.map((record) => record ?? nothing)), key);
    });
    store.forgetChunk(key);
  }
}
