import { expect, test } from 'vitest';
import { createTurns } from '#engine/turns.ts';

const never = () => new Promise<never>(() => {});
const longMs = 60_000;

test('steps run one after the other, in order, also after one that failed', async () => {
  const inTurn = createTurns(longMs);
  const said: string[] = [];
  const step = (name: string) => async () => {
    said.push(`${name} begins`);
    await Promise.resolve();
    said.push(`${name} ends`);
    if (name === 'b') throw new Error('b broke');
    return name;
  };
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => inTurn(step(name))));
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a step that never ends holds up the next for a while only', async () => {
  const inTurn = createTurns(1);
  void inTurn(never);
  expect(await inTurn(() => Promise.resolve('next'))).toBe('next');
});

test('until then the next waits', async () => {
  const inTurn = createTurns(longMs);
  void inTurn(never);
  let hasBegun = false;
  void inTurn(() => {
    hasBegun = true;
    return never();
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(hasBegun).toBe(false);
});
