import { translator } from '#i18n/i18n.svelte.ts';

/** What shows a file in a message, with its words; fetched when the first one is shown. */
export async function loadFileInMessage() {
  const [part] = await Promise.all([
    import('./FileInMessage.svelte'),
    translator.loadAreas('attachments'),
  ]);
  return part.default;
}

/** What prepares a file that was chosen, with its words; fetched when the first one is chosen. */
export async function loadSendFile() {
  const [part] = await Promise.all([
    import('./SendFile.svelte'),
    translator.loadAreas('attachments'),
  ]);
  return part.default;
}
