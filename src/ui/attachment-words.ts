import { formatBytes } from '#i18n/format.ts';
import { t } from '#i18n/i18n.svelte.ts';

/** What crossing the link costs, in bytes and, where this link's speed is known, in time. */
export function costWords(cost: {
  readonly wireBytes: number;
  readonly seconds: number | null;
}): string {
  const bytes = formatBytes(cost.wireBytes);
  return cost.seconds === null
    ? t('attachments.cost.bytes', { bytes })
    : t('attachments.cost', { bytes, time: timeWords(cost.seconds) });
}

function timeWords(seconds: number): string {
  if (seconds < 90) return t('attachments.seconds', { count: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t('attachments.minutes', { count: minutes });
  return t('attachments.hours', { count: Math.round(minutes / 60) });
}
