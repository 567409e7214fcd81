import { translator } from './i18n.svelte.ts';
import { dayToMs, msPerDay } from '#core/types/day.ts';
import type { Day } from '#core/types/day.ts';
import { relativeAge } from './relative-age.ts';

const cache = new Map<string, unknown>();

function cached<T>(kind: string, make: (locale: string) => T): T {
  const name = `${translator.locale} ${kind}`;
  const known = cache.get(name) as T | undefined;
  if (known !== undefined) return known;
  const made = make(translator.locale);
  cache.set(name, made);
  return made;
}

/** An amount of data in the unit a person would use: 0 byte, 12 kB, 3.4 MB. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3;
  const unit = (['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const)[step] ?? 'byte';
  const options = {
    style: 'unit',
    unit,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  } as const;
  return cached(unit, (locale) => new Intl.NumberFormat(locale, options)).format(
    bytes / 1_000 ** step,
  );
}

/** How long ago a moment was, in its largest whole unit: "3 hours ago", "now". */
export function formatAge(momentMs: number, nowMs: number): string {
  const { value, unit } = relativeAge(momentMs, nowMs);
  return cached('age', (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })).format(
    value,
    unit,
  );
}

/** How long ago a day was, never finer than days: "today", "yesterday", "12 days ago". */
export function formatDayAge(day: Day, nowMs: number): string {
  const days = Math.min(0, day - Math.floor(nowMs / msPerDay));
  return cached(
    'day-age',
    (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  ).format(days, 'day');
}

/** A calendar day, in UTC as it is in the record. */
export function formatDay(day: Day): string {
  return cached(
    'day',
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
  ).format(dayToMs(day));
}

/** A moment on this device's own clock, day and minute. */
export function formatMoment(momentMs: number): string {
  return cached(
    'moment',
    (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  ).format(momentMs);
}

/** Words in a row, set apart as the language does it: "a, b, c". */
export function formatList(words: readonly string[]): string {
  return cached('list', (locale) => new Intl.ListFormat(locale, { type: 'unit' })).format(words);
}

/** A country by its ISO 3166-1 code, or the code itself where the platform has no name for it. */
export function countryName(code: string): string {
  return nameOf('region', code);
}

/** A language by its BCP 47 tag, or the tag itself where the platform has no name for it. */
export function languageName(tag: string): string {
  return nameOf('language', tag);
}

/** Texts in the order the reader's language sorts them. */
export function compareWords(a: string, b: string): number {
  return cached('collator', (locale) => new Intl.Collator(locale)).compare(a, b);
}

function nameOf(type: 'region' | 'language', code: string): string {
  return cached(`${type} ${code}`, (locale) => {
    try {
      return cached(type, () => new Intl.DisplayNames(locale, { type })).of(code) ?? code;
    } catch {
      return code;
    }
  });
}
