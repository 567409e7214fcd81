import { expect, test, vi } from 'vitest';

const lost = new Set<string>();

vi.mock('#i18n/catalogs.ts', () => ({
  fetchMessages: (locale: string, area: string) =>
    lost.has(area)
      ? Promise.reject(new Error('no link'))
      : Promise.resolve({ [`${area}.word`]: [`${area} in ${locale}`] }),
}));

const { translator } = await import('#i18n/i18n.svelte.ts');

test('words that cannot be had are in the way of no other room, nor of themselves once they can', async () => {
  lost.add('search');
  await expect(translator.loadAreas('search')).rejects.toThrow('no link');
  await translator.loadAreas('entry');
  lost.clear();
  await translator.loadAreas('search');
});
