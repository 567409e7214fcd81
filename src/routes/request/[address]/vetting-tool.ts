import { translator } from '#i18n/i18n.svelte.ts';

/** The stewards' tool, with its words; few readers have it. */
export async function loadVettingTool() {
  const [room] = await Promise.all([
    import('./VettingTool.svelte'),
    translator.loadAreas('vetting'),
  ]);
  return room.default;
}
