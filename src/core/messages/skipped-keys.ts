import type { Day } from '../types/day.ts';
import type { AeadKey } from '../types/ports.ts';
import { isSameKey } from './key-schedule.ts';

/** The key of a message that was passed over, kept for when it arrives. */
export interface SkippedKey {
  readonly number: number;
  readonly messageKey: AeadKey;
  /** When it was passed over. */
  readonly day: Day;
}

/** MKSKIPPED of the Double Ratchet, by header key: oldest chain first, numbers ascending. */
export interface SkippedChain {
  readonly headerKey: AeadKey;
  readonly keys: readonly SkippedKey[];
}

/** protocol.md, "After it". */
export const maxSkippedPerMessage = 256;
export const maxSkippedStored = 1_000;
const skippedLifetimeDays = 30;

/** Drops the keys that are older than 30 days. */
export function forgetOldKeys(skipped: readonly SkippedChain[], day: Day): readonly SkippedChain[] {
  return keepKeys(skipped, (key) => day - key.day <= skippedLifetimeDays);
}

/** Appends keys of one chain and drops the oldest beyond 1,000. */
export function addSkippedKeys(
  skipped: readonly SkippedChain[],
  headerKey: AeadKey,
  keys: readonly SkippedKey[],
): readonly SkippedChain[] {
  if (keys.length === 0) return skipped;
  const known = skipped.some((chain) => isSameKey(chain.headerKey, headerKey));
  const joined = known
    ? skipped.map((chain) =>
        isSameKey(chain.headerKey, headerKey)
          ? { headerKey, keys: [...chain.keys, ...keys] }
          : chain,
      )
    : [...skipped, { headerKey, keys }];
  let excess = joined.reduce((total, chain) => total + chain.keys.length, 0) - maxSkippedStored;
  return keepKeys(joined, () => excess-- <= 0);
}

/** Takes one key out once its message was opened. */
export function removeSkippedKey(
  skipped: readonly SkippedChain[],
  used: SkippedKey,
): readonly SkippedChain[] {
  return keepKeys(skipped, (key) => key !== used);
}

function keepKeys(
  skipped: readonly SkippedChain[],
  keep: (key: SkippedKey) => boolean,
): readonly SkippedChain[] {
  return skipped
    .map(({ headerKey, keys }) => ({ headerKey, keys: keys.filter(keep) }))
    .filter((chain) => chain.keys.length > 0);
}
