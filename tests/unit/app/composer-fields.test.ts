import { describe, expect, it } from 'vitest';
import { fieldProblems, nearestLifetime } from '#app/composer-fields.ts';
import type { EntryFields } from '#engine/api/entry-calls.ts';

const fields: EntryFields = {
  kind: 'request',
  title: 'A lawyer to read a charge sheet',
  text: 'The hearing is in two weeks.',
  language: 'en',
  country: '',
  skills: ['legal'],
  urgency: 'week',
  lifetimeDays: 90,
};

describe('What keeps an entry from being posted', () => {
  it('is nothing when title, text and a skill are there', () => {
    expect(fieldProblems(fields)).toEqual({});
  });

  it('is named for each input', () => {
    expect(fieldProblems({ ...fields, title: '  ', text: '\n', skills: [] })).toEqual({
      title: 'missing',
      text: 'missing',
      skills: 'missing',
    });
  });

  it('is a text over the bytes of the protocol, though its letters are few enough', () => {
    expect(fieldProblems({ ...fields, text: 'س'.repeat(3_073) })).toEqual({ text: 'too-long' });
    expect(fieldProblems({ ...fields, text: 'س'.repeat(3_072) })).toEqual({});
  });

  it('is a title over 120 letters', () => {
    expect(fieldProblems({ ...fields, title: 'က'.repeat(121) })).toEqual({ title: 'too-long' });
    expect(fieldProblems({ ...fields, title: 'က'.repeat(120) })).toEqual({});
  });
});

describe('The lifetime offered for an entry that is edited', () => {
  it.each([
    [30, 30],
    [70, 90],
    [180, 180],
    [3, 30],
  ])('is for %i days the choice of %i', (days, lifetime) => {
    expect(nearestLifetime(days)).toBe(lifetime);
  });
});
