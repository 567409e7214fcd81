import { describe, expect, it } from 'vitest';
import { relativeAge } from '#i18n/relative-age.ts';

const now = 1_800_000_000_000;

describe('The age of a moment', () => {
  it.each([
    [0, 0, 'second'],
    [59_999, 0, 'second'],
    [60_000, -1, 'minute'],
    [3_599_999, -59, 'minute'],
    [3 * 3_600_000 + 5, -3, 'hour'],
    [86_400_000, -1, 'day'],
    [13 * 86_400_000, -1, 'week'],
    [45 * 86_400_000, -1, 'month'],
    [800 * 86_400_000, -2, 'year'],
  ])('of %i ms is %i %s', (passedMs, value, unit) => {
    expect(relativeAge(now - passedMs, now)).toEqual({ value, unit });
  });

  it('is never negative, even when another clock runs ahead', () => {
    expect(relativeAge(now + 5_000_000, now)).toEqual({ value: 0, unit: 'second' });
  });
});
