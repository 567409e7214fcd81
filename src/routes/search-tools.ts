import { translator } from '#i18n/i18n.svelte.ts';

/** The tools for whoever has an open vault, with their words; the board does not wait for them. */
export async function loadSearchTools() {
  const [room] = await Promise.all([
    import('./SearchTools.svelte'),
    translator.loadAreas('search', 'errors'),
  ]);
  return room.default;
}
