import { afterEach, expect, test, vi } from 'vitest';
import { copyText } from '#ui/copy-text.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('says that a text was copied', async () => {
  const copied: string[] = [];
  const writeText = (text: string) => Promise.resolve(void copied.push(text));
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  expect(await copyText('a key')).toBe(true);
  expect(copied).toEqual(['a key']);
});

test.each([
  ['refuses', { clipboard: { writeText: () => Promise.reject(new Error('no')) } }],
  ['is missing', {}],
])('says that nothing was copied where the clipboard %s', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  expect(await copyText('a key')).toBe(false);
});
