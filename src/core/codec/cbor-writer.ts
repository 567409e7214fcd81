import { compareBytes, type Bytes } from '../types/bytes.ts';
import type { CborValue } from './cbor.ts';

const majors = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5 } as const;
const simple = { false: 0xf4, true: 0xf5, null: 0xf6 } as const;
const encoder = new TextEncoder();

/**
 * Encodes deterministically (RFC 8949 section 4.2.1): shortest heads, maps by their encoded keys. The
 * length is known before anything is written, so that no half-written copy stays behind. Throws on
 * what CborValue does not have.
 */
export function writeCbor(value: CborValue): Bytes {
  const bytes = new Uint8Array(sizeOf(value));
  writeItem(bytes, 0, value);
  return bytes;
}

function sizeOf(value: CborValue): number {
  if (typeof value === 'number') return headSize(argumentOf(value));
  if (typeof value === 'string') {
    const length = textLength(value);
    return headSize(length) + length;
  }
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return headSize(value.length) + value.length;
  if (isList(value)) {
    let size = headSize(value.length);
    for (const item of value) size += sizeOf(item);
    return size;
  }
  const entries = entriesOf(value);
  let size = headSize(entries.length);
  for (const [key, item] of entries) size += sizeOf(key) + sizeOf(item);
  return size;
}

/** Writes an item and answers where it ends. */
function writeItem(bytes: Bytes, at: number, value: CborValue): number {
  if (typeof value === 'number') {
    return writeHead(bytes, at, value < 0 ? majors.negative : majors.uint, argumentOf(value));
  }
  if (typeof value === 'string') return writeText(bytes, at, value);
  if (typeof value === 'boolean' || value === null) {
    bytes[at] = value === null ? simple.null : value ? simple.true : simple.false;
    return at + 1;
  }
  if (value instanceof Uint8Array) {
    const start = writeHead(bytes, at, majors.bytes, value.length);
    bytes.set(value, start);
    return start + value.length;
  }
  if (isList(value)) {
    let end = writeHead(bytes, at, majors.array, value.length);
    for (const item of value) end = writeItem(bytes, end, item);
    return end;
  }
  const sorted = entriesOf(value)
    .map(([key, item]) => ({ key: writeCbor(key), item }))
    .sort((a, b) => compareBytes(a.key, b.key));
  let end = writeHead(bytes, at, majors.map, sorted.length);
  for (const { key, item } of sorted) {
    bytes.set(key, end);
    end = writeItem(bytes, end + key.length, item);
  }
  return end;
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

function entriesOf(value: CborValue): readonly (readonly [string, CborValue])[] {
  if (typeof value !== 'object') throw new TypeError(`CBOR of this project has no ${typeof value}`);
  return Object.entries(value as Readonly<Record<string, CborValue>>);
}

function argumentOf(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('CBOR of this project has whole numbers');
  return value < 0 ? -1 - value : value;
}

function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x1_0000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

function writeHead(bytes: Bytes, at: number, major: number, argument: number): number {
  const size = headSize(argument);
  if (size === 1) {
    bytes[at] = (major << 5) | argument;
    return at + 1;
  }
  bytes[at] = (major << 5) | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27);
  let rest = argument;
  for (let place = at + size - 1; place > at; place--) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + size;
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

function writeText(bytes: Bytes, at: number, text: string): number {
  const length = textLength(text);
  const start = writeHead(bytes, at, majors.text, length);
  if (length === text.length && length < 32) {
    for (let place = 0; place < length; place++) bytes[start + place] = text.charCodeAt(place);
  } else encoder.encodeInto(text, bytes.subarray(start, start + length));
  return start + length;
}
