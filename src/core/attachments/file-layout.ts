import { padmeLength } from './padme.ts';

/*
 * A blob: the stream's header, then chunks of the padded file, each with its tag byte and
 * authenticator (protocol.md, "Attachments").
 */

/** Bytes of the padded file in one chunk; the last one may be shorter. */
export const chunkBytes = 16_384;
export const streamHeaderBytes = 24;
/** A tag byte and the authenticator. */
export const chunkOverheadBytes = 17;
/** The largest blob that a relay takes. */
export const maxBlobBytes = 26_214_400;
/** The largest file whose blob fits: the Padmé length below it. */
export const maxFileBytes = 25_690_112;
/** Smaller files look like one of this size. */
const smallestPaddedBytes = 4_096;

/** Length of a file with its padding, in bytes. */
export function paddedLength(sizeBytes: number): number {
  return padmeLength(Math.max(sizeBytes, smallestPaddedBytes));
}

/** Length of the blob that carries a file of `sizeBytes`. */
export function blobLength(sizeBytes: number): number {
  const padded = paddedLength(sizeBytes);
  return streamHeaderBytes + padded + Math.ceil(padded / chunkBytes) * chunkOverheadBytes;
}
