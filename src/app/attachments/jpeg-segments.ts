import { u16, u8 } from './bytes-at.ts';

/** One segment of a JPEG file: `start` and `end` bound what follows its length. */
export interface JpegSegment {
  readonly marker: number;
  /** Where its marker stands. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

const startOfScan = 0xda;
const mostSegments = 1_000;

/** The segments before the picture's own data (ITU T.81, B.1.1.2), and the start of scan last. */
export function jpegSegments(bytes: Uint8Array): readonly JpegSegment[] {
  const segments: JpegSegment[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && segments.length < mostSegments && u8(bytes, at) === 0xff) {
    const marker = u8(bytes, at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = Math.min(at + 2 + Math.max(2, u16(bytes, at + 2)), bytes.length);
    segments.push({ marker, at, start: at + 4, end });
    if (marker === startOfScan) break;
    at = end;
  }
  return segments;
}

/** Where the picture ends: after the first EOI that follows its scans, or the end of the file. */
export function jpegEnd(bytes: Uint8Array): number {
  let at = jpegSegments(bytes).findLast(({ marker }) => marker === startOfScan)?.end ?? -1;
  while (at !== -1 && at < bytes.length) {
    at = bytes.indexOf(0xff, at);
    if (at === -1) break;
    const marker = u8(bytes, at + 1);
    if (marker === 0xd9) return at + 2;
    const isLong = marker >= 0xc0 && marker !== 0xff && (marker < 0xd0 || marker > 0xd8);
    at += isLong ? 2 + Math.max(2, u16(bytes, at + 2)) : marker === 0xff ? 1 : 2;
  }
  return bytes.length;
}

/**
 * The same picture with nothing but what draws it: of the application segments only JFIF's and
 * Adobe's colour flag stay, comments go, and so does all that stands behind its end.
 */
export function stripJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const stays = ({ marker }: JpegSegment): boolean =>
    marker < 0xe0 || marker === 0xe0 || marker === 0xee || (marker > 0xef && marker !== 0xfe);
  const segments = jpegSegments(bytes);
  const scan = segments.at(-1)?.marker === startOfScan ? segments.at(-1) : undefined;
  const parts = [
    bytes.subarray(0, 2),
    ...segments
      .filter((segment) => segment !== scan && stays(segment))
      .map(({ at, end }) => bytes.subarray(at, end)),
    ...(scan === undefined ? [] : [bytes.subarray(scan.at, jpegEnd(bytes))]),
  ];
  return joinBytes(parts);
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
