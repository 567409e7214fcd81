import type { FileTrouble } from '#app/attachments/outgoing-file.svelte.ts';
import { t } from '#i18n/i18n.svelte.ts';

const ownTroubles = [
  'heic',
  'too-many-pixels',
  'not-readable',
  'pixels-withheld',
  'empty',
  'unreadable',
] as const;
type OwnTrouble = (typeof ownTroubles)[number];

/** Why a file cannot be sent or shown, as a sentence that says what to do. */
export function fileTroubleWords(trouble: FileTrouble): string {
  return isOwn(trouble) ? t(`attachments.trouble.${trouble}`) : t(`errors.${trouble}`);
}

function isOwn(trouble: FileTrouble): trouble is OwnTrouble {
  return (ownTroubles as readonly string[]).includes(trouble);
}
