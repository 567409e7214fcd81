import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowHeights } from '#app/row-heights.ts';

describe('where rows of a long list stand', () => {
  it('says what adding up all heights would, whatever is measured and in whatever order', () => {
    const row = fc.tuple(fc.nat(99), fc.integer({ min: 20, max: 400 }));
    fc.assert(
      fc.property(
        fc.array(fc.array(row, { minLength: 1, maxLength: 9 }), { minLength: 1 }),
        (rounds) => {
          const heights = new RowHeights();
          heights.reset(100);
          const first = rounds[0] ?? [];
          const guess = first.reduce((sum, [, height]) => sum + height, 0) / first.length;
          const plain = Array.from({ length: 100 }, () => guess);
          for (const round of rounds) {
            heights.measure(round);
            for (const [index, height] of round) plain[index] = height;
          }
          let top = 0;
          for (const [index, height] of plain.entries()) {
            expect(heights.top(index)).toBeCloseTo(top, 0);
            expect(heights.rowAt(top + height / 2)).toBe(index);
            top += height;
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps what is measured when rows come at the end, and forgets it for another list', () => {
    const heights = new RowHeights();
    heights.reset(3);
    heights.measure([[0, 100]]);
    heights.measure([[1, 150]]);
    heights.resize(5);
    expect(heights.top(2)).toBe(250);
    heights.reset(5);
    expect(heights.top(2)).toBe(200);
  });

  it('forgets what is measured for a shorter list, and for a longer one after it', () => {
    const heights = new RowHeights();
    heights.reset(40);
    heights.measure([[0, 100]]);
    heights.measure([[30, 150]]);
    heights.reset(7);
    heights.measure([[3, 120]]);
    expect(heights.top(7)).toBe(720);
    heights.reset(40);
    expect(heights.top(40)).toBe(4_000);
  });
});
