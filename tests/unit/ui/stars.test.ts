import { render } from 'svelte/server';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Day } from '#core/types/day.ts';
import type { Stars as StarCount } from '#core/types/trust-terms.ts';
import common from '#i18n/locales/en/common.json' with { type: 'json' };
import words from '#i18n/locales/en/stars.json' with { type: 'json' };

vi.stubGlobal('document', { documentElement: {} });
// The words as a build puts them together.
vi.mock('#i18n/catalogs.ts', () => ({
  fetchMessages: () => Promise.resolve({ ...common, ...words }),
}));
const { translator } = await import('#i18n/i18n.svelte.ts');
const { default: Stars } = await import('#ui/Stars.svelte');
const { default: AuthorStars } = await import('#ui/AuthorStars.svelte');

beforeAll(() => translator.start());

/** What a reader sees or hears, with isolating marks left out. */
function textOf(body: string): string {
  return body
    .replaceAll(/<!--.*?-->|<[^>]*>/g, '')
    .replaceAll(/[\u2066-\u2069]/g, '')
    .trim();
}

const trust = {
  stars: 4 as StarCount,
  method: 'met' as const,
  day: 20_779 as Day,
  until: 20_869 as Day,
  steward: 'AbCdEfGhIjKl',
  stewardName: 'Rook' as string | null,
};

describe('Stars', () => {
  it.each([
    [1, '★☆☆☆☆'],
    [4, '★★★★☆'],
    [5, '★★★★★'],
  ] as const)('are drawn for the eye and said in words: %i', (stars, drawn) => {
    const { body } = render(Stars, { props: { stars } });
    expect(body).toMatch(new RegExp(`aria-hidden="true"[^>]*>${drawn}<`));
    expect(textOf(body)).toBe(`${drawn}${stars} of 5 stars`);
  });

  it('are words alone where there are none after a look', () => {
    const { body } = render(Stars, { props: { stars: 0 } });
    expect(textOf(body)).toBe('Not trusted by the stewards');
  });
});

describe('The stars of an author', () => {
  const read = (props: { trust: typeof trust | null }) =>
    textOf(render(AuthorStars, { props }).body);

  it('say by whom, when, until when and how', () => {
    const said = 'Given by Rook on November 22, 2026, until February 20, 2027: met in person';
    expect(read({ trust })).toContain(said);
  });

  it('name a steward without a public name by the key', () => {
    expect(read({ trust: { ...trust, stewardName: null } })).toContain(
      'Given by a steward without a public name (AbCd EfGh) on',
    );
  });

  it('are a warning where there are none after a look', () => {
    const said = read({ trust: { ...trust, stars: 0 } });
    expect(said).toContain('Not trusted by the stewards');
    expect(said).toContain('Warning by Rook of November 22, 2026, until');
  });

  it('say nothing against somebody whom nobody has vetted', () => {
    expect(read({ trust: null })).toContain('That says nothing against them.');
  });
});
