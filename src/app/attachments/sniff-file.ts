import { hasAt, latin, u8, u32 } from './bytes-at.ts';

/** Pictures that can be drawn anew. */
export const pictureKinds = ['jpeg', 'png', 'gif', 'webp', 'avif'] as const;
export type PictureKind = (typeof pictureKinds)[number];

/** What a file is by its content, whatever it calls itself. */
export type FileKind =
  PictureKind | 'heic' | 'tiff' | 'pdf' | 'zip' | 'movie' | 'mp3' | 'page' | 'unknown';

const heifBrands = new Set(
  'heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1 miaf MiHE MiHB'.split(' '),
);
const avifBrands = new Set(['avif', 'avis']);
const movieBrand = /^(?:qt {2}|mp4\d|isom|iso\d|avc1|M4[ABVP] |3g[2p]\w|dash|mmp4|MSNV|f4v )$/;
const utf8Mark = '\u00ef\u00bb\u00bf';

/** Tells what a file is by its first bytes. */
export function sniffFile(bytes: Uint8Array): FileKind {
  const starts = (letters: string): boolean => hasAt(bytes, 0, letters);
  if (starts('\u00ff\u00d8\u00ff')) return 'jpeg';
  if (starts('\u0089PNG\r\n\u001a\n')) return 'png';
  if (starts('GIF87a') || starts('GIF89a')) return 'gif';
  if (starts('RIFF') && hasAt(bytes, 8, 'WEBP')) return 'webp';
  if (starts('II*\0') || starts('MM\0*')) return 'tiff';
  if (latin(bytes, 0, 1_024).includes('%PDF-')) return 'pdf';
  if (starts('PK\u0003\u0004') || starts('PK\u0005\u0006')) return 'zip';
  if (hasAt(bytes, 4, 'ftyp')) return sniffBrands(bytes);
  if (hasAt(bytes, 4, 'moov') || hasAt(bytes, 4, 'mdat')) return 'movie';
  if (starts('ID3') || (u8(bytes, 0) === 0xff && (u8(bytes, 1) & 0xe6) === 0xe2)) return 'mp3';
  return isPage(bytes) ? 'page' : 'unknown';
}

/** Whether a file is a picture that can be drawn anew. */
export function isPicture(kind: FileKind): kind is PictureKind {
  return (pictureKinds as readonly string[]).includes(kind);
}

/** ISO/IEC 14496-12 section 4.3: the brands of `ftyp`, the major one first. */
function sniffBrands(bytes: Uint8Array): FileKind {
  const end = Math.min(u32(bytes, 0), 256);
  const brands = [latin(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(latin(bytes, at, 4));
  if (brands.some((brand) => avifBrands.has(brand))) return 'avif';
  if (brands.some((brand) => heifBrands.has(brand))) return 'heic';
  return brands.some((brand) => movieBrand.test(brand)) ? 'movie' : 'unknown';
}

/** A web page or an SVG picture: both can hold scripts. */
function isPage(bytes: Uint8Array): boolean {
  const start = latin(bytes, 0, 1_024).replaceAll('\0', '').replace(utf8Mark, '').trimStart();
  return /^(?:<!doctype html|<\?xml|<!--|<(?:html|head|body|script|svg|iframe|meta)\b)/i.test(
    start,
  );
}
