import { translator } from '#i18n/i18n.svelte.ts';

/** Hour and minute on this device's own clock. */
export function formatTime(momentMs: number): string {
  return new Intl.DateTimeFormat(translator.locale, { timeStyle: 'short' }).format(momentMs);
}

/** The day on this device's own calendar and clock. */
export function formatLocalDay(momentMs: number): string {
  return new Intl.DateTimeFormat(translator.locale, { dateStyle: 'full' }).format(momentMs);
}

/** A day on this device's own calendar, as short as it can be understood. */
export function formatShortDay(momentMs: number): string {
  const options = { day: 'numeric', month: 'short' } as const;
  return new Intl.DateTimeFormat(translator.locale, options).format(momentMs);
}

/** Whether two moments fall on one day of this device's own clock. */
export function isSameLocalDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}
