import { Decompress } from 'fzstd';
import { concatBytes, type Bytes } from '../types/bytes.ts';
import { maxPayloadBytes } from './pack-columns.ts';

/** RFC 8878 section 3.1.1: magic, descriptor, and what they say of the fields after them. */
const frameMagic = [0x28, 0xb5, 0x2f, 0xfd] as const;
const minHeaderBytes = 5;
const maxHeaderBytes = 14;
const blockHeadBytes = 3;
const maxBlockBytes = 131_072;
/** An encoder splits a block of 128 KiB into some ten at most; thousands are an attack on our time. */
const maxBlocks = 1_024;
/** Level 19 asks for 8 MiB where it does not know the size. */
const maxWindowBytes = 8_388_608;
const blockTypes = { raw: 0, rle: 1, compressed: 2 } as const;

interface Block {
  readonly bytes: number;
  readonly isLast: boolean;
}

/**
 * One zstd frame, unpacked as it arrives. fzstd does the work; it is only shown a frame without
 * dictionary and checksum, with a small window, blocks of lawful size and not too many of them,
 * and nothing after it: with any of these it would misread, or take more memory or time than a
 * pack may cost.
 */
export class ZstdFrame {
  #waiting: Bytes = new Uint8Array(0);
  #headerBytes = 0;
  #blocks = 0;
  #done = false;
  #refused = false;
  #take: ((unpacked: Uint8Array) => boolean) | undefined;
  readonly #unpacker = new Decompress((part) => {
    if (part.length > 0 && this.#take?.(part) !== true) this.#refused = true;
    // fzstd stops for nothing else, and what it throws is caught below.
    if (this.#refused) throw new RangeError('enough');
  });

  /** Whether the frame has ended. */
  get isComplete(): boolean {
    return this.#done;
  }

  /** Takes the next bytes; false once they are not what a pack may hold, or `take` wants no more. */
  push(bytes: Uint8Array, take: (unpacked: Uint8Array) => boolean): boolean {
    if (this.#refused || (this.#done && bytes.length > 0)) return false;
    this.#waiting = concatBytes(this.#waiting, bytes);
    this.#take = take;
    try {
      this.#refused = !this.#unpackBlocks();
    } catch {
      this.#refused = true;
    }
    return !this.#refused;
  }

  #unpackBlocks(): boolean {
    if (this.#headerBytes === 0) {
      if (this.#waiting.length < maxHeaderBytes) return true;
      const length = headerLength(this.#waiting);
      if (length === undefined) return false;
      this.#headerBytes = length;
    }
    while (!this.#done) {
      // The header goes to fzstd together with the first block.
      const start = this.#blocks === 0 ? this.#headerBytes : 0;
      const block = readBlock(this.#waiting, start);
      if (block === 'unlawful') return false;
      if (block === undefined || start + block.bytes > this.#waiting.length) return true;
      if (++this.#blocks > maxBlocks) return false;
      const end = start + block.bytes;
      this.#unpacker.push(this.#waiting.slice(0, end), block.isLast);
      this.#waiting = this.#waiting.slice(end);
      this.#done = block.isLast;
    }
    return this.#waiting.length === 0;
  }
}

/** Length of a frame header that a pack may have; undefined for any other. */
function headerLength(bytes: Uint8Array): number | undefined {
  if (frameMagic.some((byte, index) => bytes[index] !== byte)) return undefined;
  const descriptor = bytes[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  // Reserved bit, checksum, dictionary: none of them.
  if ((descriptor & 0x0f) !== 0) return undefined;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  if (sizeFlag === 3) return undefined;
  const windowByte = isSingleSegment ? 0 : 1;
  const length = minHeaderBytes + windowByte + sizeBytes;
  let size = 0;
  for (let index = 0; index < sizeBytes; index++) {
    size += (bytes[minHeaderBytes + windowByte + index] ?? 0) * 256 ** index;
  }
  if (sizeBytes === 2) size += 256;
  if (size > maxPayloadBytes) return undefined;
  const windowDescriptor = bytes[5] ?? 0;
  const windowBase = 2 ** (10 + (windowDescriptor >> 3));
  const window = windowBase + (windowBase / 8) * (windowDescriptor & 7);
  return isSingleSegment || window <= maxWindowBytes ? length : undefined;
}

function readBlock(bytes: Uint8Array, at: number): Block | 'unlawful' | undefined {
  if (bytes.length < at + blockHeadBytes) return undefined;
  const head = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  const type = (head >> 1) & 3;
  const size = head >> 3;
  if (size > maxBlockBytes || type > blockTypes.compressed) return 'unlawful';
  // An empty last block ends a frame; other empty ones are there to cost time.
  const isLast = (head & 1) === 1;
  if (size === 0 && !(isLast && type === blockTypes.raw)) return 'unlawful';
  return { bytes: blockHeadBytes + (type === blockTypes.rle ? 1 : size), isLast };
}
