import { translator } from '#i18n/i18n.svelte.ts';
import type { LoadedArea } from '#i18n/message-keys.ts';

export const ssr = false;
export const prerender = false;

/** Words that each room needs beside those of the start. */
const areasByRoom: Readonly<Record<string, readonly LoadedArea[]>> = {
  request: ['entry', 'stars', 'errors', 'vault'],
  new: ['entry', 'composer', 'errors', 'vault'],
  messages: ['messages', 'stars', 'errors', 'vault'],
  network: ['network', 'errors'],
  me: ['me', 'stars', 'errors', 'vault'],
  learn: ['learn'],
};

/** Makes the words ready that a screen is drawn with. */
export const load = async ({ url }: { readonly url: URL }): Promise<void> => {
  const room = url.pathname.split('/')[1] ?? '';
  await Promise.all([translator.start(), translator.loadAreas(...(areasByRoom[room] ?? []))]);
};
