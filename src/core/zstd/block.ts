import { BackwardBits, demand } from './bits.ts';
import { buildFseTable, readFseTable, singleSymbolTable, type FseTable } from './fse.ts';
import { readHuffmanStream, readHuffmanTable, type HuffmanTable } from './huffman.ts';

export const maxBlockBytes = 131_072;
/** Up to so many bytes are copied sooner than a call is made that copies them. */
const byteByByte = 64;
/** 8 MiB: beyond it no offset of ours reaches. */
const maxOffsetCode = 23;

/** What blocks of one frame hand on to the next. */
export interface FrameState {
  huffman: HuffmanTable | null;
  lengths: FseTable | null;
  offsets: FseTable | null;
  matches: FseTable | null;
  recent: [number, number, number];
}

/** Where unpacked bytes go, and earlier ones are copied from. */
export interface Output {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** RFC 8878 section 3.1.1.3.2.1.1: bits and bases of the codes of literal and match lengths. */
const literalBits = [
  ...Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const matchBits = [
  ...Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
const literalBases = basesOf(literalBits, 0);
const matchBases = basesOf(matchBits, 3);

/** RFC 8878 section 3.1.1.3.2.2: the tables where none is given. */
const defaultLengths = buildFseTable(
  [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
  ].concat([-1, -1, -1, -1]),
  6,
);
const defaultMatches = buildFseTable(
  [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array<number>(37).fill(1), ...Array<number>(7).fill(-1)],
  6,
);
const defaultOffsets = buildFseTable(
  [1, 1, 1, 1, 1, 1, 2, 2, 2, ...Array<number>(15).fill(1), -1, -1, -1, -1, -1],
  5,
);

function basesOf(bits: readonly number[], first: number): readonly number[] {
  let base = first;
  return bits.map((width) => {
    const own = base;
    base += 2 ** width;
    return own;
  });
}

/** Unpacks one compressed block behind what is there; throws UnlawfulZstd before it costs more than a block may. */
export function unpackBlock(bytes: Uint8Array, state: FrameState, output: Output): void {
  const { literals, end } = readLiterals(bytes, state);
  let at = end;
  let count = bytes[at++] ?? 0;
  if (count === 255) {
    count = (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8) + 0x7f00;
    at += 2;
  } else if (count >= 128) count = ((count - 128) << 8) + (bytes[at++] ?? 0);
  demand(at <= bytes.length);
  if (count === 0) {
    demand(at === bytes.length);
    append(output, literals, 0, literals.length);
    return;
  }
  const modes = bytes[at++] ?? 0;
  demand((modes & 3) === 0);
  const choose = (
    mode: number,
    maxLog: number,
    maxSymbol: number,
    standard: FseTable,
    before: FseTable | null,
  ): FseTable => {
    if (mode === 0) return standard;
    if (mode === 3) {
      demand(before !== null);
      return before;
    }
    if (mode === 1) {
      const symbol = bytes[at++] ?? 255;
      demand(symbol <= maxSymbol);
      return singleSymbolTable(symbol);
    }
    const read = readFseTable(bytes, at, maxLog, maxSymbol);
    at = read.end;
    return read.table;
  };
  state.lengths = choose(modes >> 6, 9, 35, defaultLengths, state.lengths);
  state.offsets = choose((modes >> 4) & 3, 8, 31, defaultOffsets, state.offsets);
  state.matches = choose((modes >> 2) & 3, 9, 52, defaultMatches, state.matches);
  demand(at < bytes.length);
  runSequences(new BackwardBits(bytes.subarray(at)), count, literals, state, output);
}

function runSequences(
  stream: BackwardBits,
  count: number,
  literals: Uint8Array,
  { lengths, offsets, matches, recent }: FrameState,
  output: Output,
): void {
  demand(lengths !== null && offsets !== null && matches !== null);
  const limit = output.length + maxBlockBytes;
  let lengthState = stream.take(lengths.log);
  let offsetState = stream.take(offsets.log);
  let matchState = stream.take(matches.log);
  let used = 0;
  for (let sequence = 0; sequence < count; sequence++) {
    const offsetCode = offsets.symbols[offsetState] ?? 0;
    const matchCode = matches.symbols[matchState] ?? 0;
    const lengthCode = lengths.symbols[lengthState] ?? 0;
    demand(offsetCode <= maxOffsetCode);
    const offsetValue = (1 << offsetCode) + stream.take(offsetCode);
    const match = (matchBases[matchCode] ?? 0) + stream.take(matchBits[matchCode] ?? 0);
    const length = (literalBases[lengthCode] ?? 0) + stream.take(literalBits[lengthCode] ?? 0);
    if (sequence < count - 1) {
      lengthState = (lengths.bases[lengthState] ?? 0) + stream.take(lengths.bits[lengthState] ?? 0);
      matchState = (matches.bases[matchState] ?? 0) + stream.take(matches.bits[matchState] ?? 0);
      offsetState = (offsets.bases[offsetState] ?? 0) + stream.take(offsets.bits[offsetState] ?? 0);
    }
    demand(stream.left >= 0 && used + length <= literals.length);
    demand(output.length + length + match <= limit);
    append(output, literals, used, length);
    used += length;
    copyMatch(output, nextOffset(recent, offsetValue, length), match);
  }
  demand(stream.left === 0 && output.length + literals.length - used <= limit);
  append(output, literals, used, literals.length - used);
}

/** RFC 8878 section 3.1.1.5: small values name one of the last three offsets. */
function nextOffset(recent: [number, number, number], value: number, length: number): number {
  if (value > 3) {
    recent[2] = recent[1];
    recent[1] = recent[0];
    return (recent[0] = value - 3);
  }
  const index = value - 1 + Number(length === 0);
  if (index === 0) return recent[0];
  const offset = index === 3 ? recent[0] - 1 : (recent[index] ?? 0);
  if (index > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  return (recent[0] = offset);
}

/** Grows the output, and copies into it. */
export function append(output: Output, from: Uint8Array, at: number, count: number): void {
  makeRoom(output, count);
  const { bytes, length } = output;
  if (count > byteByByte) bytes.set(from.subarray(at, at + count), length);
  else for (let index = 0; index < count; index++) bytes[length + index] = from[at + index] ?? 0;
  output.length += count;
}

function copyMatch(output: Output, offset: number, count: number): void {
  demand(offset > 0 && offset <= output.length);
  makeRoom(output, count);
  const { bytes, length } = output;
  const isApart = offset >= count && count > byteByByte;
  if (isApart) bytes.copyWithin(length, length - offset, length - offset + count);
  else for (let at = length; at < length + count; at++) bytes[at] = bytes[at - offset] ?? 0;
  output.length += count;
}

function makeRoom(output: Output, count: number): void {
  if (output.length + count <= output.bytes.length) return;
  const larger = new Uint8Array(Math.max(output.bytes.length * 2, output.length + count));
  larger.set(output.bytes.subarray(0, output.length));
  output.bytes = larger;
}

/** RFC 8878 section 3.1.1.3.1. */
function readLiterals(bytes: Uint8Array, state: FrameState) {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0] = bytes;
  const type = b0 & 3;
  const format = (b0 >> 2) & 3;
  if (type < 2) {
    const [size, head] =
      format === 1
        ? [(b0 >> 4) + (b1 << 4), 2]
        : format === 3
          ? [(b0 >> 4) + (b1 << 4) + (b2 << 12), 3]
          : [b0 >> 3, 1];
    const end = head + (type === 0 ? size : 1);
    demand(size <= maxBlockBytes && end <= bytes.length);
    const literals =
      type === 0 ? bytes.subarray(head, end) : new Uint8Array(size).fill(bytes[head] ?? 0);
    return { literals, end };
  }
  const head = [3, 3, 4, 5][format] ?? 5;
  const width = [10, 10, 14, 18][format] ?? 18;
  const packed =
    (b0 >> 4) +
    b1 * 2 ** 4 +
    b2 * 2 ** 12 +
    (head > 3 ? b3 * 2 ** 20 : 0) +
    (head > 4 ? b4 * 2 ** 28 : 0);
  const size = packed % 2 ** width;
  const packedBytes = Math.floor(packed / 2 ** width);
  const end = head + packedBytes;
  demand(size <= maxBlockBytes && end <= bytes.length && packedBytes > 0);
  let at = head;
  if (type === 2) {
    const read = readHuffmanTable(bytes.subarray(0, end), head);
    state.huffman = read.table;
    at = read.end;
  }
  demand(state.huffman !== null);
  const literals = new Uint8Array(size);
  readStreams(state.huffman, bytes.subarray(at, end), literals, format !== 0);
  return { literals, end };
}

function readStreams(
  table: HuffmanTable,
  bytes: Uint8Array,
  out: Uint8Array,
  areFour: boolean,
): void {
  if (!areFour) {
    readHuffmanStream(table, bytes, out);
    return;
  }
  const quarter = (out.length + 3) >> 2;
  demand(bytes.length >= 6 && out.length >= 6);
  let at = 6;
  for (let stream = 0; stream < 4; stream++) {
    const size = (bytes[stream * 2] ?? 0) + ((bytes[stream * 2 + 1] ?? 0) << 8);
    const end = stream === 3 ? bytes.length : at + size;
    const from = quarter * stream;
    const to = stream === 3 ? out.length : quarter * (stream + 1);
    demand(end <= bytes.length && end > at && from <= to);
    readHuffmanStream(table, bytes.subarray(at, end), out.subarray(from, to));
    at = end;
  }
}
