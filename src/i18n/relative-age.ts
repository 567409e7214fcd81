/** A length of time before now, as Intl.RelativeTimeFormat takes it. */
export interface RelativeAge {
  /** Zero or negative. */
  readonly value: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
}

const units = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** The largest whole unit that has passed; what lies in the future or under a minute is "now". */
export function relativeAge(momentMs: number, nowMs: number): RelativeAge {
  const passedMs = Math.max(0, nowMs - momentMs);
  for (const [unit, lengthMs] of units) {
    if (passedMs >= lengthMs) return { value: -Math.floor(passedMs / lengthMs), unit };
  }
  return { value: 0, unit: 'second' };
}
