import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledge,
  maxGaps,
  nothingReceived,
  receiveSequence,
  type ReceivedSequences,
} from '#core/messages/received-sequences.ts';
import {
  addRange,
  countGaps,
  emptySequences,
  hasSequence,
  missingIn,
  nextMissing,
  sequencesFrom,
} from '#core/messages/sequence-set.ts';

const numbers = fc.array(fc.nat(80), { maxLength: 60 });

function receiveAll(sequences: readonly number[]): ReceivedSequences {
  return sequences.reduce(
    (received, sequence) => receiveSequence(received, sequence).received,
    nothingReceived,
  );
}

describe('A set of numbers', () => {
  it('holds what a plain set would hold, whatever the order and repetition', () => {
    fc.assert(
      fc.property(numbers, fc.nat(90), (sequences, end) => {
        const plain = new Set(sequences);
        const { set } = receiveAll(sequences);
        expect([...sequencesFrom(set, 0)]).toEqual([...plain].sort((a, b) => a - b));
        for (let probe = 0; probe <= 81; probe++)
          expect(hasSequence(set, probe)).toBe(plain.has(probe));
        let next = 0;
        while (plain.has(next)) next++;
        expect(nextMissing(set)).toBe(next);
        const missing = Array.from({ length: end }, (_, index) => index).filter(
          (n) => !plain.has(n),
        );
        expect(missingIn(set, 0, end)).toEqual(missing);
      }),
      { seed: 1 },
    );
  });

  it('joins ranges that touch or overlap', () => {
    const apart = addRange(addRange(emptySequences, 5, 7), 9, 10);
    expect(countGaps(apart)).toBe(2);
    expect(addRange(apart, 7, 9)).toEqual([[5, 10]]);
    expect(addRange(apart, 0, 20)).toEqual([[0, 20]]);
    expect(addRange(apart, 3, 3)).toEqual(apart);
  });

  it('says at most once that a number is new', () => {
    fc.assert(
      fc.property(numbers, (sequences) => {
        const fresh: number[] = [];
        let received = nothingReceived;
        for (const sequence of sequences) {
          const taken = receiveSequence(received, sequence);
          if (taken.isNew) fresh.push(sequence);
          received = taken.received;
        }
        expect(fresh).toEqual([...new Set(sequences)]);
      }),
      { seed: 2 },
    );
  });
});

describe('An acknowledgement', () => {
  it('claims only what has arrived: ascending extras above the first missing number, at most 16', () => {
    fc.assert(
      fc.property(numbers, fc.nat(16), (sequences, limit) => {
        const received = receiveAll(sequences);
        const { ack } = acknowledge(received, limit);
        expect(ack.next).toBe(nextMissing(received.set));
        expect(ack.extras.length).toBeLessThanOrEqual(limit);
        ack.extras.forEach((extra, index) => {
          expect(extra).toBeGreaterThan(ack.extras[index - 1] ?? ack.next);
          expect(hasSequence(received.set, extra)).toBe(true);
        });
      }),
      { seed: 3 },
    );
  });

  it('names every number in time, also above one that never arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        let received = receiveAll(Array.from({ length: count }, (_, index) => index + 1));
        const named = new Set<number>();
        for (let round = 0; round <= count / 8; round++) {
          const said = acknowledge(received);
          received = said.received;
          for (const extra of said.ack.extras) named.add(extra);
        }
        expect(named.size).toBe(count);
      }),
      { seed: 4 },
    );
  });

  it('gives up the lowest gap beyond 1,000, never surfaces what was in it and never claims it', () => {
    const received = receiveAll(Array.from({ length: maxGaps + 1 }, (_, index) => 2 * index + 1));
    expect(countGaps(received.set)).toBe(maxGaps);
    expect(receiveSequence(received, 0).isNew).toBe(false);
    expect(receiveSequence(received, 2).isNew).toBe(true);
    expect(acknowledge(received).ack.next).toBe(0);
  });
});
