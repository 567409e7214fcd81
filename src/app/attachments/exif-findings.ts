import { hasAt, latin, u16, u32, u8 } from './bytes-at.ts';
import type { FindingKind, Findings } from './finding.ts';

/** Tags that tell of people, places, devices and times (Exif 2.32, TIFF 6.0). */
const kindByTag: Readonly<Record<number, FindingKind>> = {
  0x010e: 'description',
  0x010f: 'camera',
  0x0110: 'camera',
  0x0131: 'software',
  0x0132: 'time',
  0x013b: 'person',
  0x013c: 'camera',
  0x8298: 'person',
  0x9003: 'time',
  0x9004: 'time',
  0x9286: 'description',
  0x9c9b: 'title',
  0x9c9c: 'description',
  0x9c9d: 'person',
  0x9c9e: 'description',
  0x9c9f: 'description',
  0xa420: 'serial',
  0xa430: 'person',
  0xa431: 'serial',
  0xa433: 'camera',
  0xa434: 'camera',
  0xa435: 'serial',
  0xc62f: 'serial',
};

const exifIfd = 0x8769;
const gpsIfd = 0x8825;
const makerNote = 0x927c;
const thumbnailOffset = 0x0201;
const mostEntries = 512;
const mostDirectories = 16;
const byteSizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

interface Tiff {
  readonly bytes: Uint8Array;
  readonly little: boolean;
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where its value stands. */
  readonly at: number;
}

/** Adds what a TIFF header and its directories tell, as Exif and TIFF files have them. */
export function findInTiff(tiff: Uint8Array, findings: Findings): void {
  const little = hasAt(tiff, 0, 'II');
  if (!little && !hasAt(tiff, 0, 'MM')) return;
  const source = { bytes: tiff, little };
  const waiting = [u32(tiff, 4, little)];
  for (let done = 0; done < mostDirectories; done++) {
    const at = waiting.shift();
    if (at === undefined) return;
    if (at < 8 || at >= tiff.length) continue;
    const entries = entriesAt(source, at);
    for (const entry of entries) {
      if (entry.tag === exifIfd) waiting.push(numberOf(source, entry));
      else if (entry.tag === gpsIfd) findPlace(source, numberOf(source, entry), findings);
      else addEntry(source, entry, done > 0, findings);
    }
    const next = u32(tiff, at + 2 + u16(tiff, at, little) * 12, little);
    if (done === 0 && next !== 0) waiting.push(next);
  }
}

function addEntry(tiff: Tiff, entry: Entry, isLater: boolean, findings: Findings): void {
  if (entry.tag === makerNote) findings.add('other');
  if (entry.tag === thumbnailOffset && isLater) findings.add('thumbnail');
  const kind = kindByTag[entry.tag];
  if (kind !== undefined) findings.addWords(kind, wordsOf(tiff, entry));
}

function entriesAt({ bytes, little }: Tiff, at: number): readonly Entry[] {
  const count = Math.min(u16(bytes, at, little), mostEntries);
  return Array.from({ length: count }, (_, index) => {
    const entry = at + 2 + index * 12;
    const type = u16(bytes, entry + 2, little);
    const length = (byteSizes[type] ?? 1) * u32(bytes, entry + 4, little);
    return {
      tag: u16(bytes, entry, little),
      type,
      count: u32(bytes, entry + 4, little),
      at: length <= 4 ? entry + 8 : u32(bytes, entry + 8, little),
    };
  });
}

function numberOf({ bytes, little }: Tiff, { type, at }: Entry): number {
  return type === 3 ? u16(bytes, at, little) : u32(bytes, at, little);
}

function wordsOf({ bytes }: Tiff, { tag, count, at }: Entry): string {
  const length = Math.min(count, 400);
  if (tag >= 0x9c9b && tag <= 0x9c9f) return decodeAs('utf-16le', bytes, at, length);
  if (tag === 0x9286) return decodeAs('utf-8', bytes, at + 8, length - 8);
  return decodeAs('utf-8', bytes, at, length).split('\0')[0] ?? '';
}

function decodeAs(encoding: string, bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder(encoding).decode(bytes.subarray(at, at + Math.max(0, length)));
}

/** Latitude and longitude in degrees, where the directory has both; else that there is a place. */
function findPlace(tiff: Tiff, at: number, findings: Findings): void {
  const entries = entriesAt(tiff, at);
  const byTag = new Map(entries.map((entry) => [entry.tag, entry]));
  const degrees = (tag: number, negative: string): number | null => {
    const entry = byTag.get(tag);
    const sign = byTag.get(tag - 1);
    if (entry?.type !== 5 || entry.count < 1) return null;
    const part = (index: number): number =>
      index < entry.count
        ? u32(tiff.bytes, entry.at + index * 8, tiff.little) /
          u32(tiff.bytes, entry.at + index * 8 + 4, tiff.little)
        : 0;
    const value = part(0) + part(1) / 60 + part(2) / 3_600;
    const letter = sign === undefined ? '' : latin(tiff.bytes, sign.at, 1);
    return letter === negative ? -value : value;
  };
  const latitude = degrees(2, 'S');
  const longitude = degrees(4, 'W');
  const isWhole = latitude !== null && longitude !== null && Number.isFinite(latitude + longitude);
  if (isWhole) findings.add('place', `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`);
  else if (entries.some(({ tag }) => tag >= 1 && tag <= 29)) findings.add('place');
}

/** Adds what pictures inside another file tell: Exif keeps its mark when a JPEG is put elsewhere. */
export function findInsertedExif(bytes: Uint8Array, findings: Findings): void {
  const mark = [0x45, 0x78, 0x69, 0x66, 0, 0];
  let at = bytes.indexOf(0x45);
  for (let found = 0; at !== -1 && found < 50; at = bytes.indexOf(0x45, at + 1)) {
    if (!mark.every((byte, index) => u8(bytes, at + index) === byte)) continue;
    found += 1;
    findings.add('pictures');
    findInTiff(bytes.subarray(at + 6, at + 6 + 65_536), findings);
  }
}
