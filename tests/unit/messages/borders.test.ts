import { describe, expect, it } from 'vitest';
import { fingerprintDigits } from '#core/messages/fingerprint.ts';
import {
  acknowledge,
  maxGaps,
  nothingReceived,
  receiveSequence,
  type ReceivedSequences,
} from '#core/messages/received-sequences.ts';
import { countGaps, emptySequences, highestAbove, lowestGap } from '#core/messages/sequence-set.ts';
import { findStamp, isStampValid, type StampTarget } from '#core/messages/stamp.ts';
import type { DhPublicKey, PersonaKey, QueueId, RelayOrigin } from '#core/types/ids.ts';
import { seededRandom, today } from './parties.ts';

function receiveAll(sequences: readonly number[]): ReceivedSequences {
  return sequences.reduce(
    (received, sequence) => receiveSequence(received, sequence).received,
    nothingReceived,
  );
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

describe('Gaps in a set of numbers', () => {
  it('are the runs of missing numbers below the highest', () => {
    expect(countGaps(emptySequences)).toBe(0);
    expect(countGaps([[0, 3]])).toBe(0);
    expect(countGaps([[1, 3]])).toBe(1);
    expect(
      countGaps([
        [0, 2],
        [5, 6],
      ]),
    ).toBe(1);
  });

  it('have a lowest one, if there are any', () => {
    expect(lowestGap(emptySequences)).toBeNull();
    expect(lowestGap([[0, 2]])).toBeNull();
    expect(lowestGap([[4, 6]])).toEqual([0, 4]);
    expect(
      lowestGap([
        [0, 2],
        [5, 6],
        [9, 10],
      ]),
    ).toEqual([2, 5]);
  });

  it('beyond 1,000 are given up, the number that made one too many is new', () => {
    const received = receiveAll(upTo(maxGaps).map((index) => 2 * index + 1));
    const over = receiveSequence(received, 2 * maxGaps + 1);
    expect(over.isNew).toBe(true);
    expect(over.received.givenUpFrom).toBe(0);
    expect(countGaps(over.received.set)).toBe(maxGaps);
  });
});

describe('The highest numbers', () => {
  it('lie above the floor, which may itself have arrived', () => {
    expect(highestAbove([[0, 5]], 2, 10)).toEqual([3, 4]);
    expect(highestAbove([[0, 5]], 2, 1)).toEqual([4]);
    expect(highestAbove([[0, 5]], 4, 10)).toEqual([]);
  });
});

describe('The extras of an acknowledgement', () => {
  it('are all of them, every time, while there is room', () => {
    const received = receiveAll(upTo(10).map((index) => 2 + 2 * index));
    const first = acknowledge(received);
    expect(first.ack).toEqual({ next: 0, extras: upTo(10).map((index) => 2 + 2 * index) });
    expect(first.received.listedUpTo).toBe(0);
    expect(acknowledge(first.received)).toEqual(first);
  });

  it('go round the older ones where there is none, and begin again at their end', () => {
    let received = receiveAll(upTo(30).map((index) => index + 1));
    const older: (readonly number[])[] = [];
    for (let round = 0; round < 4; round++) {
      const said = acknowledge(received);
      older.push(said.ack.extras.slice(0, -8));
      expect(said.ack.extras.slice(-8)).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
      received = said.received;
    }
    expect(older).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [9, 10, 11, 12, 13, 14, 15, 16],
      [17, 18, 19, 20, 21, 22],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]);
  });

  it('are the newest alone where there is room for eight', () => {
    const said = acknowledge(receiveAll(upTo(30).map((index) => index + 1)), 8);
    expect(said.ack.extras).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
    expect(said.received.listedUpTo).toBe(0);
    const none = acknowledge(receiveAll([3]), 0);
    expect(none.ack).toEqual({ next: 0, extras: [] });
    expect(none.received.listedUpTo).toBe(0);
  });
});

describe('A stamp', () => {
  const random = seededRandom('borders');
  const target: StampTarget = {
    origin: 'https://relay.example' as RelayOrigin,
    sendId: random(32) as QueueId,
    day: today,
    envelopeId: random(32),
  };

  it('may have the first and the last counter of a u32', () => {
    for (const counter of [0, 2 ** 32 - 1]) {
      expect(isStampValid(target, counter, 0)).toBe(true);
      expect(findStamp(target, 0, { from: counter, budget: 5 })).toEqual({ counter });
    }
  });

  it('is looked for no further than the slice goes', () => {
    const { counter } = findStamp(target, 10, { from: 0, budget: 100_000 }) ?? { counter: 0 };
    expect(counter).toBeGreaterThan(0);
    expect(findStamp(target, 10, { from: 0, budget: counter })).toBeNull();
    expect(findStamp(target, 10, { from: 0, budget: counter + 1 })).toEqual({ counter });
  });
});

describe('The fingerprint', () => {
  it('keeps the zeros at the head of a group', () => {
    const random = seededRandom('digits');
    const party = () => ({ persona: random(32) as PersonaKey, ik: random(32) as DhPublicKey });
    const all = upTo(40).map(() => fingerprintDigits(party(), party()));
    for (const digits of all) expect(digits).toMatch(/^\d{60}$/);
    expect(all.some((digits) => /^(?:\d{5})*0/.test(digits))).toBe(true);
  });
});
