import { describe, expect, it } from 'vitest';
import { findPrivacyWarnings } from '#engine/privacy-warnings.ts';

describe('what a text seems to give away', () => {
  it.each([
    ['Call me at +98 912 345 67 89', 'phone-number'],
    ['اتصلوا بي على ٠٥٠١٢٣٤٥٦٧', 'phone-number'],
    ['write to someone@example.org', 'email-address'],
    ['We meet at 33.5138, 36.2765 on Friday', 'coordinates'],
    ['see https://example.org/page', 'web-address'],
    ['My name is Laila', 'full-name'],
    ['меня зовут Анна', 'full-name'],
    ['اسمي ليلى', 'full-name'],
  ])('%s: %s', (text, warning) => {
    expect(findPrivacyWarnings(text)).toContain(warning);
  });

  it.each([
    'I need a lawyer for my asylum appeal before 12 March 2027.',
    'The fine is 1,500,000 in local currency, and 40 of us were charged under article 293.',
    'Нужен переводчик с русского на немецкий, 12 страниц.',
    'أحتاج إلى محامٍ في غضون 17 يوماً.',
  ])('nothing: %s', (text) => {
    expect(findPrivacyWarnings(text)).toEqual([]);
  });
});
