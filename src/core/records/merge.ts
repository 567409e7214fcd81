import { compareBytes } from '../types/bytes.ts';
import { addDays, type Day } from '../types/day.ts';
import type { RecordId } from '../types/ids.ts';
import { maxLifetimeDays } from './record.ts';

/** What decides between two revisions at one address. */
export interface Revision {
  readonly rev: number;
  readonly id: RecordId;
}

/** The order of revisions at one address: the highest (rev, id) wins, in any order of arrival. */
export function compareRevisions(a: Revision, b: Revision): number {
  return a.rev - b.rev || compareBytes(a.id, b.id);
}

/** The merge rule: whichever wins. Commutative, associative and idempotent. */
export function mergeRevisions<T extends Revision>(a: T, b: T): T {
  return compareRevisions(a, b) >= 0 ? a : b;
}

/** The last day on which a holder must remember the winning (rev, id), also after expiry. */
export function floorUntil(day: Day): Day {
  return addDays(day, maxLifetimeDays + 1);
}
