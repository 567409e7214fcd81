import { noonMs } from '../relay/running-relay.ts';

const dayMs = 86_400_000;

/** A clock that goes on by itself, begins at noon of 2026-11-21, and can be turned; shared with a relay. */
export class TestClock {
  #offsetMs = noonMs - Date.now();

  get nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Turns it forward; negative for backward. */
  passDays(days: number): void {
    this.#offsetMs += days * dayMs;
  }

  pass(durationMs: number): void {
    this.#offsetMs += durationMs;
  }
}
