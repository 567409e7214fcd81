import { beforeAll, expect, test, vi } from 'vitest';
import type { SearchTerms } from '#engine/api/board-calls.ts';
import board from '#i18n/locales/en/board.json' with { type: 'json' };
import common from '#i18n/locales/en/common.json' with { type: 'json' };
import search from '#i18n/locales/en/search.json' with { type: 'json' };
import { anyTerms } from '#tests/support/any-terms.ts';

vi.stubGlobal('document', { documentElement: {} });
// The words as a build puts them together.
vi.mock('#i18n/catalogs.ts', () => ({
  fetchMessages: () => Promise.resolve({ ...board, ...common, ...search }),
}));
const { translator } = await import('#i18n/i18n.svelte.ts');
const { searchWords } = await import('#app/search-words.ts');

beforeAll(async () => {
  await translator.start();
});

test('a search without a wish is for everything', () => {
  expect(searchWords(anyTerms)).toBe('Everything');
});

test('each wish of a kept search has its words', () => {
  const terms: SearchTerms = {
    ...anyTerms,
    text: 'lawyer',
    kind: 'request',
    skill: 'legal',
    country: 'TR',
    maxAgeDays: 7,
    minStars: 3,
    savedOnly: true,
  };
  const words =
    '“lawyer”, Requests, Legal help, Türkiye, Last 7 days, At least 3 stars, Saved only';
  expect(searchWords(terms)).toBe(words);
});

test('one star is one star', () => {
  expect(searchWords({ ...anyTerms, minStars: 1 })).toBe('At least 1 star');
});

test('a search that was kept before there were stars wishes for none', () => {
  const older = Object.entries(anyTerms).filter(([name]) => name !== 'minStars');
  const terms = { ...Object.fromEntries(older), skill: 'legal' } as SearchTerms;
  expect(searchWords(terms)).toBe('Legal help');
});
