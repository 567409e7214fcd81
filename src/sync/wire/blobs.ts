import * as z from 'zod/mini';
import { maxBlobBytes } from '#core/attachments/file-layout.ts';
import type { CborBounds } from '#core/codec/bounds.ts';
import { labelledHash } from '#core/codec/hash.ts';
import { boundedBytes, fixedBytes, u32, wholeNumber } from '#core/codec/shapes.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { BlobId, EnvelopeId, QueueId } from '#core/types/ids.ts';
import { stampSchema } from './queues.ts';

/** Limits of blobs that every relay holds to; `info.limits.bytesPerBlob` may be lower than the first. */
export const blobLimits = {
  blobBytes: maxBlobBytes,
  pieceBytes: 65_536,
  /** A piece brings at least so much that is new, unless it is the last one. */
  leastNewBytes: 4_096,
  /** Days after the last piece came. */
  lifetimeDays: 30,
  /** Days after the first piece came, for a blob that was never finished. */
  unfinishedDays: 7,
} as const;

/** PUT /v1/blobs/<id, base64url>: [size, SHA-256 of the whole blob, stamp or null, offset, piece]. */
export const putBlobSchema = z.tuple([
  wholeNumber(1, blobLimits.blobBytes),
  fixedBytes<Bytes>(32),
  z.nullable(stampSchema),
  u32,
  boundedBytes(blobLimits.pieceBytes),
]);
export const putBlobBounds: CborBounds = { maxBytes: 66_048, maxDepth: 2, maxLength: 5 };

/** Its answer: [bytes that the relay holds, from the first one on; whether it is whole]. */
export const blobStateSchema = z.tuple([u32, z.boolean()]);

const bytesAtBasePrice = 1_048_576;

/** Leading zero bits for a blob: the relay's price for up to 1 MiB, one more for each doubling. */
export function blobPrice(stampPrice: number, sizeBytes: number): number {
  return stampPrice + Math.max(0, Math.ceil(Math.log2(sizeBytes / bytesAtBasePrice)));
}

/** What a blob's stamp is bound to, in the places of a queue's send id and an envelope's id. */
export function blobWork(id: BlobId, sizeBytes: number, hash: Uint8Array) {
  return {
    sendId: id as Bytes as QueueId,
    envelopeId: labelledHash('blob', sizeBytes, hash) as EnvelopeId,
  };
}
