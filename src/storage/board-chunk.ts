import type { Bytes } from '#core/types/bytes.ts';
import { maxSegmentDocuments, type Segment } from './board-segment.ts';

/** What of a segment says where its records lie. */
type Chunked = Pick<Segment, 'id' | 'chunkDocuments' | 'count'>;

/** The key of the chunk that holds a document's record. Segments' numbers only grow, so that no key comes twice. */
export function chunkKeyOf({ id, chunkDocuments }: Chunked, local: number): number {
  return (id * maxSegmentDocuments) / chunkDocuments + Math.floor(local / chunkDocuments);
}

/** The first document of each chunk of a segment. */
export function chunkStarts({ count, chunkDocuments }: Chunked): readonly number[] {
  return Array.from(
    { length: Math.ceil(count / chunkDocuments) },
    (_, number) => number * chunkDocuments,
  );
}

/** Where the chunk that begins at a document ends. */
export function chunkEnd({ count, chunkDocuments }: Chunked, start: number): number {
  return Math.min(start + chunkDocuments, count);
}

/** The first and the last key that a segment's chunks have. */
export function chunkKeysOf(segment: Chunked): readonly [number, number] {
  return [chunkKeyOf(segment, 0), chunkKeyOf(segment, segment.count - 1)];
}

/** Records of one chunk: where each begins and where the last ends, as little-endian u32, then their bytes. */
export function encodeChunk(records: readonly Uint8Array[]): Bytes {
  let end = (records.length + 1) * 4;
  const chunk = new Uint8Array(end + records.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(chunk.buffer);
  view.setUint32(0, end, true);
  for (const [place, record] of records.entries()) {
    chunk.set(record, end);
    end += record.length;
    view.setUint32((place + 1) * 4, end, true);
  }
  return chunk;
}

/** One record out of its chunk; undefined where nothing is kept of it. */
export function recordInChunk(
  { chunkDocuments }: Chunked,
  chunk: Bytes,
  local: number,
): Bytes | undefined {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const place = local % chunkDocuments;
  const start = view.getUint32(place * 4, true);
  const end = view.getUint32((place + 1) * 4, true);
  return end > start ? chunk.subarray(start, end) : undefined;
}
