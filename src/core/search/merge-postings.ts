import { forEachDocument, PostingsWriter, termAt, type Postings } from './postings.ts';

/** A segment that goes into a larger one: each of its documents' new number there, or -1 for one that leaves. */
export interface MergedPart {
  readonly postings: Postings;
  readonly newNumbers: Int32Array<ArrayBuffer>;
}

const termsPerStep = 256;

/** Merges segments without looking at their texts again; yields now and then so that others may run. */
export function* mergePostings(parts: readonly MergedPart[]): Generator<undefined, Postings> {
  const writer = new PostingsWriter();
  const cursors = parts
    .map((part) => ({
      ...part,
      place: 0,
      term: part.postings.termEnds.length > 0 ? termAt(part.postings, 0) : null,
    }))
    .filter(({ term }) => term !== null);
  let documents: number[] = [];
  const keep = (newNumber: number | undefined) => {
    if (newNumber !== undefined && newNumber >= 0) documents.push(newNumber);
  };
  for (let step = 1; ; step++) {
    let least: string | null = null;
    for (const { term } of cursors) {
      if (term !== null && (least === null || term < least)) least = term;
    }
    if (least === null) return writer.finish();
    documents = [];
    for (const cursor of cursors) {
      if (cursor.term !== least) continue;
      const { newNumbers } = cursor;
      forEachDocument(cursor.postings, cursor.place, (document) => {
        keep(newNumbers[document]);
      });
      cursor.place++;
      cursor.term =
        cursor.place < cursor.postings.termEnds.length
          ? termAt(cursor.postings, cursor.place)
          : null;
    }
    if (documents.length > 0)
      writer.add(
        least,
        documents.sort((a, b) => a - b),
      );
    if (step % termsPerStep === 0) yield;
  }
}
