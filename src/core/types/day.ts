import type { Brand } from './brand.ts';

/** Whole UTC days since 1970-01-01; no finer time ever leaves the device. */
export type Day = Brand<number, 'Day'>;

export const msPerDay = 86_400_000;

/** The UTC day that contains a moment given in milliseconds since 1970. */
export function dayOf(timeMs: number): Day {
  return Math.floor(timeMs / msPerDay) as Day;
}

/** The first millisecond of a day. */
export function dayToMs(day: Day): number {
  return day * msPerDay;
}

/** A day so many days later (or earlier). */
export function addDays(day: Day, days: number): Day {
  return (day + days) as Day;
}
