import { concatBytes, type Bytes } from '../types/bytes.ts';
import { demand, UnlawfulZstd } from './bits.ts';
import { append, maxBlockBytes, unpackBlock, type FrameState, type Output } from './block.ts';

/** RFC 8878 section 3.1.1: magic, descriptor, and what they say of the fields after them. */
const frameMagic = [0x28, 0xb5, 0x2f, 0xfd] as const;
const minHeaderBytes = 5;
const maxHeaderBytes = 14;
const blockHeadBytes = 3;
/** An encoder splits a block of 128 KiB into some ten at most; thousands are an attack on our time. */
const maxBlocks = 1_024;
const firstOutputBytes = 262_144;
const blockTypes = { raw: 0, rle: 1, compressed: 2 } as const;

/**
 * One zstd frame (RFC 8878), unpacked as it arrives: no dictionary, no checksum, nothing after it,
 * and never more than `maxBytes`. Every loop is bounded by what it may put out; fzstd, which is
 * smaller, does not come back from some crafted tables (docs/decisions/0081).
 */
export class ZstdFrame {
  readonly #maxBytes: number;
  readonly #output: Output = { bytes: new Uint8Array(firstOutputBytes), length: 0 };
  readonly #state: FrameState = {
    huffman: null,
    lengths: null,
    offsets: null,
    matches: null,
    recent: [1, 4, 8],
  };
  #waiting: Bytes = new Uint8Array(0);
  #hasHeader = false;
  #blocks = 0;
  #end: 'open' | 'done' | 'refused' | 'too-large' = 'open';

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the frame has ended lawfully. */
  get isComplete(): boolean {
    return this.#end === 'done';
  }

  get isTooLarge(): boolean {
    return this.#end === 'too-large';
  }

  /** Takes the next bytes; answers a view of what they unpack to, or undefined once they are not lawful or too many. */
  push(bytes: Uint8Array): Bytes | undefined {
    if (this.#end !== 'open') {
      if (this.#end === 'done' && bytes.length === 0) return new Uint8Array(0);
      this.#end = 'refused';
      return undefined;
    }
    this.#waiting = concatBytes(this.#waiting, bytes);
    const before = this.#output.length;
    try {
      this.#unpack();
    } catch (cause) {
      if (!(cause instanceof UnlawfulZstd)) throw cause;
      if (!this.isTooLarge) this.#end = 'refused';
      return undefined;
    }
    return this.#output.bytes.subarray(before, this.#output.length);
  }

  #unpack(): void {
    let at = 0;
    if (!this.#hasHeader) {
      if (this.#waiting.length < maxHeaderBytes) return;
      at = headerLength(this.#waiting);
      this.#hasHeader = true;
    }
    for (let next = this.#readBlock(at); next !== undefined; next = this.#readBlock(at)) at = next;
    this.#waiting = this.#waiting.slice(at);
    demand(this.#end === 'open' || this.#waiting.length === 0);
  }

  /** Unpacks the block at `at` and answers where it ends; undefined while it is not whole. */
  #readBlock(at: number): number | undefined {
    const bytes = this.#waiting;
    if (this.#end !== 'open' || bytes.length < at + blockHeadBytes) return undefined;
    const [b0 = 0, b1 = 0, b2 = 0] = bytes.subarray(at, at + blockHeadBytes);
    const type = (b0 >> 1) & 3;
    const size = (b0 >> 3) | (b1 << 5) | (b2 << 13);
    const isLast = (b0 & 1) === 1;
    demand(size <= maxBlockBytes && type <= blockTypes.compressed);
    // An empty last block ends a frame; other empty ones are there to cost time.
    demand(size > 0 || (isLast && type === blockTypes.raw));
    const start = at + blockHeadBytes;
    const end = start + (type === blockTypes.rle ? 1 : size);
    if (end > bytes.length) return undefined;
    demand(++this.#blocks <= maxBlocks);
    const content = bytes.subarray(start, end);
    if (type === blockTypes.compressed) unpackBlock(content, this.#state, this.#output);
    else if (type === blockTypes.raw) append(this.#output, content, 0, size);
    else append(this.#output, new Uint8Array(size).fill(content[0] ?? 0), 0, size);
    if (this.#output.length > this.#maxBytes) {
      this.#end = 'too-large';
      demand(false);
    }
    if (isLast) this.#end = 'done';
    return end;
  }
}

/** Length of a frame header without checksum and dictionary; sizes it names are not relied on. */
function headerLength(bytes: Uint8Array): number {
  demand(frameMagic.every((byte, index) => bytes[index] === byte));
  const descriptor = bytes[4] ?? 0;
  demand((descriptor & 0x0f) === 0);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  return minHeaderBytes + Number(!isSingleSegment) + sizeBytes;
}
