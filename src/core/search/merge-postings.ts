import type { Bytes } from '../types/bytes.ts';
import {
  compareTerms,
  forEachDocument,
  PostingsWriter,
  termBytesAt,
  type Postings,
} from './postings.ts';

/** A segment that goes into a larger one: each of its documents' new number there, or -1 for one that leaves. */
export interface MergedPart {
  readonly postings: Postings;
  readonly newNumbers: Int32Array<ArrayBuffer>;
}

const termsPerStep = 512;

/** How far one part has been read: the place of its next term. */
interface Cursor extends MergedPart {
  place: number;
  term: Bytes;
}

/** Merges segments without looking at their texts again; yields now and then so that others may run. */
export function* mergePostings(parts: readonly MergedPart[]): Generator<undefined, Postings> {
  let cursors: readonly Cursor[] = parts
    .filter(({ postings }) => postings.termEnds.length > 0)
    .map((part): Cursor => ({ ...part, place: 0, term: termBytesAt(part.postings, 0) }));
  const documents = new Uint32Array(
    parts.reduce((sum, { newNumbers }) => sum + newNumbers.length, 0),
  );
  const writer = new PostingsWriter();
  for (let steps = 1; cursors.length > 0; steps++) {
    const term = firstTerm(cursors);
    let count = 0;
    let isAnyDone = false;
    for (const cursor of cursors) {
      if (compareTerms(cursor.term, term) !== 0) continue;
      const { postings, newNumbers } = cursor;
      forEachDocument(postings, cursor.place, (document) => {
        const newNumber = newNumbers[document] ?? -1;
        if (newNumber >= 0) documents[count++] = newNumber;
      });
      cursor.place++;
      if (isDone(cursor)) isAnyDone = true;
      else cursor.term = termBytesAt(postings, cursor.place);
    }
    if (isAnyDone) cursors = cursors.filter((cursor) => !isDone(cursor));
    if (count > 0) {
      sortIfNeeded(documents, count);
      writer.addEncodedTerm(term);
      writer.addList(documents, 0, count);
    }
    if (steps % termsPerStep === 0) yield;
  }
  return writer.finish();
}

function isDone({ place, postings }: Cursor): boolean {
  return place === postings.termEnds.length;
}

function firstTerm(cursors: readonly Cursor[]): Bytes {
  let first: Bytes | undefined;
  for (const { term } of cursors) {
    if (first === undefined || compareTerms(term, first) < 0) first = term;
  }
  return first ?? new Uint8Array(0);
}

/** Parts follow one another by day more often than not, so that most lists are in order already. */
function sortIfNeeded(documents: Uint32Array, count: number): void {
  for (let index = 1; index < count; index++) {
    if ((documents[index] ?? 0) >= (documents[index - 1] ?? 0)) continue;
    documents.subarray(0, count).sort();
    return;
  }
}
