/** Counts what callers have used within the running minute; forgets all of it when the minute ends. */
export interface Budget {
  /** Takes up to `wanted` from a caller's budget and returns how much there was. */
  take(caller: string, wanted: number): number;
}

const minuteMs = 60_000;

/** A budget of so much a minute for each caller; 0 for no limit. */
export function createBudget(perMinute: number, clock: () => number): Budget {
  let minute = 0;
  let used = new Map<string, number>();
  return {
    take(caller, wanted) {
      if (perMinute === 0) return wanted;
      const now = Math.floor(clock() / minuteMs);
      if (now !== minute) {
        minute = now;
        used = new Map();
      }
      const before = used.get(caller) ?? 0;
      const granted = Math.min(wanted, perMinute - before);
      used.set(caller, before + granted);
      return granted;
    },
  };
}
