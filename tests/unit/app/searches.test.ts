import { expect, test, vi } from 'vitest';
import type { BoardQuery, SearchTerms } from '#engine/api/board-calls.ts';
import { anyTerms } from '#tests/support/any-terms.ts';

const asked: BoardQuery[] = [];

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    queryBoard: (query: BoardQuery) => {
      asked.push(query);
      return Promise.resolve({ rows: [], total: 0 });
    },
    markSearchSeen: () => Promise.resolve({ ok: true }),
  },
  onEngineEvent: () => () => undefined,
  lookEarly: () => () => undefined,
}));
vi.stubGlobal('requestAnimationFrame', () => undefined);

const { board } = await import('#app/board.svelte.ts');
const { Searches } = await import('#app/searches.svelte.ts');

test('a kept search asks for the stars that it was kept with', async () => {
  await new Searches().open({ id: 'a', terms: { ...anyTerms, minStars: 4 }, fresh: 0 });
  expect(board.wishes.minStars).toBe(4);
  expect(asked.at(-1)).toMatchObject({ minStars: 4, skill: null });
});

test('a search that was kept before there were stars asks for any', async () => {
  const older = Object.entries(anyTerms).filter(([name]) => name !== 'minStars');
  const terms = { ...Object.fromEntries(older), skill: 'legal' } as SearchTerms;
  board.wish({ minStars: 5 });
  await new Searches().open({ id: 'a', terms, fresh: 0 });
  expect(board.wishes.minStars).toBeNull();
  expect(board.filterCount).toBe(1);
  expect(asked.at(-1)).toMatchObject({ minStars: null, skill: 'legal' });
});
