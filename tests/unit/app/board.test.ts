import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BoardPage, BoardQuery, BoardRow } from '#engine/api/board-calls.ts';
import type { EngineEvent } from '#engine/api/engine-api.ts';

const queries: { query: BoardQuery; answer: (page: BoardPage) => void }[] = [];
let tell: (event: EngineEvent) => void = () => undefined;
/** What lies ready of the engine's answers before their messages come, by its text. */
const early = new Map<string, BoardPage>();
let drawFrame: () => void = () => undefined;
vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
  drawFrame = draw;
});

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    queryBoard: (query: BoardQuery) =>
      new Promise<BoardPage>((answer) => queries.push({ query, answer })),
  },
  onEngineEvent: (listener: (event: EngineEvent) => void) => {
    tell = listener;
    return () => undefined;
  },
  lookEarly: () => (query: string) => early.get((JSON.parse(query) as BoardQuery).text),
}));

const { BoardState } = await import('#app/board.svelte.ts');

function pageOf(names: readonly string[], total: number): BoardPage {
  const rows = names.map((address) => ({ address }) as unknown as BoardRow);
  return { rows, total, onDevice: total, languages: [], countries: [], hasStewards: false };
}

async function answerNext(page: BoardPage): Promise<BoardQuery> {
  const next = queries.shift();
  if (next === undefined) throw new Error('The board asked for nothing.');
  next.answer(page);
  await new Promise((resolve) => setTimeout(resolve));
  return next.query;
}

/** The board as it stands when a text has been typed and answered. */
async function boardWith(text: string) {
  const board = new BoardState();
  board.wish({ text });
  await answerNext(pageOf([text], 1));
  return board;
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `row-${from + index}`);

describe('The list on the board', () => {
  beforeEach(() => {
    queries.length = 0;
    early.clear();
  });

  it('asks for the first page, and for another where it is looked at', async () => {
    const board = new BoardState();
    board.follow();
    expect(await answerNext(pageOf(names(25), 90_000))).toMatchObject({ offset: 0, limit: 25 });
    expect(board.rowAt(24)?.address).toBe('row-24');
    expect(board.rowAt(25)).toBeUndefined();

    board.look(70_002, 70_022);
    expect(await answerNext(pageOf(names(25, 70_000), 90_000))).toMatchObject({ offset: 70_000 });
    expect(board.rowAt(70_012)?.address).toBe('row-70012');
    expect(board.rowAt(0)?.address).toBe('row-0');
    expect(queries).toHaveLength(0);
  });

  it('keeps the rows that say what they said when the board moves', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(3), 3));
    const before = [board.rowAt(0), board.rowAt(1)];
    tell('board');
    const page = pageOf(['new', 'row-0', 'row-1'], 3);
    const saved = (row: BoardRow): BoardRow => ({ ...row, saved: row.address === 'row-1' });
    await answerNext({
      ...page,
      rows: [...page.rows.slice(0, 2), ...page.rows.slice(2).map(saved)],
    });
    expect(board.rowAt(1)).toBe(before[0]);
    expect(board.rowAt(2)).not.toBe(before[1]);
    expect(board.rowAt(2)?.saved).toBe(true);
  });

  it('keeps only the pages near to what is looked at', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(25), 90_000));
    for (let page = 1; page <= 16; page++) {
      board.look(page * 25, page * 25 + 20);
      await answerNext(pageOf(names(25, page * 25), 90_000));
    }
    expect(board.rowAt(0)).toBeUndefined();
    expect(board.rowAt(25)?.address).toBe('row-25');
  });

  it('shows what was asked for last, whichever answer comes last', async () => {
    const board = new BoardState();
    board.wish({ kind: 'offer' });
    board.wish({ kind: 'request' });
    const [first, second] = [queries.shift(), queries.shift()];
    second?.answer(pageOf(['requests'], 1));
    await new Promise((resolve) => setTimeout(resolve));
    first?.answer(pageOf(['offers'], 2));
    await new Promise((resolve) => setTimeout(resolve));
    expect(board.rowAt(0)?.address).toBe('requests');
    expect(board.total).toBe(1);
  });

  it('says that another list is on its way until it is here, whatever reads it', async () => {
    const board = new BoardState();
    board.wish({ kind: 'offer' });
    board.wish({ kind: 'request' });
    expect(board.isAsking).toBe(true);
    await answerNext(pageOf(['offers'], 2));
    expect(board.isAsking).toBe(true);
    await answerNext(pageOf(['requests'], 1));
    expect(board.isAsking).toBe(false);

    board.follow();
    await answerNext(pageOf(['requests'], 1));
    board.wish({ kind: '' });
    tell('board');
    await answerNext(pageOf(['all'], 3));
    expect(board.isAsking).toBe(true);
    await answerNext(pageOf(['all'], 3));
    expect(board.isAsking).toBe(false);
  });

  it('reads once more when the board moved while it was reading, however often that was', async () => {
    const board = new BoardState();
    board.follow();
    for (let moved = 0; moved < 5; moved++) tell('board');
    await answerNext(pageOf(['old'], 1));
    await answerNext(pageOf(['new'], 1));
    expect(board.rowAt(0)?.address).toBe('new');
    expect(queries).toHaveLength(0);
  });

  it('begins another list with another wish, and keeps its place when the board moves', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(25), 200));
    const { list } = board;
    board.look(100, 120);
    await answerNext(pageOf(names(25, 100), 200));
    tell('board');
    expect(await answerNext(pageOf(names(25, 100), 201))).toMatchObject({ offset: 100 });
    expect(board.list).toBe(list);
    board.wish({ text: 'lawyer' });
    expect(await answerNext(pageOf(['lawyer'], 1))).toMatchObject({ offset: 0, text: 'lawyer' });
    expect(board.list).toBe(list + 1);
  });

  it('brings a list that was there before with the wish itself, until the board moves', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(3), 3));
    board.wish({ text: 'f' });
    await answerNext(pageOf(['f-0', 'f-1'], 2));
    const list = board.list;

    board.wish({ text: '' });
    expect([board.total, board.rowAt(0)?.address, board.isAsking]).toEqual([3, 'row-0', false]);
    expect(board.list).toBe(list + 1);
    board.wish({ text: 'f' });
    expect(board.rowAt(0)?.address).toBe('f-0');
    expect(queries).toHaveLength(0);

    tell('board');
    await answerNext(pageOf(['f-0', 'f-1'], 2));
    board.wish({ text: '' });
    expect(board.isAsking).toBe(true);
    expect(await answerNext(pageOf(names(4), 4))).toMatchObject({ text: '' });
    expect(board.total).toBe(4);
  });

  it('keeps no answer that the board moved under', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(3), 3));
    board.wish({ text: 'f' });
    tell('board');
    await answerNext(pageOf(['old'], 1));
    await answerNext(pageOf(['new'], 1));
    board.wish({ text: 'g' });
    await answerNext(pageOf([], 0));
    board.wish({ text: 'f' });
    expect(board.rowAt(0)?.address).toBe('new');
  });

  it('shows a list that is here although another was asked for meanwhile', async () => {
    const board = new BoardState();
    board.follow();
    await answerNext(pageOf(names(3), 3));
    board.wish({ text: 'f' });
    board.wish({ text: '' });
    expect([board.isAsking, board.total]).toEqual([false, 3]);
    await answerNext(pageOf(['f-0'], 1));
    expect(board.total).toBe(3);
  });

  it('begins a list that lies ready with its wish, or with the next frame', async () => {
    const board = await boardWith('f');
    board.foresee('fi');
    early.set('fi', pageOf(['fi-0'], 1));
    board.wish({ text: 'fi' });
    expect([board.rowAt(0)?.address, board.isAsking]).toEqual(['fi-0', false]);

    board.wish({ text: 'fil' });
    expect([board.rowAt(0)?.address, board.isAsking]).toEqual(['fi-0', true]);
    early.set('fil', pageOf(['fil-0'], 1));
    drawFrame();
    expect([board.rowAt(0)?.address, board.isAsking]).toEqual(['fil-0', false]);
    const { list } = board;
    await answerNext(pageOf(['fi-0'], 1));
    await answerNext(pageOf(['fil-0'], 1));
    expect([board.rowAt(0)?.address, board.list]).toEqual(['fil-0', list]);
  });

  it.each([
    ['a first letter', '', { text: 'f' }],
    ['a filter', 'f', { kind: 'offer' }],
  ] as const)('waits for the message of what %s finds', async (_what, text, change) => {
    const board = await boardWith(text);
    early.set('f', pageOf(['found'], 1));
    drawFrame = () => undefined;
    board.foresee('f');
    board.wish(change);
    drawFrame();
    expect(board.isAsking).toBe(true);
    while (queries.length > 0) await answerNext(pageOf(['found'], 1));
    expect(board.rowAt(0)?.address).toBe('found');
  });

  it('begins no list in a frame when another was asked for since', async () => {
    const board = await boardWith('f');
    board.wish({ text: 'fi' });
    const drawLate = drawFrame;
    board.wish({ text: 'fil' });
    early.set('fi', pageOf(['fi-0'], 1));
    drawLate();
    expect([board.rowAt(0)?.address, board.isAsking]).toEqual(['f', true]);
    await answerNext(pageOf(['fi-0'], 1));
    await answerNext(pageOf(['fil-0'], 1));
    expect(board.rowAt(0)?.address).toBe('fil-0');
  });

  it('keeps the very lists of choices while they say the same', async () => {
    const board = new BoardState();
    board.wish({ text: 'a' });
    await answerNext({ ...pageOf(['old'], 1), languages: ['en', 'ar'], countries: ['TR'] });
    const before = board.page;
    board.wish({ text: 'ab' });
    await answerNext({ ...pageOf(['new'], 1), languages: ['en', 'ar'], countries: ['TR', 'MM'] });
    expect(board.page?.rows[0]?.address).toBe('new');
    expect(board.page?.languages).toBe(before?.languages);
    expect(board.page?.countries).toEqual(['TR', 'MM']);
  });

  it('counts its filters, not its search text or order', () => {
    const board = new BoardState();
    board.wish({ text: 'lawyer', sort: 'match' });
    expect(board.filterCount).toBe(0);
    board.wish({ skill: 'legal', savedOnly: true, maxAgeDays: 7, status: 'open', minStars: 3 });
    expect(board.filterCount).toBe(5);
  });
});
