import { forEachDocument, PostingsWriter, termAt, type Postings } from './postings.ts';

/** A segment that goes into a larger one: each of its documents' new number there, or -1 for one that leaves. */
export interface MergedPart {
  readonly postings: Postings;
  readonly newNumbers: Int32Array<ArrayBuffer>;
}

const termsPerStep = 512;

/** Merges segments without looking at their texts again; yields now and then so that others may run. */
export function* mergePostings(parts: readonly MergedPart[]): Generator<undefined, Postings> {
  // Terms by their first code unit: each small enough to be sorted in one step.
  const shelves = new Map<number, Map<string, number[]>>();
  let steps = 0;
  for (const { postings, newNumbers } of parts) {
    for (let place = 0; place < postings.termEnds.length; place++) {
      const term = termAt(postings, place);
      const documents = documentsOf(shelves, term);
      forEachDocument(postings, place, (document) => {
        const newNumber = newNumbers[document] ?? -1;
        if (newNumber >= 0) documents.push(newNumber);
      });
      if (++steps % termsPerStep === 0) yield;
    }
  }
  const writer = new PostingsWriter();
  for (const unit of [...shelves.keys()].sort((a, b) => a - b)) {
    const shelf = shelves.get(unit) ?? new Map<string, number[]>();
    const terms = [...shelf.keys()].sort();
    yield;
    for (const term of terms) {
      const documents = shelf.get(term) ?? [];
      if (documents.length > 0) writer.add(term, ascending(documents));
      if (++steps % termsPerStep === 0) yield;
    }
    shelves.delete(unit);
  }
  return writer.finish();
}

/** Batches came newest first, so that most lists are in order already. */
function ascending(documents: number[]): number[] {
  for (let index = 1; index < documents.length; index++) {
    if ((documents[index] ?? 0) < (documents[index - 1] ?? 0)) {
      return documents.sort((a, b) => a - b);
    }
  }
  return documents;
}

function documentsOf(shelves: Map<number, Map<string, number[]>>, term: string): number[] {
  const unit = term.charCodeAt(0);
  let shelf = shelves.get(unit);
  if (shelf === undefined) shelves.set(unit, (shelf = new Map<string, number[]>()));
  let documents = shelf.get(term);
  if (documents === undefined) shelf.set(term, (documents = []));
  return documents;
}
