import * as z from 'zod/mini';
import type { CborBounds } from '#core/codec/bounds.ts';
import { boundedBytes, fixedBytes, u32, u53, wholeNumber } from '#core/codec/shapes.ts';
import { maxSymbols, saltBytes, shortIdBytes, symbolBytes } from '#core/reconcile/sizes.ts';
import { maxRecordBytes } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { PackHash, RecordId, RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import { greetingSchema } from './info.ts';
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

const packList = z.array(packEntry).check(z.maxLength(4_096));
export type PackListing = z.infer<typeof packEntry>;

/** GET /v1/board/manifest: [epoch, [pack ... newest first], sequence where the tail begins, demo]. */
export const manifestSchema = z.tuple([
  fixedBytes<RelayEpoch>(16),
  packList,
  sequence,
  z.boolean(),
]);
export type BoardManifest = z.infer<typeof manifestSchema>;
export const manifestBounds: CborBounds = { maxBytes: 262_144, maxDepth: 4, maxLength: 4_096 };

/** Records of one answer as a pack's payload; most of the bytes of 500 are theirs at the largest. */
const payload = boundedBytes(wireLimits.recordsPerSince * maxRecordBytes);

/** GET /v1/board/since/<cursor>: [epoch, next sequence, more, payload]. */
export const sinceSchema = z.tuple([fixedBytes<RelayEpoch>(16), sequence, z.boolean(), payload]);
export const sinceBounds: CborBounds = {
  maxBytes: wireLimits.recordsPerSince * maxRecordBytes + 64,
  maxDepth: 2,
  maxLength: 8,
};

/** How the board part of a visit's answer begins. */
export const visitForms = { changes: 0, start: 1 } as const;

/** What a visitor with a cursor of this log gets: what `since` answers, without the epoch. */
const visitChanges = z.tuple([z.literal(visitForms.changes), sequence, z.boolean(), payload]);

/**
 * What any other gets: the manifest, the newest position, whether the records are all that stands
 * after the tail's beginning, and the newest records.
 */
const visitStart = z.tuple([
  z.literal(visitForms.start),
  packList,
  sequence,
  sequence,
  z.boolean(),
  payload,
]);

/** GET /v1/visit/<cursor>, or /v1/visit/new: [greeting, the board's part]. */
export const visitSchema = z.tuple([greetingSchema, z.union([visitChanges, visitStart])]);
export type VisitedBoard = z.infer<typeof visitSchema>[1];
export const visitBounds: CborBounds = {
  maxBytes: sinceBounds.maxBytes + manifestBounds.maxBytes,
  maxDepth: 4,
  maxLength: manifestBounds.maxLength,
};

/** POST /v1/board/reconcile takes [salt or null for the newest sketch, first symbol, how many]. */
export const reconcileCallSchema = z.tuple([
  z.nullable(fixedBytes<Bytes>(saltBytes)),
  wholeNumber(0, maxSymbols),
  wholeNumber(1, wireLimits.symbolsPerAnswer),
]);

/** It answers [epoch, salt, position at which the sketch was drawn, records in it, symbols]. */
export const reconcileSchema = z.tuple([
  fixedBytes<RelayEpoch>(16),
  fixedBytes<Bytes>(saltBytes),
  sequence,
  u53,
  boundedBytes(wireLimits.symbolsPerAnswer * symbolBytes),
]);
export const reconcileBounds: CborBounds = {
  maxBytes: wireLimits.symbolsPerAnswer * symbolBytes + 128,
  maxDepth: 2,
  maxLength: 8,
};

/** POST /v1/board/records takes [salt, short ids]; it answers a pack of those that still stand. */
export const fetchCallSchema = z.tuple([
  fixedBytes<Bytes>(saltBytes),
  boundedBytes(wireLimits.recordsPerFetch * shortIdBytes),
]);
