import { describe, expect, test, vi } from 'vitest';
import { cacheByKey } from '#crypto/key-cache.ts';

const keyOf = (number: number) => Uint8Array.of(number & 0xff, number >> 8);
const room = 4096;

describe('what was made of a public key', () => {
  test('is made once and given again', () => {
    const make = vi.fn((key: Uint8Array) => ({ first: key[0] }));
    const cached = cacheByKey(make);
    const made = cached(keyOf(7));
    expect(made).toEqual({ first: 7 });
    expect(cached(keyOf(7))).toBe(made);
    expect(cached(keyOf(8))).not.toBe(made);
    expect(make).toHaveBeenCalledTimes(2);
  });

  test('is kept for 4,096 keys; then the oldest is let go, and only that', () => {
    const make = vi.fn((key: Uint8Array) => key.join());
    const cached = cacheByKey(make);
    for (let number = 0; number < room; number++) cached(keyOf(number));
    make.mockClear();
    for (let number = 0; number < room; number++) cached(keyOf(number));
    expect(make).not.toHaveBeenCalled();
    cached(keyOf(room));
    for (let number = room; number > 0; number--) cached(keyOf(number));
    expect(make).toHaveBeenCalledTimes(1);
    cached(keyOf(0));
    expect(make).toHaveBeenCalledTimes(2);
  });
});
