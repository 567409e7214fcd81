import { compareBytes, copyBytes } from '../types/bytes.ts';
import { head, majors, readHead, simpleValues } from './bounds.ts';
import { headSize } from './cbor-writer.ts';
import type { CborValue } from './cbor.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a canonical item of this project's types (RFC 8949 section 4.2.1). Of foreign bytes
 * `findItemEnd` must have proved before that they are one, within its bounds. Throws on what is cut
 * short, on heads longer than need be, on text that is no UTF-8, and on keys that are no text or not
 * in the order of their encodings.
 */
export function readCbor(bytes: Uint8Array): CborValue {
  return readItem({ bytes, at: 0 });
}

interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

function readItem(place: Place): CborValue {
  const fault = readHead(place.bytes, place.at);
  if (fault !== undefined) throw new TypeError(fault.reason);
  const { majorType, argument, next } = head;
  if (next - place.at !== headSize(argument)) throw new TypeError('a head longer than need be');
  place.at = next;
  switch (majorType) {
    case majors.uint:
      return argument;
    case majors.negative:
      if (argument === Number.MAX_SAFE_INTEGER) throw new TypeError('beyond 2^53');
      return -1 - argument;
    case majors.bytes:
      return copyBytes(take(place, argument));
    case majors.text:
      return shortAscii(place, argument) ?? decoder.decode(take(place, argument));
    case majors.array:
      return readItems(place, argument);
    case majors.map:
      return readMap(place, argument);
    default:
      return argument === simpleValues.null ? null : argument === simpleValues.true;
  }
}

function readItems(place: Place, length: number): readonly CborValue[] {
  const items: CborValue[] = [];
  while (items.length < length) items.push(readItem(place));
  return items;
}

/** Codes of languages and countries: a call that decodes costs more than their letters. */
function shortAscii(place: Place, length: number): string | undefined {
  const { bytes, at } = place;
  if (length > 3 || at + length > bytes.length) return undefined;
  let text = '';
  for (let index = at; index < at + length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte > 127) return undefined;
    text += String.fromCharCode(byte);
  }
  place.at += length;
  return text;
}

function take(place: Place, length: number): Uint8Array {
  const start = place.at;
  place.at += length;
  if (place.at > place.bytes.length) throw new TypeError('truncated');
  return place.bytes.subarray(start, place.at);
}

function readMap(place: Place, length: number): CborValue {
  const pairs: (readonly [string, CborValue])[] = [];
  let before: Uint8Array = new Uint8Array(0);
  while (pairs.length < length) {
    const start = place.at;
    const key = readItem(place);
    if (typeof key !== 'string') throw new TypeError('a key that is no text');
    const encoded = place.bytes.subarray(start, place.at);
    if (compareBytes(before, encoded) >= 0) throw new TypeError('keys out of order');
    before = encoded;
    pairs.push([key, readItem(place)]);
  }
  return Object.fromEntries(pairs);
}
