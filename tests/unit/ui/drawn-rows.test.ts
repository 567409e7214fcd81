import { expect, test } from 'vitest';
import { around, DrawnRows, type RowRange } from '#ui/drawn-rows.svelte.ts';

const total = 1_000;
/** So many rows drawn over others fit into a frame. */
const bears = 4;

/** A list as the screens know it: rows by their index, of which some may be on their way. */
class TestList {
  name = 'old';
  here = total;
  readonly #rows = new Map<string, string>();

  rowAt = (index: number): string | undefined => {
    if (index >= this.here) return undefined;
    const row = `${this.name} ${index}`;
    this.#rows.set(row, this.#rows.get(row) ?? row);
    return this.#rows.get(row);
  };
}

function rangeOf(rows: DrawnRows<string>): RowRange {
  return [rows.first, rows.first + rows.rows.length];
}

/** What stands in the page after each frame, until there is no more to draw. */
function framesOf(
  rows: DrawnRows<string>,
  screen: RowRange,
  { count = total, onlyScreen = false, few = false } = {},
): readonly RowRange[] {
  const frames: RowRange[] = [];
  const wanted = around(screen, count, few);
  while (rows.draw(screen, wanted, bears, onlyScreen) !== null) frames.push(rangeOf(rows));
  return frames;
}

function drawnFor(screen: RowRange, list = new TestList()): DrawnRows<string> {
  const rows = new DrawnRows(list.rowAt);
  framesOf(rows, screen);
  return rows;
}

test('the screen’s rows come first, then the ones around it, fewer a frame', () => {
  const frames = framesOf(new DrawnRows(new TestList().rowAt), [0, 4]);
  expect(frames.slice(0, 4)).toEqual([
    [0, 2],
    [0, 4],
    [0, 5],
    [0, 6],
  ]);
  expect(frames.at(-1)).toEqual([0, 24]);
});

test('while one types only the screen’s rows come', () => {
  const frames = framesOf(new DrawnRows(new TestList().rowAt), [0, 3], { onlyScreen: true });
  expect(frames.at(-1)).toEqual([0, 3]);
});

test('where another list is likely to come soon, few rows come around the screen’s, and the others go', () => {
  const frames = framesOf(new DrawnRows(new TestList().rowAt), [10, 13], { few: true });
  expect(frames.at(-1)).toEqual([7, 16]);
  const rows = drawnFor([10, 13]);
  rows.draw([10, 13], around([10, 13], total, true), bears, false);
  expect(rangeOf(rows)).toEqual([7, 16]);
});

test('few rows around the screen’s end where the list does', () => {
  expect(around([1, 4], 5, true)).toEqual([0, 5]);
});

test('a list below the screen waits for no row, and comes as the ones around a screen do', () => {
  const rows = drawnFor([0, 4]);
  rows.beginAnew();
  const below: RowRange = [0, 0];
  expect(rows.draw(below, around(below, total), bears, true)).toBeNull();
  expect(rows.isBehind).toBe(false);
  expect(framesOf(rows, below).at(-1)).toEqual([0, 24]);
});

test('from far down to where the list is below the screen, its first rows come', () => {
  const rows = drawnFor([600, 604]);
  const frames = framesOf(rows, [0, 0]);
  expect(frames[0]).toEqual([0, 1]);
  expect(frames.at(-1)).toEqual([0, 24]);
});

test('a list that is shorter than the screen is drawn to its end', () => {
  const frames = framesOf(new DrawnRows(new TestList().rowAt), [0, 3], { count: 3 });
  expect(frames.at(-1)).toEqual([0, 3]);
});

test('scrolled on, the rows below come and those far above go', () => {
  const rows = drawnFor([0, 4]);
  expect(rows.draw([22, 26], around([22, 26], total), bears, false)).toBe(4);
  expect(rangeOf(rows)).toEqual([16, 26]);
  framesOf(rows, [22, 26]);
  expect(rangeOf(rows)).toEqual(around([22, 26], total));
});

test('scrolled back, the rows above come on the screen before the ones around it', () => {
  const rows = drawnFor([100, 104]);
  rows.draw([92, 96], around([92, 96], total), bears, false);
  expect(rangeOf(rows)).toEqual([92, 110]);
});

test('a jump elsewhere begins there', () => {
  const rows = drawnFor([0, 4]);
  rows.draw([500, 504], around([500, 504], total), bears, false);
  expect([rangeOf(rows), rows.isBehind]).toEqual([[500, 502], true]);
  rows.draw([500, 504], around([500, 504], total), bears, false);
  expect(rows.isBehind).toBe(false);
});

test('rows that are on their way have a place on the screen only, and are drawn in turn when they come', () => {
  const list = new TestList();
  list.here = 500;
  const rows = drawnFor([490, 494], list);
  expect(rangeOf(rows)).toEqual([484, 500]);
  framesOf(rows, [600, 604]);
  expect([rangeOf(rows), rows.isBehind]).toEqual([[600, 604], true]);
  expect(rows.rows.every((row) => row === undefined)).toBe(true);
  list.here = total;
  rows.draw([600, 604], around([600, 604], total), bears, false);
  expect(rows.rows.filter((row) => row !== undefined)).toHaveLength(2);
  rows.draw([600, 604], around([600, 604], total), bears, false);
  expect(rows.isBehind).toBe(false);
});

test('another list is drawn over the screen’s rows, and is behind until all of them are its own', () => {
  const list = new TestList();
  const rows = drawnFor([0, 6], list);
  list.name = 'new';
  rows.beginAnew();
  expect(rangeOf(rows)).toEqual([0, 6]);
  expect(rows.isBehind).toBe(true);
  rows.draw([0, 6], around([0, 6], total), bears, true);
  expect(rows.rows).toEqual(['new 0', 'new 1', 'new 2', 'new 3', 'old 4', 'old 5']);
  expect(rows.isBehind).toBe(true);
  rows.draw([0, 6], around([0, 6], total), bears, true);
  expect(rows.rows).toEqual(['new 0', 'new 1', 'new 2', 'new 3', 'new 4', 'new 5']);
  expect(rows.isBehind).toBe(false);
  expect(rows.draw([0, 6], around([0, 6], total), bears, true)).toBeNull();
  framesOf(rows, [0, 6]);
  expect(rangeOf(rows)).toEqual([0, 24]);
});

test('another list of fewer rows than the screen shows keeps no row of the one before', () => {
  const list = new TestList();
  const rows = drawnFor([0, 6], list);
  list.name = 'new';
  list.here = 2;
  rows.beginAnew();
  rows.draw([0, 2], around([0, 2], 2), bears, true);
  expect(rows.rows).toEqual(['new 0', 'new 1']);
  expect(rows.isBehind).toBe(false);
});

test('another list than one that was scrolled about in begins with nothing at its top', () => {
  const rows = drawnFor([400, 404]);
  rows.beginAnew();
  expect(rangeOf(rows)).toEqual([0, 0]);
  framesOf(rows, [0, 4], { onlyScreen: true });
  expect(rangeOf(rows)).toEqual([0, 4]);
});

test('rows whose heights leave room for others are found out to be behind', () => {
  const rows = drawnFor([0, 4]);
  rows.beginAnew();
  rows.look([0, 4]);
  expect(rows.isBehind).toBe(false);
  rows.look([0, 5]);
  expect(rows.isBehind).toBe(true);
});

test('a frame that bears less draws less, and never nothing', () => {
  const list = new TestList();
  const rows = drawnFor([0, 4], list);
  list.name = 'new';
  rows.beginAnew();
  const isNew = (row: string | undefined) => row?.startsWith('new');
  expect(rows.draw([0, 4], around([0, 4], total), 2, true)).toBe(2);
  expect(rows.rows.filter(isNew)).toHaveLength(2);
  expect(rows.draw([500, 504], around([500, 504], total), 1, true)).toBe(2);
  expect(rangeOf(rows)).toEqual([500, 501]);
});
