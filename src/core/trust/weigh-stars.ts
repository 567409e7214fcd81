import { compareBytes } from '../types/bytes.ts';

/** What of an attestation decides whether it is the one that counts for its persona. */
export interface WeighedStars {
  readonly stars: number;
  readonly day: number;
  /** 32 bytes. */
  readonly steward: Uint8Array;
}

/**
 * Which of two standing attestations about one persona counts, negative for the first: a warning (no
 * stars) before all others, so that no second steward can cover it; else the newer one, of one day the
 * lower, of those the lower key, so that every device shows the same. protocol.md, "Stars".
 */
export function compareStars(a: WeighedStars, b: WeighedStars): number {
  return (
    Number(b.stars === 0) - Number(a.stars === 0) ||
    b.day - a.day ||
    a.stars - b.stars ||
    compareBytes(a.steward, b.steward)
  );
}
