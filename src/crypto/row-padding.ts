import type { Bytes } from '#core/types/bytes.ts';
import { fail, ok, type Result } from '#core/types/result.ts';

/** Padding that this project never writes. */
export interface MalformedPadding {
  readonly code: 'malformed-padding';
}

const padMark = 0x80;
/** Padded lengths of a row in bytes; beyond the last, its multiples. */
export const rowSizeClasses = [256, 1024, 4096, 16_384] as const;
const largestClass = 16_384;

/** The padded length of a plaintext: one byte at least is padding. */
export function rowClassOf(plaintextBytes: number): number {
  const needed = plaintextBytes + 1;
  return (
    rowSizeClasses.find((size) => size >= needed) ?? Math.ceil(needed / largestClass) * largestClass
  );
}

/** Appends 0x80, then zeros up to the size class. */
export function padRow(plaintext: Uint8Array): Bytes {
  const padded = new Uint8Array(rowClassOf(plaintext.length));
  padded.set(plaintext);
  padded[plaintext.length] = padMark;
  return padded;
}

/** Takes the padding off; total: whatever padRow did not write is refused, nothing throws. */
export function unpadRow(padded: Uint8Array): Result<Bytes, MalformedPadding> {
  let end = padded.length - 1;
  while (padded[end] === 0) end--;
  if (padded[end] !== padMark || rowClassOf(end) !== padded.length) {
    return fail({ code: 'malformed-padding' });
  }
  return ok(padded.slice(0, end) as Bytes);
}
