import { describe, expect, it } from 'vitest';
import { chooseLocale, isLocale } from '#i18n/locales.ts';

describe('The language of the screens', () => {
  it('is the one that was chosen earlier', () => {
    expect(chooseLocale('ar', ['en-GB'])).toBe('ar');
  });

  it('is otherwise the first of the reader that the app can speak, whatever the region', () => {
    expect(chooseLocale(null, ['nl-BE', 'ar-EG', 'en'])).toBe('ar');
  });

  it('is English where the app speaks none of them', () => {
    expect(chooseLocale('tlh', ['nl-BE'])).toBe('en');
  });

  it('is never a name that objects happen to have', () => {
    expect(isLocale('constructor')).toBe(false);
  });
});
