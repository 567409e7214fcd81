import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemRandom } from '#crypto/system-random.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the platform’s generator', () => {
  test.each([
    [0, []],
    [24, [24]],
    [65_536, [65_536]],
    [65_537, [65_536, 1]],
    [200_000, [65_536, 65_536, 65_536, 3_392]],
  ])('gives %i bytes in pieces that it grants', (length, pieces) => {
    const asked = vi.spyOn(crypto, 'getRandomValues');
    const bytes = systemRandom(length);
    expect(bytes).toHaveLength(length);
    expect(asked.mock.calls.map(([piece]) => piece?.byteLength)).toEqual(pieces);
  });

  test('leaves no piece of the bytes as it was', () => {
    const bytes = systemRandom(131_172);
    for (let start = 0; start < bytes.length; start += 100) {
      expect(bytes.subarray(start, start + 100).some((byte) => byte !== 0)).toBe(true);
    }
  });
});
