import { hasAt, latin, u16, u32, u8 } from './bytes-at.ts';
import { findInsertedExif, findInTiff } from './exif-findings.ts';
import type { Findings } from './finding.ts';
import { gifBlocks } from './gif-blocks.ts';
import { jpegEnd, jpegSegments } from './jpeg-segments.ts';
import type { PictureKind } from './sniff-file.ts';
import { findInXml } from './xml-findings.ts';

const mostChunks = 2_000;

/** Adds what a picture carries beside its pixels. */
export function findInPicture(bytes: Uint8Array, kind: PictureKind, findings: Findings): void {
  finders[kind](bytes, findings);
}

/** Whether there is more than one picture in it, of which only the first is drawn anew. */
export function isMoving(bytes: Uint8Array, kind: PictureKind): boolean {
  if (kind === 'webp') return hasAt(bytes, 12, 'VP8X') && (u8(bytes, 20) & 2) !== 0;
  if (kind === 'png') return pngChunks(bytes).some(({ type }) => type === 'acTL');
  if (kind === 'avif') return hasAt(bytes, 8, 'avis');
  if (kind === 'jpeg') return false;
  return gifBlocks(bytes).filter(({ label }) => label === 'picture').length > 1;
}

type Finder = (bytes: Uint8Array, findings: Findings) => void;

const finders: Readonly<Record<PictureKind, Finder>> = {
  jpeg: findInJpeg,
  png: findInPng,
  webp: findInWebp,
  gif: findInGif,
  avif: (bytes, findings) => {
    findInsertedExif(bytes, findings);
    findXmpPacket(bytes, findings);
  },
};

const exifMark = 'Exif\0';
const xmpMark = 'http://ns.adobe.com/xap/1.0/\0';
const moreXmpMark = 'http://ns.adobe.com/xmp/extension/\0';

function findInJpeg(bytes: Uint8Array, findings: Findings): void {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    const has = (mark: string): boolean => hasAt(bytes, start, mark);
    if (marker === 0xfe) findings.add('comments', latin(bytes, start, Math.min(end - start, 200)));
    else if (marker === 0xe1 && has(exifMark)) {
      findings.add('other');
      findInTiff(bytes.subarray(start + 6, end), findings);
    } else if (marker === 0xe1 && (has(xmpMark) || has(moreXmpMark))) {
      findings.add('other');
      findInXml(utf8(bytes, start, end), findings);
    } else if (marker === 0xed) findInCaptions(bytes, start, end, findings);
    else if (marker === 0xe2 && has('MPF\0')) findings.add('pictures');
    else if (isOfAnApplication(marker)) findings.add('other');
  }
  if (bytes.length - jpegEnd(bytes) > 2) findings.add('trailing');
}

/** Any but JFIF's and Adobe's own, which say how the colours are stored. */
function isOfAnApplication(marker: number): boolean {
  return marker > 0xe0 && marker < 0xf0 && marker !== 0xee;
}

/** IPTC's data sets in an APP13 segment (IIM 4.2): 0x1C, record 2, data set, length, text. */
function findInCaptions(bytes: Uint8Array, start: number, end: number, findings: Findings): void {
  findings.add('other');
  for (let at = bytes.indexOf(0x1c, start); at !== -1 && at + 5 < end;) {
    const length = u16(bytes, at + 3);
    const kind = captionKinds[u8(bytes, at + 2)];
    if (u8(bytes, at + 1) === 2 && kind !== undefined && at + 5 + length <= end) {
      findings.addWords(kind, utf8(bytes, at + 5, at + 5 + Math.min(length, 400)));
    }
    at = bytes.indexOf(0x1c, at + 1);
  }
}

const captionKinds: Readonly<
  Partial<Record<number, 'title' | 'time' | 'person' | 'place' | 'description'>>
> = {
  5: 'title',
  55: 'time',
  80: 'person',
  90: 'place',
  92: 'place',
  101: 'place',
  110: 'person',
  116: 'person',
  120: 'description',
  122: 'person',
};

interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function pngChunks(bytes: Uint8Array): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 8 <= bytes.length && chunks.length < mostChunks;) {
    const end = Math.min(at + 8 + u32(bytes, at), bytes.length);
    chunks.push({ type: latin(bytes, at + 4, 4), start: at + 8, end });
    at = end + 4;
  }
  return chunks;
}

function findInPng(bytes: Uint8Array, findings: Findings): void {
  const chunks = pngChunks(bytes);
  for (const { type, start, end } of chunks) {
    if (type === 'eXIf') findInTiff(bytes.subarray(start, end), findings);
    else if (type === 'tIME') {
      const part = (at: number): string => String(u8(bytes, start + at)).padStart(2, '0');
      findings.add('time', `${u16(bytes, start)}-${part(2)}-${part(3)} ${part(4)}:${part(5)}`);
    } else if (/^(?:tEXt|iTXt|zTXt)$/.test(type))
      findInPngText(bytes, { type, start, end }, findings);
  }
  const last = chunks.at(-1);
  const hasEnd = chunks.findIndex(({ type }) => type === 'IEND');
  if (hasEnd !== -1 && last?.type !== 'IEND') findings.add('trailing');
}

function findInPngText(bytes: Uint8Array, { type, start, end }: Chunk, findings: Findings): void {
  const [name = '', ...rest] = utf8(bytes, start, Math.min(end, start + 65_536)).split('\0');
  const words = rest.at(-1) ?? '';
  if (words.includes('<x:xmpmeta')) {
    findings.add('other');
    findInXml(words, findings);
    return;
  }
  const kind = pngTextKinds[name.toLowerCase()] ?? 'comments';
  if (type === 'zTXt') findings.add(kind, name);
  else findings.add(kind, kind === 'comments' ? `${name}: ${words}` : words);
}

const pngTextKinds: Readonly<
  Partial<Record<string, 'title' | 'person' | 'time' | 'software' | 'description'>>
> = {
  title: 'title',
  author: 'person',
  copyright: 'person',
  'creation time': 'time',
  software: 'software',
  description: 'description',
};

function findInWebp(bytes: Uint8Array, findings: Findings): void {
  let chunks = 0;
  for (let at = 12; at + 8 <= bytes.length && chunks < mostChunks; chunks++) {
    const size = u32(bytes, at + 4, true);
    const start = at + 8;
    if (hasAt(bytes, at, 'EXIF')) {
      findings.add('other');
      findInTiff(
        bytes.subarray(hasAt(bytes, start, exifMark) ? start + 6 : start, start + size),
        findings,
      );
    } else if (hasAt(bytes, at, 'XMP ')) {
      findings.add('other');
      findInXml(utf8(bytes, start, start + size), findings);
    }
    at = start + size + (size % 2);
  }
  if (bytes.length > u32(bytes, 4, true) + 9) findings.add('trailing');
}

/** Comment extensions (GIF89a section 24), and XMP, which stands in an application extension. */
function findInGif(bytes: Uint8Array, findings: Findings): void {
  for (const { label, start } of gifBlocks(bytes)) {
    const words = utf8(bytes, start + 1, start + 1 + Math.min(u8(bytes, start), 200));
    if (label === 0xfe) findings.add('comments', words);
  }
  findXmpPacket(bytes, findings);
}

/** XMP wherever it stands: it begins and ends with marks made to be searched for (XMP part 3). */
export function findXmpPacket(bytes: Uint8Array, findings: Findings): void {
  const mark = '<x:xmpmeta';
  for (let at = bytes.indexOf(0x3c); at !== -1; at = bytes.indexOf(0x3c, at + 1)) {
    if (!hasAt(bytes, at, mark)) continue;
    findInXml(utf8(bytes, at, at + 65_536), findings);
    return;
  }
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.subarray(start, Math.max(start, end)));
}
