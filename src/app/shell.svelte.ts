import type { EngineStatus } from '#engine/api/engine-api.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** How often ages on the screen move on when nothing else happens; rarer is quieter to hear. */
const tickMs = 300_000;

/** What every screen shows around itself: the vault, unread messages, what waits, how old it is. */
class ShellState {
  #status = $state.raw<EngineStatus | null>(null);
  #fault = $state.raw<EngineErrorCode | null>(null);
  #nowMs = $state.raw(Date.now());
  #reading: Promise<void> | null = null;
  #again = false;

  /** Null until the engine has answered for the first time. */
  get status(): EngineStatus | null {
    return this.#status;
  }

  /** Why the engine cannot open what the device keeps, while it cannot. */
  get fault(): EngineErrorCode | null {
    return this.#fault;
  }

  /** The moment from which ages are told; moves in steps. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Follows the engine until the returned function is called. */
  follow(): () => void {
    const stopEvents = onEngineEvent(() => void this.refresh());
    const ticking = setInterval(() => (this.#nowMs = Date.now()), tickMs);
    void this.refresh();
    return () => {
      stopEvents();
      clearInterval(ticking);
    };
  }

  /** Reads the engine's status; calls that arrive meanwhile share one more reading. */
  async refresh(): Promise<void> {
    if (this.#reading !== null) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#read();
    await this.#reading;
    this.#reading = null;
    if (!this.#again) return;
    this.#again = false;
    await this.refresh();
  }

  async lock(): Promise<void> {
    await engine.lockVault();
    await this.refresh();
  }

  async #read(): Promise<void> {
    const status = await engine.status();
    this.#nowMs = Date.now();
    this.#fault = status.ok ? null : status.error.code;
    if (status.ok) this.#status = status.value;
  }
}

export const shell = new ShellState();
