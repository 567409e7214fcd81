import type { Bytes } from '../types/bytes.ts';
import type { ShortId } from './short-id.ts';
import { symbolBytes } from './sizes.ts';

/*
 * Rateless set reconciliation after Yang, Gilad and Alizadeh, "Practical Rateless Set
 * Reconciliation" (SIGCOMM 2024, arXiv 2402.02668): a set is an endless sequence of coded symbols,
 * each the xor of the members mapped to it; member i is in symbol j with probability 1/(1 + j/2).
 * The symbols of two sets, xored, are the symbols of their difference, and some 1.4 to 2 of them
 * for each member of the difference give it back. Symbols here carry no counts: whose a member is,
 * its holder knows.
 */

/** An honest difference is found in some twenty passes; this bounds what a crafted one costs. */
const maxPasses = 128;

/** The first symbols of a set, field by field. */
export interface CodedSymbols {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly check: Uint32Array;
}

/** Symbols of the empty set. */
export function emptySymbols(count: number): CodedSymbols {
  return {
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    check: new Uint32Array(count),
  };
}

/** Puts a member in, or takes it out: xor knows no difference. */
export function toggleMember(symbols: CodedSymbols, member: ShortId): void {
  const { high, low, check } = symbols;
  const count = high.length;
  const sum = checkOf(member.high, member.low);
  let state = seedOf(member);
  for (let index = 0; index < count;) {
    high[index] = (high[index] ?? 0) ^ member.high;
    low[index] = (low[index] ?? 0) ^ member.low;
    check[index] = (check[index] ?? 0) ^ sum;
    state = (state + 0x9e3779b9) >>> 0;
    const uniform = (mix(state) + 1) / 0x1_0000_0000;
    index += Math.max(1, Math.ceil((index + 1.5) * (1 / Math.sqrt(uniform) - 1)));
  }
}

/** Members of the difference of two sets, by their symbols; undefined where there are too few symbols to tell. */
export function findDifference(
  one: CodedSymbols,
  other: CodedSymbols,
): readonly ShortId[] | undefined {
  const left = xorSymbols(one, other);
  const { high, low, check } = left;
  const found: ShortId[] = [];
  const count = high.length;
  const isPure = (index: number) =>
    (high[index] !== 0 || low[index] !== 0) &&
    check[index] === checkOf(high[index] ?? 0, low[index] ?? 0);
  // Later symbols have fewer members: peeling from the end finds most at the first pass.
  for (let pass = 0, before = -1; before !== found.length && pass < maxPasses; pass++) {
    before = found.length;
    for (let index = count - 1; index >= 0; index--) {
      if (!isPure(index)) continue;
      // A difference has fewer members than it has symbols; more are an attack on our time.
      if (found.length === count) return undefined;
      const member = { high: high[index] ?? 0, low: low[index] ?? 0 };
      found.push(member);
      toggleMember(left, member);
    }
  }
  const isEmpty = [high, low, check].every((field) => field.every((value) => value === 0));
  return isEmpty ? found : undefined;
}

/** Symbols as they are sent. */
export function encodeSymbols({ high, low, check }: CodedSymbols, from: number, to: number): Bytes {
  const bytes = new Uint8Array((to - from) * symbolBytes);
  const view = new DataView(bytes.buffer);
  for (let index = from; index < to; index++) {
    const at = (index - from) * symbolBytes;
    view.setUint32(at, high[index] ?? 0);
    view.setUint32(at + 4, low[index] ?? 0);
    view.setUint32(at + 8, check[index] ?? 0);
  }
  return bytes;
}

/** Symbols from what was sent; bytes that are no whole number of them are left out. */
export function decodeSymbols(bytes: Uint8Array): CodedSymbols {
  const symbols = emptySymbols(Math.floor(bytes.length / symbolBytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0; index < symbols.high.length; index++) {
    const at = index * symbolBytes;
    symbols.high[index] = view.getUint32(at);
    symbols.low[index] = view.getUint32(at + 4);
    symbols.check[index] = view.getUint32(at + 8);
  }
  return symbols;
}

function xorSymbols(one: CodedSymbols, other: CodedSymbols): CodedSymbols {
  const xor = (a: Uint32Array, b: Uint32Array) => a.map((value, index) => value ^ (b[index] ?? 0));
  return {
    high: xor(one.high, other.high),
    low: xor(one.low, other.low),
    check: xor(one.check, other.check),
  };
}

function checkOf(high: number, low: number): number {
  return mix((mix(high ^ 0x5bd1e995) + low) >>> 0);
}

function seedOf({ high, low }: ShortId): number {
  return mix((mix(low) + high) >>> 0);
}

/** MurmurHash3's 32-bit finalizer. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
