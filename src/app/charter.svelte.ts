import type { EngineErrorCode } from '#engine/api/outcome.ts';
import type { CharterView } from '#engine/api/trust-calls.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** Who vets people on the board that this device follows. */
export class CharterState {
  #view = $state.raw<CharterView | null>(null);
  #trouble = $state.raw<EngineErrorCode | null>(null);
  #followed = $state.raw(false);
  #ticket = 0;

  /** Null until read, and where nobody vets people. */
  get view(): CharterView | null {
    return this.#view;
  }

  get trouble(): EngineErrorCode | null {
    return this.#trouble;
  }

  /** Whether the reader has just chosen other stewards. */
  get followed(): boolean {
    return this.#followed;
  }

  /** Reads it, and again when it may have moved, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'network' || event === 'board') void this.#read();
    });
    void this.#read();
    return stop;
  }

  /** From now on those count whom the relay of this app names. */
  async followOffered(): Promise<void> {
    const outcome = await engine.followOfferedCharter();
    this.#trouble = outcome.ok ? null : outcome.error.code;
    this.#followed = outcome.ok;
    await this.#read();
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const view = await engine.readCharter();
    if (ticket === this.#ticket) this.#view = view;
  }
}
