import { expect, test } from 'vitest';
import { around, DrawnRows, type RowRange } from '#ui/drawn-rows.svelte.ts';

const total = 1_000;

/** What stands in the page after each frame, until there is no more to draw. */
function framesOf(rows: DrawnRows, screen: RowRange, count = total): readonly RowRange[] {
  const frames: RowRange[] = [];
  while (rows.draw(screen, count)) frames.push(rows.range);
  return frames;
}

function drawnFor(screen: RowRange): DrawnRows {
  const rows = new DrawnRows();
  framesOf(rows, screen);
  return rows;
}

test('the screen’s rows come first, then the ones around it, some a frame', () => {
  const frames = framesOf(new DrawnRows(), [0, 6]);
  expect(frames.slice(0, 3)).toEqual([
    [0, 4],
    [0, 6],
    [0, 10],
  ]);
  expect(frames.at(-1)).toEqual([0, 24]);
});

test('a list that is shorter than the screen is drawn to its end', () => {
  expect(framesOf(new DrawnRows(), [0, 3], 3)).toEqual([[0, 3]]);
});

test('scrolled on, the rows below come and those far above go', () => {
  const rows = drawnFor([0, 4]);
  expect(rows.draw([22, 26], total)).toBe(true);
  expect(rows.range).toEqual([16, 26]);
  framesOf(rows, [22, 26]);
  expect(rows.range).toEqual(around([22, 26], total));
});

test('scrolled back, the rows above come on the screen before the ones around it', () => {
  const rows = drawnFor([100, 104]);
  rows.draw([92, 96], total);
  expect(rows.range).toEqual([92, 110]);
});

test('a jump elsewhere begins there', () => {
  const rows = drawnFor([0, 4]);
  rows.draw([500, 505], total);
  expect(rows.range).toEqual([500, 504]);
  expect(rows.holds([500, 505])).toBe(false);
  rows.draw([500, 505], total);
  expect(rows.holds([500, 505])).toBe(true);
});

test('another list is drawn over the screen’s rows, and is behind until all of them are its own', () => {
  const rows = drawnFor([0, 6]);
  rows.beginAnew(total);
  expect([rows.range, rows.settled, rows.isBehind]).toEqual([[0, 6], 0, true]);
  rows.draw([0, 6], total);
  expect([rows.range, rows.settled, rows.isBehind]).toEqual([[0, 6], 4, true]);
  rows.draw([0, 6], total);
  expect(rows.isBehind).toBe(false);
  expect(rows.holds([0, 6])).toBe(true);
  framesOf(rows, [0, 6]);
  expect([rows.range, rows.settled]).toEqual([[0, 24], Number.POSITIVE_INFINITY]);
});

test('another list of fewer rows than the screen shows keeps no row of the one before', () => {
  const rows = drawnFor([0, 6]);
  rows.beginAnew(2);
  expect(rows.range).toEqual([0, 2]);
  rows.draw([0, 2], 2);
  expect(rows.isBehind).toBe(false);
});

test('another list than one that was scrolled about in begins with nothing at its top', () => {
  const rows = drawnFor([400, 404]);
  rows.beginAnew(total);
  expect([rows.range, rows.isBehind]).toEqual([[0, 0], false]);
  rows.draw([0, 4], total);
  expect(rows.range).toEqual([0, 4]);
});
