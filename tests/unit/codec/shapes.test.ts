import { describe, expect, it } from 'vitest';
import { daySchema, u32, u53, wholeNumber } from '#core/codec/shapes.ts';

const notNumbers = ['5', true, null, undefined, 5n, [5], {}, new Number(5), new Uint8Array([5])];

describe('a whole number', () => {
  it('is taken from the first of its bounds to the last', () => {
    const shape = wholeNumber(3, 9);
    const taken = [2, 3, 4, 8, 9, 10].map((value) => shape.safeParse(value).success);
    expect(taken).toEqual([false, true, true, true, true, false]);
    expect(shape.parse(7)).toBe(7);
  });

  it('is neither a fraction nor beyond what doubles tell apart', () => {
    for (const value of [0.5, Number.NaN, Infinity, -Infinity, 2 ** 53]) {
      expect(u53.safeParse(value).success).toBe(false);
    }
    expect(u53.safeParse(2 ** 53 - 1).success).toBe(true);
  });

  it('is a number and nothing that turns into one', () => {
    for (const value of notNumbers) expect(wholeNumber(0, 9).safeParse(value).success).toBe(false);
  });

  it('of 32 bits, and a day, end where they end', () => {
    expect([2 ** 32 - 1, 2 ** 32, -1].map((value) => u32.safeParse(value).success)).toEqual([
      true,
      false,
      false,
    ]);
    const days = [20_453, 20_454, 84_006, 84_007].map((day) => daySchema.safeParse(day).success);
    expect(days).toEqual([false, true, true, false]);
  });
});
