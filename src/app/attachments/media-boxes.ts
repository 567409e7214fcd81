import { latin, u32 } from './bytes-at.ts';

/** One box of an ISO base media file; `start` and `end` bound its content, without the header. */
export interface MediaBox {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

const mostBoxes = 4_000;
const mostDepth = 8;

/** Boxes that hold boxes, and how many bytes stand before the first of them. */
const containers: Readonly<Record<string, number>> = {
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  stbl: 0,
  udta: 0,
  meta: 4,
  ilst: 0,
  iprp: 0,
  ipco: 0,
};

/** Every box that matters here, parents before what they hold (ISO/IEC 14496-12 section 4.2). */
export function boxesIn(bytes: Uint8Array): readonly MediaBox[] {
  const found: MediaBox[] = [];
  collect(bytes, 0, bytes.length, 0, found);
  return found;
}

function collect(
  bytes: Uint8Array,
  from: number,
  to: number,
  depth: number,
  found: MediaBox[],
): void {
  let at = from;
  while (at + 8 <= to && found.length < mostBoxes) {
    const type = latin(bytes, at + 4, 4);
    const short = u32(bytes, at);
    const header = short === 1 ? 16 : 8;
    const long = u32(bytes, at + 8) * 2 ** 32 + u32(bytes, at + 12);
    const size = short === 1 ? long : short === 0 ? to - at : short;
    if (size < header) return;
    const end = Math.min(at + size, to);
    found.push({ type, start: at + header, end, depth });
    const before = Object.hasOwn(containers, type) ? containers[type] : undefined;
    if (before !== undefined && depth < mostDepth) {
      const skipped = type === 'meta' && latin(bytes, at + header + 4, 4) === 'hdlr' ? 0 : before;
      collect(bytes, at + header + skipped, end, depth + 1, found);
    }
    at = end;
  }
}
