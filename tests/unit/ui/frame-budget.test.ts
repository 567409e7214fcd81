import { expect, test } from 'vitest';
import { FrameBudget } from '#ui/frame-budget.ts';

function afterFrames(...frames: readonly (readonly [cards: number, ms: number])[]): number {
  const budget = new FrameBudget();
  for (const [cards, ms] of frames) budget.note(cards, ms);
  return budget.cards;
}

const many = <T>(value: T) => Array.from({ length: 20 }, () => value);

test('a fast device draws a phone’s screen full at once, and no more than that', () => {
  expect(afterFrames(...many([4, 6] as const))).toBe(6);
  expect(afterFrames(...many([6, 0.1] as const))).toBe(6);
});

test('a slow device draws fewer a frame, and always one', () => {
  expect(afterFrames(...many([4, 44] as const))).toBe(2);
  expect(afterFrames(...many([1, 500] as const))).toBe(1);
});

test('one frame that something else held up does not count for long', () => {
  const fast = many([4, 12] as const);
  expect(afterFrames(...fast, [4, 80])).toBeLessThan(afterFrames(...fast));
  expect(afterFrames(...fast, [4, 80], ...fast)).toBe(afterFrames(...fast));
});
