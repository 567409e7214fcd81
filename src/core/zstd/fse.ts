import { demand, highBit } from './bits.ts';

/** A finite-state-entropy decoding table (RFC 8878 section 4.1.1). */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Reads a table's description at `at`; answers it and where it ends. */
export function readFseTable(
  bytes: Uint8Array,
  at: number,
  maxLog: number,
  maxSymbol: number,
): { readonly table: FseTable; readonly end: number } {
  const log = ((bytes[at] ?? 0) & 15) + 5;
  demand(log <= maxLog);
  let bit = at * 8 + 4;
  const read = (count: number) => {
    const byte = bit >> 3;
    const low = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    return (low >> (bit & 7)) & ((1 << count) - 1);
  };
  const shares: number[] = [];
  let left = (1 << log) + 1;
  let threshold = 1 << log;
  let width = log + 1;
  while (left > 1) {
    demand(shares.length <= maxSymbol && bit <= bytes.length * 8);
    const short = 2 * threshold - 1 - left;
    let value = read(width - 1);
    if (value < short) bit += width - 1;
    else {
      value = read(width);
      if (value >= threshold) value -= short;
      bit += width;
    }
    const share = value - 1;
    left -= Math.abs(share);
    shares.push(share);
    if (share === 0) {
      for (let skip = 3; skip === 3;) {
        demand(bit <= bytes.length * 8);
        skip = read(2);
        bit += 2;
        for (let count = 0; count < skip; count++) shares.push(0);
      }
    }
    while (left < threshold) {
      threshold >>= 1;
      width--;
    }
  }
  demand(left === 1 && shares.length <= maxSymbol + 1 && bit <= bytes.length * 8);
  return { table: buildFseTable(shares, log), end: (bit + 7) >> 3 };
}

/** A table from each symbol's share of the states; -1 for "less than one". */
export function buildFseTable(shares: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = shares.map((share) => Math.abs(share));
  let high = size - 1;
  for (const [symbol, share] of shares.entries()) if (share === -1) symbols[high--] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (const [symbol, share] of shares.entries()) {
    for (let count = 0; count < share; count++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position > high);
    }
  }
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] ?? 0;
    const value = next[symbol] ?? 1;
    next[symbol] = value + 1;
    bits[state] = log - highBit(value);
    bases[state] = (value << (bits[state] ?? 0)) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table of one symbol that costs no bits. */
export function singleSymbolTable(symbol: number): FseTable {
  return {
    log: 0,
    symbols: Uint8Array.of(symbol),
    bits: Uint8Array.of(0),
    bases: Uint16Array.of(0),
  };
}
