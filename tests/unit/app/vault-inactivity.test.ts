import { describe, expect, it } from 'vitest';
import { isLockDue, parseAutoLockMinutes } from '#app/vault-inactivity.ts';

const minute = 60_000;

describe('The automatic lock', () => {
  it('waits until the chosen minutes have passed', () => {
    expect(isLockDue(1_000, 1_000 + 5 * minute - 1, 5)).toBe(false);
    expect(isLockDue(1_000, 1_000 + 5 * minute, 5)).toBe(true);
  });

  it('is due when the clock ran backwards, because nobody knows how long that was', () => {
    expect(isLockDue(10 * minute, 9 * minute, 60)).toBe(true);
  });

  it('takes only choices that it offers', () => {
    expect(parseAutoLockMinutes('15')).toBe(15);
    for (const kept of [null, '', '0', '-1', '1e9', 'Infinity', '7']) {
      expect(parseAutoLockMinutes(kept), String(kept)).toBe(5);
    }
  });
});
