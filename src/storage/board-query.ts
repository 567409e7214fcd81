import { findDocuments, nextBit, type Postings } from '#core/search/postings.ts';
import type { QueryWord } from '#core/search/words.ts';
import { compareBytes, type Bytes } from '#core/types/bytes.ts';
import { AuthorSet } from './author-set.ts';
import { maxSegmentDocuments, type Segment } from './board-segment.ts';
import { localOf, type BoardDocuments, type DocumentNumber } from './board-documents.ts';

/** What the device's helper can do, in the columns' terms. */
export interface MatchColumns {
  readonly skills: number;
  readonly languages: readonly string[];
  readonly countries: readonly string[];
}

/** A question to the columns; null is no wish. */
export interface ColumnQuery {
  readonly words: readonly QueryWord[];
  readonly kind: number | null;
  /** One bit of the skills' column. */
  readonly skill: number | null;
  readonly language: string | null;
  readonly country: string | null;
  readonly urgency: number | null;
  readonly status: number | null;
  readonly fromDay: number | null;
  /** Only what came to this device after so many batches. */
  readonly afterArrival: number | null;
  readonly onlyDocuments: readonly DocumentNumber[] | null;
  readonly onlyAuthors: AuthorSet | null;
  /** Sorts by how well entries match; null for the newest first. */
  readonly match: MatchColumns | null;
}

/** What a segment has for a query, in the board's order. */
interface SegmentHits {
  readonly segment: Segment;
  readonly place: number;
  readonly locals: Uint16Array<ArrayBuffer>;
}

/** Everything that matches: lists of hits, the best-matching list first. */
export interface Hits {
  readonly total: number;
  readonly byScore: readonly (readonly SegmentHits[])[];
}

/** Skills weigh most, then the language in which help is given, then the country. */
const skillWeight = 4;
const languageWeight = 2;
const maxScore = 12 * skillWeight + languageWeight + 1;

/** Finds what matches; every segment's postings have to be there where there are words. */
export function findHits(
  documents: BoardDocuments,
  query: ColumnQuery,
  postingsOf: (segment: Segment) => Postings | undefined,
): Hits {
  const byScore: SegmentHits[][] = Array.from(
    { length: query.match === null ? 1 : maxScore + 1 },
    () => [],
  );
  let total = 0;
  const allowed = query.onlyDocuments === null ? null : new Set(query.onlyDocuments);
  for (const [place, segment] of documents.segments.entries()) {
    if (segment === null) continue;
    const locals = findInSegment(segment, place, query, allowed, postingsOf);
    total += locals.length;
    if (locals.length === 0) continue;
    if (query.match === null) byScore[0]?.push({ segment, place, locals });
    else sortByScore(segment, place, locals, query.match, byScore);
  }
  return { total, byScore: byScore.reverse() };
}

const scratch = new Uint16Array(maxSegmentDocuments);

function findInSegment(
  segment: Segment,
  place: number,
  query: ColumnQuery,
  allowed: ReadonlySet<DocumentNumber> | null,
  postingsOf: (segment: Segment) => Postings | undefined,
): Uint16Array<ArrayBuffer> {
  const language = query.language === null ? -1 : segment.languages.indexOf(query.language);
  const country = query.country === null ? -1 : segment.countries.indexOf(query.country);
  const isAbsent =
    (query.language !== null && language < 0) || (query.country !== null && country < 0);
  if (isAbsent) return scratch.slice(0, 0);
  const postings = query.words.length === 0 ? undefined : postingsOf(segment);
  if (query.words.length > 0 && postings === undefined) return scratch.slice(0, 0);
  const bits = postings && findDocuments(postings, segment.count, query.words);
  const { kind, skill, urgency, status, fromDay, afterArrival, onlyAuthors } = query;
  const end = fromDay === null ? segment.count : firstBefore(segment, fromDay);
  const matches = (local: number): boolean => {
    if (segment.shown[local] === 0) return false;
    if (kind !== null && segment.kinds[local] !== kind) return false;
    if (skill !== null && ((segment.skills[local] ?? 0) & skill) === 0) return false;
    if (language >= 0 && segment.languageNumbers[local] !== language) return false;
    if (country >= 0 && segment.countryNumbers[local] !== country) return false;
    if (urgency !== null && segment.urgencies[local] !== urgency) return false;
    if (status !== null && segment.statuses[local] !== status) return false;
    if (afterArrival !== null && (segment.arrivals[local] ?? 0) <= afterArrival) return false;
    if (allowed !== null && !allowed.has(place * maxSegmentDocuments + local)) return false;
    return onlyAuthors === null || onlyAuthors.hasWritten(segment, local);
  };
  let found = 0;
  if (bits === undefined) {
    for (let local = 0; local < end; local++) if (matches(local)) scratch[found++] = local;
  } else {
    for (let local = nextBit(bits, 0); local < end; local = nextBit(bits, local + 1)) {
      if (matches(local)) scratch[found++] = local;
    }
  }
  return scratch.slice(0, found);
}

/** The first document of an earlier day; they stand newest first. */
function firstBefore({ days, count }: Segment, day: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) >= day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortByScore(
  segment: Segment,
  place: number,
  locals: Uint16Array<ArrayBuffer>,
  match: MatchColumns,
  byScore: SegmentHits[][],
): void {
  const languages = segment.languages.map((tag) => match.languages.includes(tag));
  const countries = segment.countries.map((code) => match.countries.includes(code));
  const found = new Map<number, number[]>();
  for (const local of locals) {
    const skills = countBits((segment.skills[local] ?? 0) & match.skills);
    const speaks = languages[segment.languageNumbers[local] ?? 0] === true;
    const knows = countries[segment.countryNumbers[local] ?? 0] === true;
    const score = skills * skillWeight + (speaks ? languageWeight : 0) + (knows ? 1 : 0);
    const list = found.get(score);
    if (list === undefined) found.set(score, [local]);
    else list.push(local);
  }
  for (const [score, list] of found) {
    byScore[score]?.push({ segment, place, locals: Uint16Array.from(list) });
  }
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** One page of the hits, in order. */
export function pageOfHits(hits: Hits, offset: number, limit: number): readonly DocumentNumber[] {
  const page: DocumentNumber[] = [];
  let skip = offset;
  for (const lists of hits.byScore) {
    const size = lists.reduce((sum, { locals }) => sum + locals.length, 0);
    if (skip < size && page.length < limit) takeMerged(lists, skip, limit, page);
    skip = Math.max(0, skip - size);
  }
  return page;
}

interface Cursor {
  readonly hits: SegmentHits;
  at: number;
}

/** Merges the segments' lists from an offset on; whole days are skipped by halving. */
function takeMerged(
  lists: readonly SegmentHits[],
  offset: number,
  limit: number,
  page: DocumentNumber[],
): void {
  const day = dayAtOffset(lists, offset);
  const cursors: Cursor[] = lists.map((hits) => ({ hits, at: countAfter(hits, day) }));
  let rest = offset - cursors.reduce((sum, { at }) => sum + at, 0);
  while (page.length < limit) {
    let first: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.at >= cursor.hits.locals.length) continue;
      if (first === undefined || isBefore(cursor, first)) first = cursor;
    }
    if (first === undefined) return;
    if (rest > 0) rest--;
    else page.push(first.hits.place * maxSegmentDocuments + localAt(first));
    first.at++;
  }
}

/** The latest day such that no more than `offset` hits are newer. */
function dayAtOffset(lists: readonly SegmentHits[], offset: number): number {
  let low = 0;
  let high = 0;
  for (const { segment, locals } of lists) high = Math.max(high, segment.days[locals[0] ?? 0] ?? 0);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const newer = lists.reduce((sum, hits) => sum + countAfter(hits, middle), 0);
    if (newer <= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many hits are of a later day. */
function countAfter({ segment, locals }: SegmentHits, day: number): number {
  let low = 0;
  let high = locals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segment.days[locals[middle] ?? 0] ?? 0) > day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function localAt({ hits, at }: Cursor): number {
  return hits.locals[at] ?? 0;
}

function isBefore(a: Cursor, b: Cursor): boolean {
  const [localA, localB] = [localAt(a), localAt(b)];
  const days = (b.hits.segment.days[localB] ?? 0) - (a.hits.segment.days[localA] ?? 0);
  if (days !== 0) return days < 0;
  return compareBytes(a.hits.segment.addressOf(localA), b.hits.segment.addressOf(localB)) < 0;
}

/** How often each value of a column occurs among what is shown, most frequent first. */
export function countValues(
  documents: BoardDocuments,
  column: 'language' | 'country',
): readonly string[] {
  const counts = new Map<string, number>();
  for (const segment of documents.segments) {
    if (segment === null) continue;
    const values = column === 'language' ? segment.languages : segment.countries;
    const numbers = column === 'language' ? segment.languageNumbers : segment.countryNumbers;
    const byNumber = new Uint32Array(values.length);
    for (let local = 0; local < segment.count; local++) {
      if (segment.shown[local] === 1) {
        const number = numbers[local] ?? 0;
        byNumber[number] = (byNumber[number] ?? 0) + 1;
      }
    }
    for (const [number, value] of values.entries()) {
      const count = byNumber[number] ?? 0;
      if (value !== '' && count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}

/** How many entries an author has on the board. */
export function countByAuthor(documents: BoardDocuments, author: Bytes): number {
  const authors = new AuthorSet([author]);
  let count = 0;
  for (const segment of documents.segments) {
    if (segment === null) continue;
    for (let local = 0; local < segment.count; local++) {
      if (segment.shown[local] === 1 && authors.hasWritten(segment, local)) count++;
    }
  }
  return count;
}

/** The numbers of those addresses that are shown. */
export function documentsAt(
  documents: BoardDocuments,
  addresses: readonly Uint8Array[],
): readonly DocumentNumber[] {
  return addresses.flatMap((address) => {
    const document = documents.find(address);
    if (document < 0) return [];
    return documents.segmentOf(document).shown[localOf(document)] === 1 ? [document] : [];
  });
}
