import { expect, test } from 'vitest';
import { DrawPace } from '#ui/draw-pace.ts';

/** The rows of each frame where frames take so many milliseconds. */
function rowsAt(pace: DrawPace, frameMs: number, frames: number): readonly number[] {
  return Array.from({ length: frames }, (_, frame) => {
    pace.frame(frame * frameMs);
    return pace.rows;
  });
}

test('a device that keeps up draws more and more rows a frame, up to eight', () => {
  expect(rowsAt(new DrawPace(), 16.7, 6)).toEqual([1, 2, 4, 8, 8, 8]);
});

test('a device that does not draws one', () => {
  const pace = new DrawPace();
  expect(rowsAt(pace, 40, 4)).toEqual([1, 1, 1, 1]);
  pace.rest();
  rowsAt(pace, 16, 4);
  pace.frame(16 * 3 + 50);
  expect(pace.rows).toBe(1);
});

test('time in which nothing was to be drawn says nothing', () => {
  const pace = new DrawPace();
  rowsAt(pace, 16, 3);
  pace.rest();
  pace.frame(10_000);
  expect(pace.rows).toBe(4);
});

test('another list begins with one row, whatever the rows before it took', () => {
  const pace = new DrawPace();
  rowsAt(pace, 16, 6);
  pace.beginAnew();
  expect(rowsAt(pace, 16, 3)).toEqual([1, 2, 4]);
});
