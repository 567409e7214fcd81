import { copyBytes } from '../types/bytes.ts';
import { majors, readHead, simpleValues } from './bounds.ts';
import type { CborValue } from './cbor.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads an item of this project's types. Of foreign bytes `findItemEnd` must have proved before that
 * they are one, within its bounds; whether it is canonical, its encoding tells afterwards. Throws on
 * what is cut short, on text that is no UTF-8 and on keys that are no text.
 */
export function readCbor(bytes: Uint8Array): CborValue {
  return readItem({ bytes, at: 0 });
}

interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

function readItem(place: Place): CborValue {
  const head = readHead(place.bytes, place.at);
  if (!head.ok) throw new TypeError(head.error.reason);
  const { majorType, argument, next } = head.value;
  place.at = next;
  switch (majorType) {
    case majors.uint:
      return argument;
    case majors.negative:
      return -1 - argument;
    case majors.bytes:
      return copyBytes(take(place, argument));
    case majors.text:
      return decoder.decode(take(place, argument));
    case majors.array:
      return Array.from({ length: argument }, () => readItem(place));
    case majors.map:
      return Object.fromEntries(Array.from({ length: argument }, () => readPair(place)));
    default:
      return argument === simpleValues.null ? null : argument === simpleValues.true;
  }
}

function take(place: Place, length: number): Uint8Array {
  const start = place.at;
  place.at += length;
  if (place.at > place.bytes.length) throw new TypeError('truncated');
  return place.bytes.subarray(start, place.at);
}

function readPair(place: Place): readonly [string, CborValue] {
  const key = readItem(place);
  if (typeof key !== 'string') throw new TypeError('a key that is no text');
  return [key, readItem(place)];
}
