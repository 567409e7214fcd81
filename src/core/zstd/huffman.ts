import { BackwardBits, demand, highBit } from './bits.ts';
import { readFseTable } from './fse.ts';

const maxCodeBits = 11;
const maxWeights = 255;
const weightTableLog = 6;
const maxWeight = 12;

/** A Huffman decoding table: the symbol and the length for every value of `log` bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Reads a tree's description (RFC 8878 section 4.2.1) at `at`; answers it and where it ends. */
export function readHuffmanTable(bytes: Uint8Array, at: number) {
  const head = bytes[at] ?? 0;
  const isPacked = head < 128;
  const end = at + 1 + (isPacked ? head : (head - 126) >> 1);
  demand(end <= bytes.length);
  const weights = isPacked
    ? readPackedWeights(bytes.subarray(at + 1, end))
    : readPlainWeights(bytes, at + 1, head - 127);
  return { table: buildTable(weights), end };
}

function readPlainWeights(bytes: Uint8Array, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const byte = bytes[at + (index >> 1)] ?? 0;
    return index % 2 === 0 ? byte >> 4 : byte & 15;
  });
}

function readPackedWeights(bytes: Uint8Array): number[] {
  const { table, end } = readFseTable(bytes, 0, weightTableLog, maxWeight);
  demand(end < bytes.length);
  const stream = new BackwardBits(bytes.subarray(end));
  const weights: number[] = [];
  const states = [stream.take(table.log), stream.take(table.log)];
  demand(stream.left >= 0);
  // Two states take turns; the one whose bits run out leaves the other's last symbol.
  for (let turn = 0; ; turn = 1 - turn) {
    const state = states[turn] ?? 0;
    weights.push(table.symbols[state] ?? 0);
    demand(weights.length < maxWeights);
    states[turn] = (table.bases[state] ?? 0) + stream.take(table.bits[state] ?? 0);
    if (stream.left < 0) {
      weights.push(table.symbols[states[1 - turn] ?? 0] ?? 0);
      return weights;
    }
  }
}

function buildTable(given: readonly number[]): HuffmanTable {
  let total = 0;
  for (const weight of given) {
    demand(weight < maxWeight);
    if (weight > 0) total += 1 << (weight - 1);
  }
  demand(total > 0);
  const log = highBit(total) + 1;
  const rest = (1 << log) - total;
  demand(log <= maxCodeBits && (rest & (rest - 1)) === 0);
  const weights = [...given, highBit(rest) + 1];
  const symbols = new Uint8Array(1 << log);
  const lengths = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const width = 1 << (weight - 1);
      symbols.fill(symbol, at, at + width);
      lengths.fill(log + 1 - weight, at, at + width);
      at += width;
    }
  }
  demand(at === 1 << log);
  return { log, symbols, lengths };
}

/** Decodes one stream to fill `out` exactly. */
export function readHuffmanStream(table: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const stream = new BackwardBits(bytes);
  for (let index = 0; index < out.length; index++) {
    const value = stream.peek(table.log);
    out[index] = table.symbols[value] ?? 0;
    stream.left -= table.lengths[value] ?? 0;
  }
  demand(stream.left === 0);
}
