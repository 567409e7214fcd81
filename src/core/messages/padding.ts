import type { Bytes } from '../types/bytes.ts';
import { copyBytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';

/** Bytes that end in no 0x80 followed by zeros only. */
export interface MalformedPadding {
  readonly code: 'malformed-padding';
}

const marker = 0x80;

/** Appends 0x80 and zeros up to `length` bytes (ISO/IEC 7816-4); null when the payload leaves no room for 0x80. */
export function padTo(payload: Uint8Array, length: number): Bytes | null {
  if (payload.length >= length) return null;
  const padded = new Uint8Array(length);
  padded.set(payload);
  padded[payload.length] = marker;
  return padded;
}

/** Takes the padding off. Total: any input yields the payload or an error. */
export function unpad(padded: Uint8Array): Result<Bytes, MalformedPadding> {
  let end = padded.length - 1;
  while (padded[end] === 0) end--;
  if (padded[end] !== marker) return fail({ code: 'malformed-padding' });
  return ok(copyBytes(padded.subarray(0, end)));
}
