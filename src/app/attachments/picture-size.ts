import { hasAt, latin, u16, u32, u8 } from './bytes-at.ts';
import { gifBlocks } from './gif-blocks.ts';
import { jpegSegments } from './jpeg-segments.ts';
import { boxesIn } from './media-boxes.ts';
import type { PictureKind } from './sniff-file.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Width and height as the file's header says, before anything is decoded; null where it does not. */
export function pictureSize(bytes: Uint8Array, kind: PictureKind): PictureSize | null {
  const size = readers[kind](bytes);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

const readers: Readonly<Record<PictureKind, (bytes: Uint8Array) => PictureSize | null>> = {
  jpeg: jpegSize,
  png: (bytes) =>
    hasAt(bytes, 12, 'IHDR') ? { width: u32(bytes, 16), height: u32(bytes, 20) } : null,
  gif: gifSize,
  webp: webpSize,
  avif: avifSize,
};

/** The frame header: SOF0 to SOF15 without DHT, JPG and DAC (ITU T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): PictureSize | null {
  for (const { marker, start } of jpegSegments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: u16(bytes, start + 3), height: u16(bytes, start + 1) };
  }
  return null;
}

/** The larger of the screen and the first picture on it: decoders make room for both. */
function gifSize(bytes: Uint8Array): PictureSize | null {
  const first = gifBlocks(bytes).find(({ label }) => label === 'picture');
  const corner = (offset: number): number =>
    first === undefined
      ? 0
      : u16(bytes, first.start + offset, true) + u16(bytes, first.start + 4 + offset, true);
  return {
    width: Math.max(u16(bytes, 6, true), corner(0)),
    height: Math.max(u16(bytes, 8, true), corner(2)),
  };
}

function webpSize(bytes: Uint8Array): PictureSize | null {
  const u24 = (at: number): number => u16(bytes, at, true) + u8(bytes, at + 2) * 65_536;
  switch (latin(bytes, 12, 4)) {
    case 'VP8X':
      return { width: u24(24) + 1, height: u24(27) + 1 };
    case 'VP8L': {
      const bits = u32(bytes, 21, true);
      return { width: (bits % 0x4000) + 1, height: (Math.floor(bits / 0x4000) % 0x4000) + 1 };
    }
    case 'VP8 ':
      return { width: u16(bytes, 26, true) % 0x4000, height: u16(bytes, 28, true) % 0x4000 };
    default:
      return null;
  }
}

/** The largest of all sizes that the file's items have: tiles are smaller than what they make up. */
function avifSize(bytes: Uint8Array): PictureSize | null {
  let width = 0;
  let height = 0;
  for (const { type, start } of boxesIn(bytes)) {
    if (type !== 'ispe') continue;
    width = Math.max(width, u32(bytes, start + 4));
    height = Math.max(height, u32(bytes, start + 8));
  }
  return { width, height };
}
