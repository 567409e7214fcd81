import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textBudget } from '#i18n/text-budget.ts';

const limits = { characters: 4_000, bytes: 6_144 };

describe('The countdown of a text', () => {
  it('counts letters where every letter is one byte', () => {
    expect(textBudget('a'.repeat(3_990), limits)).toEqual({ left: 10, fits: true, low: true });
  });

  it('counts in letters of two bytes for a text in Arabic', () => {
    expect(textBudget('س'.repeat(3_000), limits).left).toBe(72);
  });

  it('counts in letters of three bytes for a text in Burmese', () => {
    expect(textBudget('က'.repeat(2_000), limits).left).toBe(48);
  });

  it('counts a letter outside the basic plane as one', () => {
    expect(textBudget('𞤀'.repeat(10), { characters: 12, bytes: 1_000 }).left).toBe(2);
  });

  it('says by how much a text is too long', () => {
    expect(textBudget('س'.repeat(3_073), limits)).toMatchObject({ left: -1, fits: false });
    expect(textBudget('a'.repeat(4_005), limits)).toMatchObject({ left: -5, fits: false });
  });

  it('never calls a text fitting that takes too many bytes or letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const budget = textBudget(text, { characters: 30, bytes: 60 });
        const fits = [...text].length <= 30 && new TextEncoder().encode(text).length <= 60;
        expect(budget.fits).toBe(fits);
        expect(budget.left >= 0).toBe(fits);
      }),
    );
  });
});
