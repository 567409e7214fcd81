/** Minutes without a touch or key after which the vault may lock by itself. */
export const autoLockMinutes = [1, 5, 15, 60] as const;
export type AutoLockMinutes = (typeof autoLockMinutes)[number];

export const usualAutoLockMinutes: AutoLockMinutes = 5;

const msPerMinute = 60_000;

/** Whether so much time has passed; a clock that ran backwards counts as time passed. */
export function isLockDue(lastActivityMs: number, nowMs: number, minutes: number): boolean {
  const passedMs = nowMs - lastActivityMs;
  return passedMs < 0 || passedMs >= minutes * msPerMinute;
}

/** The kept choice, or the usual one where it is none of ours. */
export function parseAutoLockMinutes(kept: string | null): AutoLockMinutes {
  return autoLockMinutes.find((minutes) => String(minutes) === kept) ?? usualAutoLockMinutes;
}
