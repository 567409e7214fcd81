import { compareBytes, type Bytes } from '../types/bytes.ts';
import { majors, simpleValues } from './bounds.ts';
import type { CborValue } from './cbor.ts';

const encoder = new TextEncoder();

/**
 * Encodes deterministically (RFC 8949 section 4.2.1): shortest heads, maps by their encoded keys. The
 * length is known before anything is written, so that no half-written copy stays behind. Throws on
 * what CborValue does not have.
 */
export function writeCbor(value: CborValue): Bytes {
  return writeCborBehind(noBytes, value);
}

const noBytes = new Uint8Array(0);

/** The same behind bytes that are there already. */
export function writeCborBehind(prefix: Uint8Array, value: CborValue): Bytes {
  const textLengths: number[] = [];
  const bytes = new Uint8Array(prefix.length + sizeOf(value, textLengths));
  bytes.set(prefix);
  writeItem({ bytes, at: prefix.length, textLengths, texts: 0 }, value);
  return bytes;
}

/** Where a value is being written, and the lengths of its texts in the order in which they come. */
interface Place {
  readonly bytes: Bytes;
  at: number;
  readonly textLengths: readonly number[];
  texts: number;
}

function sizeOf(value: CborValue, textLengths: number[]): number {
  if (typeof value === 'number') return headSize(argumentOf(value));
  if (typeof value === 'string') {
    const length = textLength(value);
    textLengths.push(length);
    return headSize(length) + length;
  }
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return headSize(value.length) + value.length;
  if (isList(value)) {
    let size = headSize(value.length);
    for (const item of value) size += sizeOf(item, textLengths);
    return size;
  }
  const entries = sortedEntries(value);
  let size = headSize(entries.length);
  for (const { key, item } of entries) size += key.length + sizeOf(item, textLengths);
  return size;
}

function writeItem(place: Place, value: CborValue): void {
  if (typeof value === 'number') {
    writeHead(place, value < 0 ? majors.negative : majors.uint, argumentOf(value));
  } else if (typeof value === 'string') {
    writeText(place, value);
  } else if (typeof value === 'boolean' || value === null) {
    const name = value === null ? 'null' : value ? 'true' : 'false';
    place.bytes[place.at++] = (majors.simple << 5) | simpleValues[name];
  } else if (value instanceof Uint8Array) {
    writeHead(place, majors.bytes, value.length);
    writeRaw(place, value);
  } else if (isList(value)) {
    writeHead(place, majors.array, value.length);
    for (const item of value) writeItem(place, item);
  } else {
    const entries = sortedEntries(value);
    writeHead(place, majors.map, entries.length);
    for (const { key, item } of entries) {
      writeRaw(place, key);
      writeItem(place, item);
    }
  }
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

function sortedEntries(value: CborValue) {
  if (typeof value !== 'object') throw new TypeError(`CBOR of this project has no ${typeof value}`);
  return Object.entries(value as Readonly<Record<string, CborValue>>)
    .map(([key, item]) => ({ key: writeCbor(key), item }))
    .sort((a, b) => compareBytes(a.key, b.key));
}

function argumentOf(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('CBOR of this project has whole numbers');
  return value < 0 ? -1 - value : value;
}

/** Bytes of the shortest head of an argument. */
export function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

function writeHead(place: Place, major: number, argument: number): void {
  const { bytes, at } = place;
  const size = headSize(argument);
  place.at += size;
  if (size === 1) {
    bytes[at] = (major << 5) | argument;
    return;
  }
  bytes[at] = (major << 5) | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27);
  let rest = argument;
  for (let index = at + size - 1; index > at; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function writeRaw(place: Place, raw: Uint8Array): void {
  place.bytes.set(raw, place.at);
  place.at += raw.length;
}

/** Bytes of a text in UTF-8; half a surrogate pair counts as the U+FFFD that stands for it. */
function textLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length++;
    else if (isPair(unit, text.charCodeAt(at + 1))) {
      length += 2;
      at++;
    } else length += 2;
  }
  return length;
}

function isPair(unit: number, next: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
}

function writeText(place: Place, text: string): void {
  const length = place.textLengths[place.texts++] ?? 0;
  writeHead(place, majors.text, length);
  const { bytes, at } = place;
  if (length === text.length && length < 32) {
    for (let index = 0; index < length; index++) bytes[at + index] = text.charCodeAt(index);
  } else encoder.encodeInto(text, bytes.subarray(at, at + length));
  place.at += length;
}
