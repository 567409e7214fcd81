import * as z from 'zod/mini';
import type { CborBounds } from '#core/codec/bounds.ts';
import { boundedBytes, fixedBytes, u32, u53 } from '#core/codec/shapes.ts';
import { maxRecordBytes } from '#core/records/record.ts';
import type { PackHash, RecordId, RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import { wireLimits } from './limits.ts';

const sequence = z.pipe(
  u53,
  z.transform((value) => value as RelaySequence),
);

/** Where a client stands in one relay's log; sequence 0 is before the first change. */
export interface BoardCursor {
  readonly epoch: RelayEpoch;
  readonly sequence: RelaySequence;
}

/** A cursor in a URL: base64url of the epoch, a dot, the sequence in decimal. */
export function formatCursor(cursor: BoardCursor): string {
  return `${bytesToBase64Url(cursor.epoch)}.${cursor.sequence}`;
}

/** Reads a cursor from a URL; undefined for anything else. */
export function parseCursor(text: string): BoardCursor | undefined {
  const match = /^([A-Za-z0-9_-]{22})\.(0|[1-9][0-9]{0,15})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const epoch = base64UrlToBytes(match[1]);
  const position = Number(match[2]);
  if (!epoch.ok || !Number.isSafeInteger(position)) return undefined;
  return { epoch: epoch.value as RelayEpoch, sequence: position as RelaySequence };
}

/** POST /v1/records answers [[record id, verdict code] ...] in the order of the sequence; id null where there is none. */
export const publishAnswerSchema = z
  .array(z.tuple([z.nullable(fixedBytes<RecordId>(32)), u32]))
  .check(z.maxLength(wireLimits.recordsPerPost));

/** One pack in the manifest: [hash, records, bytes, first sequence, last sequence]. */
const packEntry = z.tuple([fixedBytes<PackHash>(32), u32, u32, sequence, sequence]);

/** GET /v1/board/manifest: [epoch, [pack ... newest first], sequence where the tail begins]. */
export const manifestSchema = z.tuple([
  fixedBytes<RelayEpoch>(16),
  z.array(packEntry).check(z.maxLength(4_096)),
  sequence,
]);
export const manifestBounds: CborBounds = { maxBytes: 262_144, maxDepth: 4, maxLength: 4_096 };

/** GET /v1/board/since/<cursor>: [epoch, next sequence, more, [record bytes ... oldest first]]. */
export const sinceSchema = z.tuple([
  fixedBytes<RelayEpoch>(16),
  sequence,
  z.boolean(),
  z.array(boundedBytes(maxRecordBytes)).check(z.maxLength(wireLimits.recordsPerSince)),
]);
export const sinceBounds: CborBounds = {
  maxBytes: wireLimits.recordsPerSince * (maxRecordBytes + 8) + 64,
  maxDepth: 3,
  maxLength: wireLimits.recordsPerSince,
};
