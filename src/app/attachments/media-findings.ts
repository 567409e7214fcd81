import { findIn, hasAt, latin, u16, u32, u8 } from './bytes-at.ts';
import type { FindingKind, Findings } from './finding.ts';
import { boxesIn, type MediaBox } from './media-boxes.ts';
import { findXmpPacket } from './picture-findings.ts';

/** Notes of QuickTime and iTunes, by the name of their box. */
const kindByBox: Readonly<Record<string, FindingKind>> = {
  '\u00a9xyz': 'place',
  '\u00a9mak': 'camera',
  '\u00a9mod': 'camera',
  '\u00a9swr': 'software',
  '\u00a9too': 'software',
  '\u00a9enc': 'software',
  '\u00a9ART': 'person',
  '\u00a9aut': 'person',
  '\u00a9cpy': 'person',
  '\u00a9wrt': 'person',
  '\u00a9nam': 'title',
  '\u00a9day': 'time',
  '\u00a9cmt': 'description',
  '\u00a9des': 'description',
};

/** The same by the last part of Apple's key, as in com.apple.quicktime.make. */
const kindByKey: Readonly<Record<string, FindingKind>> = {
  ISO6709: 'place',
  name: 'place',
  make: 'camera',
  model: 'camera',
  software: 'software',
  author: 'person',
  artist: 'person',
  creationdate: 'time',
  version: 'software',
};

const secondsFrom1904To1970 = 2_082_844_800;

/** Adds what a film or recording in MP4, MOV or M4A carries. */
export function findInMovie(bytes: Uint8Array, findings: Findings): void {
  const boxes = boxesIn(bytes);
  for (const box of boxes) {
    const { type, start } = box;
    const kind = Object.hasOwn(kindByBox, type) ? kindByBox[type] : undefined;
    if (kind !== undefined) findings.addWords(kind, noteIn(bytes, box));
    else if (type === 'loci') findings.add('place');
    else if (type === 'mvhd') findTime(bytes, start, findings);
    else if (type === 'gpmd' || (type === 'hdlr' && hasAt(bytes, start + 8, 'meta'))) {
      findings.add('sensors');
    } else if (type === 'covr') findings.add('pictures');
    else if (type === 'keys') findByKeys(bytes, box, boxes, findings);
  }
  findXmpPacket(bytes, findings);
}

/** iTunes puts a `data` box around a note, QuickTime a length and a language before it. */
function noteIn(bytes: Uint8Array, { start, end }: MediaBox): string {
  const isBoxed = hasAt(bytes, start + 4, 'data');
  const [from, to] = isBoxed
    ? [start + 16, start + u32(bytes, start)]
    : [start + 4, start + 4 + u16(bytes, start)];
  return new TextDecoder().decode(
    bytes.subarray(from, Math.min(from + 400, Math.max(from, to), end)),
  );
}

function findTime(bytes: Uint8Array, start: number, findings: Findings): void {
  const seconds =
    u8(bytes, start) === 1
      ? u32(bytes, start + 4) * 2 ** 32 + u32(bytes, start + 8)
      : u32(bytes, start + 4);
  const ms = (seconds - secondsFrom1904To1970) * 1_000;
  if (ms > 0 && ms < 8e15)
    findings.add('time', new Date(ms).toISOString().slice(0, 16).replace('T', ' '));
}

/** Names in `keys`, values in the boxes of `ilst` whose types are the names' numbers from 1. */
function findByKeys(
  bytes: Uint8Array,
  keys: MediaBox,
  boxes: readonly MediaBox[],
  findings: Findings,
): void {
  let at = keys.start + 8;
  for (let number = 1; at + 8 <= keys.end && number <= 200; number++) {
    const size = Math.max(8, u32(bytes, at));
    const name =
      latin(bytes, at + 8, Math.min(size - 8, 100))
        .split('.')
        .at(-1) ?? '';
    const kind = Object.hasOwn(kindByKey, name) ? kindByKey[name] : undefined;
    const type = String.fromCharCode(0, 0, number >> 8, number & 255);
    const value = boxes.find((box) => box.type === type && box.start > keys.start);
    if (kind !== undefined && value !== undefined) findings.addWords(kind, noteIn(bytes, value));
    at += size;
  }
}

const kindByFrame: Readonly<Record<string, FindingKind>> = {
  TPE1: 'person',
  TP1: 'person',
  TCOM: 'person',
  TOWN: 'person',
  TIT2: 'title',
  TT2: 'title',
  TALB: 'title',
  TDRC: 'time',
  TDEN: 'time',
  TYER: 'time',
  TYE: 'time',
  TENC: 'software',
  TSSE: 'software',
  TSS: 'software',
  COMM: 'comments',
  COM: 'comments',
  TXXX: 'description',
  APIC: 'pictures',
  PIC: 'pictures',
  GEOB: 'attached',
  PRIV: 'other',
  UFID: 'serial',
};

const mostFrames = 300;

/** Adds what the tags of an MP3 file carry: ID3 version 2.2 to 2.4 before it, version 1 behind it. */
export function findInMp3(bytes: Uint8Array, findings: Findings): void {
  if (hasAt(bytes, 0, 'ID3')) findInFrames(bytes, findings);
  const tag = bytes.length - 128;
  if (tag <= 0 || !hasAt(bytes, tag, 'TAG')) return;
  const field = (at: number, length: number): string =>
    latin(bytes, tag + at, length).replace(/\0.*$/s, '');
  findings.addWords('title', field(3, 30));
  findings.addWords('person', field(33, 30));
  findings.addWords('time', field(93, 4));
  findings.addWords('comments', field(97, 28));
}

function findInFrames(bytes: Uint8Array, findings: Findings): void {
  const version = u8(bytes, 3);
  const [nameBytes, headBytes] = version < 3 ? [3, 6] : [4, 10];
  const end = Math.min(10 + syncSafe(bytes, 6), bytes.length);
  for (let at = 10, seen = 0; at + headBytes <= end && seen < mostFrames; seen++) {
    const name = latin(bytes, at, nameBytes);
    if (!/^[A-Z0-9]+$/.test(name)) return;
    const size =
      version < 3
        ? u32(bytes, at + 2) % 0x1000000
        : version === 3
          ? u32(bytes, at + 4)
          : syncSafe(bytes, at + 4);
    const start = at + headBytes;
    const kind = Object.hasOwn(kindByFrame, name) ? kindByFrame[name] : undefined;
    if (kind !== undefined && name.startsWith('T')) {
      findings.addWords(
        kind,
        frameText(bytes.subarray(start, Math.min(start + size, start + 400, end))),
      );
    } else if (kind !== undefined) findings.add(kind);
    at = start + size;
  }
}

/** Four bytes of seven bits each (ID3v2.4, section 6.2). */
function syncSafe(bytes: Uint8Array, at: number): number {
  return [0, 1, 2, 3].reduce((sum, offset) => sum * 128 + (u8(bytes, at + offset) & 0x7f), 0);
}

/** The first byte names the encoding (ID3v2.4, section 4). */
function frameText(frame: Uint8Array): string {
  const encoding = ['windows-1252', 'utf-16', 'utf-16be', 'utf-8'][u8(frame, 0)] ?? 'utf-8';
  return new TextDecoder(encoding).decode(frame.subarray(1));
}

/** Adds the notes of a recording that a browser or a free program made: Vorbis comments. */
export function findVorbisComments(bytes: Uint8Array, findings: Findings): void {
  for (const mark of ['\u0003vorbis', 'OpusTags']) {
    const at = findIn(bytes.subarray(0, 65_536), mark);
    if (at === -1) continue;
    const vendor = u32(bytes, at + mark.length, true);
    findings.addWords('software', latin(bytes, at + mark.length + 4, Math.min(vendor, 100)));
  }
}
