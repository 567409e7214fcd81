import { u8 } from './bytes-at.ts';

/** One block of a GIF file: a picture, or an extension by its label; `start` is behind its mark. */
export interface GifBlock {
  readonly label: 'picture' | number;
  readonly start: number;
}

const mostBlocks = 5_000;

/** The blocks of a GIF file in order (GIF89a, sections 17 to 26), as far as they can be followed. */
export function gifBlocks(bytes: Uint8Array): readonly GifBlock[] {
  const blocks: GifBlock[] = [];
  let at = 13 + tableLength(u8(bytes, 10));
  while (at < bytes.length && blocks.length < mostBlocks) {
    const mark = u8(bytes, at);
    if (mark === 0x21) {
      blocks.push({ label: u8(bytes, at + 1), start: at + 2 });
      at = afterSubBlocks(bytes, at + 2);
    } else if (mark === 0x2c) {
      blocks.push({ label: 'picture', start: at + 1 });
      at = afterSubBlocks(bytes, at + 11 + tableLength(u8(bytes, at + 9)));
    } else break;
  }
  return blocks;
}

function tableLength(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function afterSubBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (u8(bytes, at) !== 0) at += 1 + u8(bytes, at);
  return at + 1;
}
