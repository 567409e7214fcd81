import { maxAckExtras, type Acknowledgement } from './payload.ts';
import {
  addRange,
  countGaps,
  emptySequences,
  hasSequence,
  highestAbove,
  lowestGap,
  nextMissing,
  sequencesFrom,
  type SequenceSet,
} from './sequence-set.ts';

/** Which of the peer's numbers have arrived, within one numbering of the peer's. */
export interface ReceivedSequences {
  readonly set: SequenceSet;
  /** Where the next acknowledgement goes on listing extras. */
  readonly listedUpTo: number;
  /** The first number given up for lost; never acknowledged by `next`. */
  readonly givenUpFrom: number | null;
}

export const nothingReceived: ReceivedSequences = {
  set: emptySequences,
  listedUpTo: 0,
  givenUpFrom: null,
};

/** Beyond so many runs of missing numbers the lowest is given up. */
export const maxGaps = 1_000;
/** Of the 16 extras so many name the newest; the others go round the rest, so that each is named in time. */
const newestExtras = 8;

/** Takes a number in; `isNew` is false when it was there or was given up. */
export function receiveSequence(
  received: ReceivedSequences,
  sequence: number,
): { readonly received: ReceivedSequences; readonly isNew: boolean } {
  if (hasSequence(received.set, sequence)) return { received, isNew: false };
  const set = addRange(received.set, sequence, sequence + 1);
  const gap = countGaps(set) > maxGaps ? lowestGap(set) : null;
  if (gap === null) return { received: { ...received, set }, isNew: true };
  const givenUpFrom = received.givenUpFrom ?? gap[0];
  return { received: { ...received, set: addRange(set, ...gap), givenUpFrom }, isNew: true };
}

/** What the next message says has arrived, and the state after it was said. */
export function acknowledge(
  received: ReceivedSequences,
  maxExtras: number = maxAckExtras,
): { readonly ack: Acknowledgement; readonly received: ReceivedSequences } {
  const { set, givenUpFrom } = received;
  const next = givenUpFrom ?? nextMissing(set);
  const newest = highestAbove(set, next, Math.min(maxExtras, newestExtras));
  const older: number[] = [];
  const limit = maxExtras - newest.length;
  const oldestOfNewest = newest[0] ?? 0;
  for (const sequence of sequencesFrom(set, Math.max(next + 1, received.listedUpTo))) {
    if (older.length === limit || sequence >= oldestOfNewest) break;
    older.push(sequence);
  }
  const last = older.at(-1);
  const listedUpTo = last !== undefined && older.length === limit ? last + 1 : 0;
  return { ack: { next, extras: [...older, ...newest] }, received: { ...received, listedUpTo } };
}
