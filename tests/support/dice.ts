/** Seeded random numbers from 0 to 1. */
export type Dice = () => number;

/** A source of numbers that a seed fixes (mulberry32). */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** One of several, each as likely; throws where there is none. */
export function pick<T>(dice: Dice, values: readonly T[]): T {
  const value = values[Math.floor(dice() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** One of several, each as likely as its share; throws where there is none. */
export function pickByShare<T extends { readonly share: number }>(
  dice: Dice,
  values: readonly T[],
): T {
  let left = dice() * values.reduce((total, { share }) => total + share, 0);
  const picked = values.find(({ share }) => (left -= share) < 0) ?? values[0];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}
