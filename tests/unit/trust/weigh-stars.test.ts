import { describe, expect, it } from 'vitest';
import { compareStars, type WeighedStars } from '#core/trust/weigh-stars.ts';

const said = (stars: number, day: number, steward = 1): WeighedStars => ({
  stars,
  day,
  steward: new Uint8Array(32).fill(steward),
});

const counts = (...all: readonly WeighedStars[]) => [...all].sort(compareStars)[0];

describe('Of what several stewards say of one persona', () => {
  it('the newest counts', () => {
    expect(counts(said(5, 10), said(2, 11, 2))).toEqual(said(2, 11, 2));
    expect(counts(said(2, 11), said(5, 12, 2))).toEqual(said(5, 12, 2));
  });

  it('the lower counts where both are of one day', () => {
    expect(counts(said(4, 10), said(3, 10, 2))).toEqual(said(3, 10, 2));
  });

  it('a warning counts, also when others praise later', () => {
    expect(counts(said(0, 10), said(5, 90, 2), said(4, 91, 3))).toEqual(said(0, 10));
  });

  it('the same one counts in whatever order they came', () => {
    const all = [said(3, 10, 7), said(3, 10, 2), said(3, 10, 5)];
    expect(counts(...all)).toEqual(counts(...all.toReversed()));
  });
});
