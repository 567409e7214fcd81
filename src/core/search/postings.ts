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
const decoder = new TextDecoder();

/** Bits for so many documents, all clear. */
export function createBits(documents: number): DocumentBits {
  return new Uint32Array((documents + 31) >>> 5);
}

/** Whether a document's bit is set. */
export function hasBit(bits: DocumentBits, document: number): boolean {
  return (((bits[document >>> 5] ?? 0) >>> (document & 31)) & 1) === 1;
}

/** Sets a document's bit. */
export function setBit(bits: DocumentBits, document: number): void {
  bits[document >>> 5] = (bits[document >>> 5] ?? 0) | (1 << (document & 31));
}

/** Writes sorted terms and their lists one after another. */
export class PostingsWriter {
  #terms = new Uint8Array(4_096);
  #lists = new Uint8Array(16_384);
  #termLength = 0;
  #listLength = 0;
  readonly #termEnds: number[] = [];
  readonly #listEnds: number[] = [];

  /** Adds the next term, which sorts after the one before, with its ascending documents. */
  add(term: string, documents: ArrayLike<number>): void {
    this.#terms = withRoom(this.#terms, this.#termLength + term.length * 3);
    const { written } = encoder.encodeInto(term, this.#terms.subarray(this.#termLength));
    this.#termLength += written;
    this.#addList(documents);
  }

  /** The same with a term that is in UTF-8 already. */
  addEncoded(term: Uint8Array, documents: ArrayLike<number>): void {
    this.#terms = withRoom(this.#terms, this.#termLength + term.length);
    this.#terms.set(term, this.#termLength);
    this.#termLength += term.length;
    this.#addList(documents);
  }

  #addList(documents: ArrayLike<number>): void {
    this.#lists = withRoom(this.#lists, this.#listLength + documents.length * 3);
    let previous = -1;
    for (let index = 0; index < documents.length; index++) {
      const document = documents[index] ?? 0;
      let gap = document - previous - 1;
      previous = document;
      while (gap > 127) {
        this.#lists[this.#listLength++] = (gap & 127) | 128;
        gap >>>= 7;
      }
      this.#lists[this.#listLength++] = gap;
    }
    this.#termEnds.push(this.#termLength);
    this.#listEnds.push(this.#listLength);
  }

  finish(): Postings {
    return {
      terms: this.#terms.slice(0, this.#termLength),
      termEnds: Uint32Array.from(this.#termEnds),
      lists: this.#lists.slice(0, this.#listLength),
      listEnds: Uint32Array.from(this.#listEnds),
    };
  }
}

/** Terms are sorted on so many shelves at a time; others may run in between. */
const termsPerStep = 2_048;

/** Collects the words of documents that come in ascending order. */
export class PostingsBuilder {
  readonly #numberByTerm = new Map<string, number>();
  /** By the term's number: how many documents have it, and the last one. */
  #counts = new Uint32Array(4_096);
  #last = new Int32Array(4_096).fill(-1);
  /** What was met, in its order: the term's number and the document. */
  #termsMet = new Uint32Array(16_384);
  #documentsMet = new Uint32Array(16_384);
  #met = 0;

  add(document: number, words: readonly string[]): void {
    for (const word of words) {
      const known = this.#numberByTerm.get(word);
      const number = known ?? this.#numberByTerm.size;
      if (known === undefined) this.#addTerm(word, number);
      if (this.#last[number] === document) continue;
      this.#last[number] = document;
      this.#counts[number] = (this.#counts[number] ?? 0) + 1;
      if (this.#met === this.#termsMet.length) this.#growMet();
      this.#termsMet[this.#met] = number;
      this.#documentsMet[this.#met++] = document;
    }
  }

  finish(): Postings {
    const steps = this.finishInSteps();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same, yielding now and then so that others may run. */
  *finishInSteps(): Generator<undefined, Postings> {
    const terms = [...this.#numberByTerm.keys()];
    const ends = new Uint32Array(terms.length);
    let end = 0;
    for (let number = 0; number < terms.length; number++) {
      ends[number] = end;
      end += this.#counts[number] ?? 0;
    }
    const documents = new Uint32Array(this.#met);
    for (let met = 0; met < this.#met; met++) {
      const number = this.#termsMet[met] ?? 0;
      const at = ends[number] ?? 0;
      documents[at] = this.#documentsMet[met] ?? 0;
      ends[number] = at + 1;
    }
    yield;
    const writer = new PostingsWriter();
    let steps = 0;
    for (const shelf of shelvesOf(terms)) {
      shelf.sort();
      yield;
      for (const term of shelf) {
        const number = this.#numberByTerm.get(term) ?? 0;
        const to = ends[number] ?? 0;
        writer.add(term, documents.subarray(to - (this.#counts[number] ?? 0), to));
        if (++steps % termsPerStep === 0) yield;
      }
    }
    return writer.finish();
  }

  #addTerm(word: string, number: number): void {
    this.#numberByTerm.set(word, number);
    if (number < this.#counts.length) return;
    const counts = new Uint32Array(number * 2);
    counts.set(this.#counts);
    const last = new Int32Array(number * 2).fill(-1);
    last.set(this.#last);
    this.#counts = counts;
    this.#last = last;
  }

  #growMet(): void {
    const terms = new Uint32Array(this.#met * 2);
    terms.set(this.#termsMet);
    const documents = new Uint32Array(this.#met * 2);
    documents.set(this.#documentsMet);
    this.#termsMet = terms;
    this.#documentsMet = documents;
  }
}

/** Terms by their first code unit, in its order: each shelf small enough to be sorted in one step. */
function shelvesOf(terms: readonly string[]): readonly string[][] {
  const shelves = new Map<number, string[]>();
  for (const term of terms) {
    const unit = term.charCodeAt(0);
    const shelf = shelves.get(unit);
    if (shelf === undefined) shelves.set(unit, [term]);
    else shelf.push(term);
  }
  return [...shelves].sort(([a], [b]) => a - b).map(([, shelf]) => shelf);
}

/** The term at a place. */
export function termAt(postings: Postings, place: number): string {
  return decoder.decode(termBytesAt(postings, place));
}

/** The same in UTF-8, as a view. */
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
    const mark = (document: number) => {
      setBit(bits, document);
    };
    for (const spelling of spellings) {
      let place = firstPlaceFrom(postings, spelling);
      while (place < postings.termEnds.length) {
        const term = termAt(postings, place);
        if (isPrefix ? !term.startsWith(spelling) : term !== spelling) break;
        forEachDocument(postings, place, mark);
        place++;
      }
    }
    for (let index = 0; found !== undefined && index < bits.length; index++) {
      bits[index] = (bits[index] ?? 0) & (found[index] ?? 0);
    }
    found = bits;
  }
  return found ?? createBits(documents);
}

/** The first place whose term is not before the given one. */
function firstPlaceFrom(postings: Postings, term: string): number {
  let low = 0;
  let high = postings.termEnds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (termAt(postings, middle) < term) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withRoom(bytes: Bytes, needed: number): Bytes {
  if (needed <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
