import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRevisions, mergeRevisions, type Revision } from '#core/records/merge.ts';
import type { RecordId } from '#core/types/ids.ts';

const revision: fc.Arbitrary<Revision> = fc
  .record({ rev: fc.nat({ max: 4 }), id: fc.uint8Array({ minLength: 2, maxLength: 2 }) })
  .map(({ rev, id }) => ({ rev, id: new Uint8Array(id) as RecordId }));

const mergeAll = (revisions: readonly Revision[]) =>
  revisions.reduce((a, b) => mergeRevisions(a, b));

test('merging is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(revision, revision, revision, (a, b, c) => {
      expect(mergeRevisions(a, b)).toEqual(mergeRevisions(b, a));
      expect(mergeRevisions(mergeRevisions(a, b), c)).toEqual(
        mergeRevisions(a, mergeRevisions(b, c)),
      );
      expect(mergeRevisions(a, a)).toEqual(a);
    }),
    { numRuns: 2_000 },
  );
});

test('any permutation with any repetitions, split among any holders, ends at one winner', () => {
  const history = fc
    .array(revision, { minLength: 1, maxLength: 10 })
    .chain((revisions) =>
      fc.tuple(
        fc.constant(revisions),
        fc.shuffledSubarray([...revisions, ...revisions], { minLength: revisions.length * 2 }),
        fc.integer({ min: 1, max: 5 }),
      ),
    );
  fc.assert(
    fc.property(history, ([revisions, shuffled, holders]) => {
      const parts = Array.from({ length: holders }, (_, holder) =>
        shuffled.filter((__, index) => index % holders === holder),
      ).filter((part) => part.length > 0);
      expect(mergeAll(parts.map(mergeAll))).toEqual(mergeAll(revisions));
    }),
    { numRuns: 1_000 },
  );
});

test('the winner is not below any of those it was chosen from', () => {
  fc.assert(
    fc.property(fc.array(revision, { minLength: 1 }), (revisions) => {
      const winner = mergeAll(revisions);
      for (const other of revisions) {
        expect(compareRevisions(winner, other)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
