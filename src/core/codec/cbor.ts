import { copyBytes, type Bytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import {
  defaultBounds,
  findItemEnd,
  malformed,
  type CborBounds,
  type MalformedCbor,
} from './bounds.ts';
import { readCbor } from './cbor-reader.ts';
import { writeCbor } from './cbor-writer.ts';

/** What the protocol encodes: integers within 2^53, text, bytes, booleans, null, arrays, text-keyed maps. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | { readonly [key: string]: CborValue };

/** Anything with zod's safeParse: proves the shape of a decoded value. */
export interface Shape<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** Encodes deterministically (RFC 8949 section 4.2.1). */
export function encodeCbor(value: CborValue): Bytes {
  return writeCbor(value);
}

/** Decodes one canonical item that fills the input, and proves its shape. Never throws. */
export function decodeCbor<T>(
  bytes: Uint8Array,
  shape: Shape<T>,
  bounds: CborBounds = defaultBounds,
): Result<T, MalformedCbor> {
  const end = findItemEnd(bytes, 0, bounds);
  if (!end.ok) return end;
  if (end.value !== bytes.length) return fail(malformed('trailing-bytes'));
  return decodeProvedCbor(bytes, shape);
}

/** Decodes a CBOR sequence (RFC 8742) of canonical items, each proved and bounded by itself. Never throws. */
export function decodeCborSequence<T>(
  bytes: Uint8Array,
  shape: Shape<T>,
  maxItems: number,
  bounds: CborBounds = defaultBounds,
): Result<readonly T[], MalformedCbor> {
  const items = splitCborSequence(bytes, maxItems, bounds);
  if (!items.ok) return items;
  const values: T[] = [];
  for (const item of items.value) {
    const value = decodeProvedCbor(item, shape);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
}

/** Splits a CBOR sequence (RFC 8742) into the bytes of its items, each within the bounds. Never throws. */
export function splitCborSequence(
  bytes: Uint8Array,
  maxItems: number,
  bounds: CborBounds = defaultBounds,
): Result<readonly Bytes[], MalformedCbor> {
  const items: Bytes[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (items.length === maxItems) return fail(malformed('array-too-long'));
    const rest = bytes.subarray(offset, offset + bounds.maxBytes);
    const end = findItemEnd(rest, 0, bounds);
    if (!end.ok) {
      const cutByBound =
        bytes.length - offset > bounds.maxBytes && end.error.reason === 'truncated';
      return cutByBound ? fail(malformed('too-long')) : end;
    }
    items.push(copyBytes(rest.subarray(0, end.value)));
    offset += end.value;
  }
  return ok(items);
}

/** The same of bytes that `findItemEnd` has proved to be one item within its bounds. Never throws. */
export function decodeProvedCbor<T>(bytes: Uint8Array, shape: Shape<T>): Result<T, MalformedCbor> {
  let value: CborValue;
  try {
    value = readCbor(bytes);
  } catch {
    return fail(malformed('not-canonical'));
  }
  const shaped = shape.safeParse(value);
  return shaped.success ? ok(shaped.data) : fail(malformed('wrong-shape'));
}
