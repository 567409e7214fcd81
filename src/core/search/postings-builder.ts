import { runSteps } from '../types/steps.ts';
import { PostingsWriter, type Postings } from './postings.ts';
import { TermTable } from './term-table.ts';

/** So many terms are written before others may run. */
const termsPerStep = 4_096;

/** Collects the words of documents that come in ascending order. */
export class PostingsBuilder {
  readonly #terms: TermTable;
  /** By the term's number: how many documents have it, and the last one. */
  #counts = new Uint32Array(4_096);
  #last = new Int32Array(4_096).fill(-1);
  /** What was met, in its order: the term's number and the document. */
  #termsMet = new Uint32Array(16_384);
  #documentsMet = new Uint32Array(16_384);
  #met = 0;
  #document = 0;

  /** A secret is 32 bits that writers of words do not know (`TermTable`). */
  constructor(secret: number) {
    this.#terms = new TermTable(secret);
  }

  /** The words that are added from now on are this document's. */
  begin(document: number): void {
    this.#document = document;
  }

  /** Adds a word: the first code units of an array that is looked at no more afterwards. */
  readonly addWord = (units: Uint16Array, length: number): void => {
    const number = this.#terms.numberOf(units, length);
    if (number >= this.#counts.length) this.#growTerms();
    const document = this.#document;
    if (this.#last[number] === document) return;
    this.#last[number] = document;
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    if (this.#met === this.#termsMet.length) this.#growMet();
    this.#termsMet[this.#met] = number;
    this.#documentsMet[this.#met++] = document;
  };

  finish(): Postings {
    return runSteps(this.finishInSteps());
  }

  /** The same, yielding now and then so that others may run. */
  *finishInSteps(): Generator<undefined, Postings> {
    const terms = this.#terms;
    const ends = new Uint32Array(terms.size);
    let end = 0;
    for (let number = 0; number < terms.size; number++) {
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
    const numbers = yield* terms.sorted();
    yield;
    const writer = new PostingsWriter();
    for (let place = 0; place < numbers.length; place++) {
      const number = numbers[place] ?? 0;
      writer.addTerm(terms.units, terms.startOf(number), terms.endOf(number));
      const to = ends[number] ?? 0;
      writer.addList(documents, to - (this.#counts[number] ?? 0), to);
      if (place % termsPerStep === termsPerStep - 1) yield;
    }
    return writer.finish();
  }

  #growTerms(): void {
    const counts = new Uint32Array(this.#counts.length * 2);
    counts.set(this.#counts);
    const last = new Int32Array(counts.length).fill(-1);
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
