import type { Bytes } from '../types/bytes.ts';
import type { QueryWord } from './words.ts';

/**
 * Which documents of a segment have which words, as it is stored and searched. Terms are sorted by
 * UTF-16 code units; each list is the ascending documents' gaps as varints (LEB128).
 */
export interface Postings {
  /** All terms in UTF-8, one after another, and where each ends. */
  readonly terms: Bytes;
  readonly termEnds: Uint32Array<ArrayBuffer>;
  readonly lists: Bytes;
  readonly listEnds: Uint32Array<ArrayBuffer>;
}

/** One bit a document. */
export type DocumentBits = Uint32Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** Bits for so many documents, all clear. */
export function createBits(documents: number): DocumentBits {
  return new Uint32Array((documents + 31) >>> 5);
}

/** The first document from a number on whose bit is set; Infinity where there is none. */
export function nextBit(bits: DocumentBits, from: number): number {
  let index = from >>> 5;
  let rest = (bits[index] ?? 0) & (-1 << (from & 31));
  while (rest === 0) {
    if (++index >= bits.length) return Infinity;
    rest = bits[index] ?? 0;
  }
  return index * 32 + 31 - Math.clz32(rest & -rest);
}

/** Writes sorted terms and their lists one after another. */
export class PostingsWriter {
  #terms = new Uint8Array(4_096);
  #lists = new Uint8Array(16_384);
  #termLength = 0;
  #listLength = 0;
  readonly #termEnds: number[] = [];
  readonly #listEnds: number[] = [];

  /** Adds the next term, which sorts after the one before, in UTF-16; half a surrogate pair becomes U+FFFD. */
  addTerm(units: Uint16Array, from: number, to: number): void {
    const terms = (this.#terms = withRoom(this.#terms, this.#termLength + (to - from) * 3));
    let end = this.#termLength;
    for (let at = from; at < to; at++) {
      let code = units[at] ?? 0;
      if ((code & 0xf800) === 0xd800) {
        const next = at + 1 < to ? (units[at + 1] ?? 0) : 0;
        const isPair = code < 0xdc00 && (next & 0xfc00) === 0xdc00;
        code = isPair ? 0x1_0000 + ((code & 0x3ff) << 10) + (next & 0x3ff) : 0xfffd;
        if (isPair) at++;
      }
      if (code < 0x80) terms[end++] = code;
      else {
        if (code < 0x800) terms[end++] = 0xc0 | (code >> 6);
        else {
          if (code < 0x1_0000) terms[end++] = 0xe0 | (code >> 12);
          else {
            terms[end++] = 0xf0 | (code >> 18);
            terms[end++] = 0x80 | ((code >> 12) & 63);
          }
          terms[end++] = 0x80 | ((code >> 6) & 63);
        }
        terms[end++] = 0x80 | (code & 63);
      }
    }
    this.#termLength = end;
    this.#termEnds.push(end);
  }

  /** The same with a term that is in UTF-8 already. */
  addEncodedTerm(term: Uint8Array): void {
    this.#terms = withRoom(this.#terms, this.#termLength + term.length);
    this.#terms.set(term, this.#termLength);
    this.#termLength += term.length;
    this.#termEnds.push(this.#termLength);
  }

  /** Adds the ascending documents of the term that was added last. */
  addList(documents: Uint32Array, from: number, to: number): void {
    const lists = (this.#lists = withRoom(this.#lists, this.#listLength + (to - from) * 3));
    let end = this.#listLength;
    let previous = -1;
    for (let index = from; index < to; index++) {
      const document = documents[index] ?? 0;
      let gap = document - previous - 1;
      previous = document;
      while (gap > 127) {
        lists[end++] = (gap & 127) | 128;
        gap >>>= 7;
      }
      lists[end++] = gap;
    }
    this.#listLength = end;
    this.#listEnds.push(end);
  }

  finish(): Postings {
    return {
      terms: this.#terms.slice(0, this.#termLength),
      termEnds: new Uint32Array(this.#termEnds),
      lists: this.#lists.slice(0, this.#listLength),
      listEnds: new Uint32Array(this.#listEnds),
    };
  }
}

/** The term at a place in UTF-8, as a view. */
export function termBytesAt({ terms, termEnds }: Postings, place: number): Bytes {
  return terms.subarray(termEnds[place - 1] ?? 0, termEnds[place] ?? 0);
}

/** Calls back with each document of the term at a place, ascending. */
export function forEachDocument(
  { lists, listEnds }: Postings,
  place: number,
  visit: (document: number) => void,
): void {
  const end = listEnds[place] ?? 0;
  let offset = listEnds[place - 1] ?? 0;
  let document = -1;
  while (offset < end) {
    let gap = 0;
    let shift = 0;
    let byte = lists[offset++] ?? 0;
    while (byte > 127) {
      gap |= (byte & 127) << shift;
      shift += 7;
      byte = lists[offset++] ?? 0;
    }
    document += (gap | (byte << shift)) + 1;
    visit(document);
  }
}

/** The documents that have every word of a query. */
export function findDocuments(
  postings: Postings,
  documents: number,
  words: readonly QueryWord[],
): DocumentBits {
  let found: DocumentBits | undefined;
  for (const { spellings, isPrefix } of words) {
    const bits = createBits(documents);
    for (const spelling of spellings) {
      const term = encoder.encode(spelling);
      let place = firstPlaceFrom(postings, term);
      while (place < postings.termEnds.length && beginsWith(postings, place, term)) {
        if (!isPrefix && lengthAt(postings, place) > term.length) break;
        markDocuments(postings, place, bits);
        place++;
      }
    }
    if (!keepShared(bits, found)) return bits;
    found = bits;
  }
  return found ?? createBits(documents);
}

/** Sets the bits of the term at a place. */
function markDocuments({ lists, listEnds }: Postings, place: number, bits: DocumentBits): void {
  const end = listEnds[place] ?? 0;
  let offset = listEnds[place - 1] ?? 0;
  let document = -1;
  while (offset < end) {
    let byte = lists[offset++] ?? 0;
    let gap = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = lists[offset++] ?? 0;
      gap |= (byte & 127) << shift;
    }
    document += gap + 1;
    bits[document >>> 5] = (bits[document >>> 5] ?? 0) | (1 << (document & 31));
  }
}

/** Clears what the words before do not have; whether anything is left. */
function keepShared(bits: DocumentBits, found: DocumentBits | undefined): boolean {
  let left = 0;
  for (let index = 0; index < bits.length; index++) {
    const shared = found === undefined ? bits[index] : (bits[index] ?? 0) & (found[index] ?? 0);
    bits[index] = shared ?? 0;
    left |= shared ?? 0;
  }
  return left !== 0;
}

/** The first place whose term is not before the given one. */
function firstPlaceFrom(postings: Postings, term: Bytes): number {
  let low = 0;
  let high = postings.termEnds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareTerms(termBytesAt(postings, middle), term) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lengthAt({ termEnds }: Postings, place: number): number {
  return (termEnds[place] ?? 0) - (termEnds[place - 1] ?? 0);
}

function beginsWith(postings: Postings, place: number, beginning: Bytes): boolean {
  if (lengthAt(postings, place) < beginning.length) return false;
  const start = postings.termEnds[place - 1] ?? 0;
  for (let index = 0; index < beginning.length; index++) {
    if (postings.terms[start + index] !== beginning[index]) return false;
  }
  return true;
}

/** The order of UTF-16 code units, seen from UTF-8: only what lies beyond the surrogates stands elsewhere. */
export function compareTerms(a: Bytes, b: Bytes): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    if (x !== y) return unitRank(x) - unitRank(y);
  }
  return a.length - b.length;
}

/** U+E000 to U+FFFF begin with EE or EF and sort behind the surrogate pairs, which begin with F0 to F4. */
function unitRank(byte: number): number {
  if (byte < 0xee) return byte;
  return byte < 0xf0 ? byte + 8 : byte - 2;
}

function withRoom(bytes: Bytes, needed: number): Bytes {
  if (needed <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
