import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BoardPage, BoardQuery, BoardRow } from '#engine/api/board-calls.ts';

const queries: { query: BoardQuery; answer: (page: BoardPage) => void }[] = [];

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    queryBoard: (query: BoardQuery) =>
      new Promise<BoardPage>((answer) => queries.push({ query, answer })),
  },
  onEngineEvent: () => () => undefined,
}));

const { BoardState } = await import('#app/board.svelte.ts');

const row = (address: string) => ({ address }) as unknown as BoardRow;

function pageOf(addresses: readonly string[], total: number): BoardPage {
  return { rows: addresses.map(row), total, onDevice: total, languages: [], countries: [] };
}

async function answerNext(page: BoardPage): Promise<BoardQuery> {
  const next = queries.shift();
  if (next === undefined) throw new Error('The board asked for nothing.');
  next.answer(page);
  await new Promise((resolve) => setTimeout(resolve));
  return next.query;
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `row-${from + index}`);

describe('The list on the board', () => {
  beforeEach(() => {
    queries.length = 0;
  });

  it('asks for one page first and for the next only when told to', async () => {
    const board = new BoardState();
    board.follow();
    expect((await answerNext(pageOf(names(30), 45))).limit).toBe(30);
    expect(board.rows).toHaveLength(30);
    expect(board.hasMore).toBe(true);

    const more = board.showMore();
    await answerNext(pageOf(names(45), 45));
    expect(await more).toBe(30);
    expect(board.rows).toHaveLength(45);
    expect(board.hasMore).toBe(false);
    expect(queries).toHaveLength(0);
  });

  it('shows what was asked for last, whichever answer comes last', async () => {
    const board = new BoardState();
    board.wish({ kind: 'offer' });
    board.wish({ kind: 'request' });
    const [first, second] = [queries.shift(), queries.shift()];
    second?.answer(pageOf(['requests'], 1));
    await new Promise((resolve) => setTimeout(resolve));
    first?.answer(pageOf(['offers'], 1));
    await new Promise((resolve) => setTimeout(resolve));
    expect(board.rows.map(({ address }) => address)).toEqual(['requests']);
  });

  it('never asks for more than a hundred rows at once', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(30), 300));
    for (const shown of [60, 90]) {
      const more = board.showMore();
      await answerNext(pageOf(names(shown), 300));
      await more;
    }
    const more = board.showMore();
    expect((await answerNext(pageOf(names(100), 300))).limit).toBe(100);
    expect(await answerNext(pageOf(names(20, 100), 300))).toMatchObject({ offset: 100, limit: 20 });
    await more;
    expect(board.rows).toHaveLength(120);
  });

  it('shows a row once that moved between two answers', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(['a', 'b', 'a'], 3));
    expect(board.rows.map(({ address }) => address)).toEqual(['a', 'b']);
  });

  it('counts its filters, not its search text', () => {
    const board = new BoardState();
    board.wish({ text: 'lawyer' });
    expect(board.filterCount).toBe(0);
    board.wish({ skill: 'legal', savedOnly: true });
    expect(board.filterCount).toBe(2);
  });
});
