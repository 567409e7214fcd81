import { translator } from '#i18n/i18n.svelte.ts';

/** The words of this screen come with it. */
export const load = (): Promise<void> => translator.loadAreas('backup');
