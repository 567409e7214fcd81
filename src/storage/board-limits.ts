import type { Day } from '#core/types/day.ts';

/** What time and room have taken from the board; nothing here is secret. */
export interface BoardLimits {
  /** What ended before this day has expired. */
  readonly firstDay: Day;
  /** The bytes of what ended before this day have been deleted. */
  readonly emptiedBefore: Day;
  /** Nothing older comes back: where room ran out, the oldest was let go of. 0 while there is room. */
  readonly keepFrom: Day;
  /** Entries that were let go of, or not taken in, for want of room. */
  readonly leftOut: number;
  /** The last attempt to store found no room. */
  readonly full: boolean;
  /** When what was left out was last wanted back; 0 for never. */
  readonly wantedBackOn: Day;
}

export const noLimits: BoardLimits = {
  firstDay: 0 as Day,
  emptiedBefore: 0 as Day,
  keepFrom: 0 as Day,
  leftOut: 0,
  full: false,
  wantedBackOn: 0 as Day,
};

/** The limits out of their settings' row. */
export function limitsOf(value: unknown): BoardLimits {
  return typeof value === 'object' && value !== null
    ? { ...noLimits, ...(value as Partial<BoardLimits>) }
    : noLimits;
}
