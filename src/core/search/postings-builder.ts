import { PostingsWriter, type Postings } from './postings.ts';

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
