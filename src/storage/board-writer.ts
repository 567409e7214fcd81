import { readHeldRecord, type HeldRecord } from '#core/records/held-record.ts';
import { compareRevisions, floorUntil, mergeRevisions } from '#core/records/merge.ts';
import { forEachIndexWord } from '#core/search/words.ts';
import { PostingsBuilder } from '#core/search/postings-builder.ts';
import { PostingsWriter, type Postings } from '#core/search/postings.ts';
import { skillCodes, statusCodes, urgencyCodes } from '#core/types/board-terms.ts';
import { readU32, type Bytes } from '#core/types/bytes.ts';
import { vettingMethodCodes } from '#core/types/trust-terms.ts';
import type { RecordAddressText } from '#core/types/ids.ts';
import { isEntryKind } from './board-documents.ts';
import { chunkKeyOf, chunkStarts, encodeChunk } from './board-chunk.ts';
import {
  chunkDocuments,
  compareNewestFirst,
  createSegmentRow,
  maxSegmentDocuments,
  Segment,
  withdrawn,
  type DocumentFacts,
  type SegmentRow,
} from './board-segment.ts';
import type { BoardStore } from './board-store.ts';
import type { FloorRow, RecordRow, WallflowerDatabase } from './database.ts';
import { Slices } from './pause.ts';

/** So many records are taken between two looks at the clock. */
const recordsPerLook = 8;
/** So many chunks are written before others may run. */
const chunksAtOnce = 32;
/** So many texts are cut into words at a time. */
const textsAtOnce = 16;
const [termsSecret = 0] = crypto.getRandomValues(new Uint32Array(1));

/** A segment that has not been stored yet. */
export interface NewSegment {
  readonly row: SegmentRow;
  readonly postings: Postings;
  readonly chunks: readonly Bytes[];
}

/** A record that comes in, and what it says where whoever proved it has taken it apart. */
export interface IncomingRow extends RecordRow {
  readonly held?: HeldRecord;
}

/** Records that won, ready to be stored. */
export interface PreparedRecords {
  readonly winners: readonly RecordRow[];
  readonly segments: readonly NewSegment[];
}

/** Weighs records against the whole board and lays the winners out as segments; nothing is stored yet. */
export async function prepareRecords(
  store: BoardStore,
  incoming: readonly IncomingRow[],
): Promise<PreparedRecords> {
  await store.openAll();
  return prepareFor(store, incoming);
}

/** The same against what of the board is in memory, in slices. */
export async function prepareFor(
  store: BoardStore,
  incoming: readonly IncomingRow[],
): Promise<PreparedRecords> {
  const slices = new Slices();
  const strongest = new Map<RecordAddressText, IncomingRow>();
  for (const row of incoming) {
    const rival = strongest.get(row.address);
    strongest.set(row.address, rival === undefined ? row : mergeRevisions(rival, row));
  }
  const arrival = store.documents.latestArrival + 1;
  const winners: RecordRow[] = [];
  const held: { row: RecordRow; record: HeldRecord; facts: DocumentFacts }[] = [];
  for (const row of strongest.values()) {
    if (held.length % recordsPerLook === 0) await slices.next();
    const address = keyBytes(row.address);
    const known = store.documents.revisionAt(address);
    if (known !== undefined && compareRevisions(row, known) <= 0) continue;
    const record = row.held ?? readHeldRecord(row.bytes);
    winners.push(row);
    held.push({ row, record, facts: toFacts(row, address, record, arrival) });
  }
  await slices.next();
  held.sort((a, b) => compareNewestFirst(a.facts, b.facts));
  await slices.next();
  const segments: NewSegment[] = [];
  for (let start = 0; start < held.length; start += maxSegmentDocuments) {
    const part = held.slice(start, start + maxSegmentDocuments);
    const words = new PostingsBuilder(termsSecret);
    for (let first = 0; first < part.length; first += textsAtOnce) {
      const texts = part.slice(first, first + textsAtOnce).map(({ record }) => textOf(record));
      forEachIndexWord(texts, (text) => words.begin(first + text), words.addWord);
      await slices.next();
    }
    const postings = await slices.run(words.finishInSteps());
    const row = createSegmentRow(part.map(({ facts }) => facts));
    await slices.next();
    segments.push({ row, postings, chunks: encodeChunks(part.map(({ row: { bytes } }) => bytes)) });
    await slices.next();
  }
  return { winners, segments };
}

/** What an entry is found by; nothing of other records is. */
function textOf(record: HeldRecord): string {
  const entry = record.kind === 'request' || record.kind === 'offer' ? record.value : null;
  return entry === null ? '' : `${entry.title}\n${entry.text}`;
}

/** Stores prepared segments inside the caller's transaction; what they are in memory once it is through. */
export async function writeSegments(
  db: WallflowerDatabase,
  segments: readonly NewSegment[],
): Promise<readonly Segment[]> {
  const stored: Segment[] = [];
  for (const { row, postings, chunks } of segments) {
    const id = await db.segments.add(row);
    const segment = new Segment(id, row);
    const keys = chunkStarts(segment).map((start) => chunkKeyOf(segment, start));
    await db.postings.put(postings, id);
    for (let first = 0; first < chunks.length; first += chunksAtOnce) {
      const end = first + chunksAtOnce;
      await db.chunks.bulkPut(chunks.slice(first, end), keys.slice(first, end));
    }
    stored.push(segment);
  }
  return stored;
}

/** Cuts records into chunks. */
export function encodeChunks(records: readonly Uint8Array[]): readonly Bytes[] {
  const chunks: Bytes[] = [];
  for (let start = 0; start < records.length; start += chunkDocuments) {
    chunks.push(encodeChunk(records.slice(start, start + chunkDocuments)));
  }
  return chunks;
}

/** What version 1 remembered of expired records, as documents without a record. */
export function floorsToSegment(floors: readonly FloorRow[]): NewSegment {
  const nothing = new Uint8Array(32);
  const facts = floors.map(({ address, rev, id, until }): DocumentFacts => ({
    address: keyBytes(address),
    id,
    author: nothing,
    slot: 0,
    rev,
    day: until - (floorUntil(until) - until),
    until: 0,
    size: 0,
    arrival: 0,
    kind: 0,
    skills: 0,
    urgency: 0,
    language: '',
    country: '',
    name: null,
    subject: null,
  }));
  facts.sort(compareNewestFirst);
  const row = createSegmentRow(facts);
  return { row, postings: new PostingsWriter().finish(), chunks: [] };
}

function toFacts(
  { author, id, kind, rev, day, until, bytes }: RecordRow,
  address: Bytes,
  record: HeldRecord,
  arrival: number,
): DocumentFacts {
  const value = 'value' in record ? record.value : null;
  const entry = isEntryKind(kind) && value !== null && 'title' in value ? value : null;
  const attested = value !== null && 'subject' in value ? value : null;
  return {
    address,
    id,
    author: keyBytes(author),
    slot: readU32(record.slot),
    rev,
    day,
    until,
    size: bytes.length,
    arrival,
    kind: value === null && record.kind !== 'contact' ? kind | withdrawn : kind,
    skills: skillsColumn(value),
    urgency: urgencyColumn(value),
    language: entry?.language ?? '',
    country: entry?.country ?? '',
    name: value !== null && 'about' in value ? value.name : null,
    subject: attested?.subject ?? null,
  };
}

type HeldValue = Extract<HeldRecord, { value: unknown }>['value'];

function skillsColumn(value: HeldValue): number {
  if (value === null) return 0;
  if ('status' in value) return statusCodes[value.status];
  if ('stars' in value) return value.stars;
  return 'title' in value
    ? value.skills.reduce((bits, skill) => bits | (1 << skillCodes[skill]), 0)
    : 0;
}

function urgencyColumn(value: HeldValue): number {
  if (value === null) return 0;
  if ('urgency' in value) return urgencyCodes[value.urgency];
  return 'method' in value && value.method !== null ? vettingMethodCodes[value.method] : 0;
}

const base64UrlValues = new Uint8Array(128);
for (const [value, character] of Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
).entries()) {
  base64UrlValues[character.charCodeAt(0)] = value;
}

/** 32 bytes of the 43 characters that this engine itself wrote (RFC 4648 section 5). */
function keyBytes(text: string): Bytes {
  const bytes = new Uint8Array(32);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < 43; index++) {
    bits = (bits << 6) | (base64UrlValues[text.charCodeAt(index)] ?? 0);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = bits >>> held;
    bits &= 255 >>> (8 - held);
  }
  return bytes;
}
