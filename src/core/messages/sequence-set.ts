/** Message numbers as ascending, disjoint, non-touching ranges [start, end): small while few are missing. */
export type SequenceSet = readonly (readonly [start: number, end: number])[];

export const emptySequences: SequenceSet = [];

/** Whether a number is in the set. */
export function hasSequence(set: SequenceSet, sequence: number): boolean {
  return set.some(([start, end]) => start <= sequence && sequence < end);
}

/** The smallest number that is not in the set. */
export function nextMissing(set: SequenceSet): number {
  const first = set[0];
  return first !== undefined && first[0] === 0 ? first[1] : 0;
}

/** The set with [start, end) added. */
export function addRange(set: SequenceSet, start: number, end: number): SequenceSet {
  if (start >= end) return set;
  const before = set.filter((range) => range[1] < start);
  const after = set.filter((range) => range[0] > end);
  const touched = set.slice(before.length, set.length - after.length);
  const joinedStart = Math.min(start, ...touched.map((range) => range[0]));
  const joinedEnd = Math.max(end, ...touched.map((range) => range[1]));
  return [...before, [joinedStart, joinedEnd], ...after];
}

/** How many runs of missing numbers lie below the highest known one. */
export function countGaps(set: SequenceSet): number {
  return set[0]?.[0] === 0 ? set.length - 1 : set.length;
}

/** The lowest run of missing numbers [start, end) below a known one; null when there is none. */
export function lowestGap(set: SequenceSet): readonly [start: number, end: number] | null {
  const start = nextMissing(set);
  const above = set.find((range) => range[0] > start);
  return above === undefined ? null : [start, above[0]];
}

/** The numbers of the set from `from` on, ascending, lazily. */
export function* sequencesFrom(set: SequenceSet, from: number): Generator<number> {
  for (const [start, end] of set) {
    for (let sequence = Math.max(start, from); sequence < end; sequence++) yield sequence;
  }
}

/** The highest numbers of the set above `floor`, at most `count`, ascending. */
export function highestAbove(set: SequenceSet, floor: number, count: number): readonly number[] {
  const highest: number[] = [];
  for (const [start, end] of [...set].reverse()) {
    for (let sequence = end - 1; sequence >= start; sequence--) {
      if (highest.length === count || sequence <= floor) return highest.reverse();
      highest.push(sequence);
    }
  }
  return highest.reverse();
}

/** The numbers of [start, end) that are not in the set, ascending. */
export function missingIn(set: SequenceSet, start: number, end: number): readonly number[] {
  const missing: number[] = [];
  let next = start;
  for (const [rangeStart, rangeEnd] of set) {
    for (; next < Math.min(rangeStart, end); next++) missing.push(next);
    next = Math.max(next, rangeEnd);
  }
  for (; next < end; next++) missing.push(next);
  return missing;
}
