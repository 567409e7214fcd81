import type { RelayOrigin } from '#core/types/ids.ts';
import type { NetworkView } from '#engine/api/network-calls.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';
import { askToKeepStorage } from './kept-storage.ts';

/** How a search for news that the reader asked for ended. */
export interface SyncAnswer {
  readonly reached: number;
  readonly asked: number;
}

/** The links of this device: relays, what waits to go out, what was spent. */
class Network {
  #view = $state.raw<NetworkView | null>(null);
  #error = $state.raw<EngineErrorCode | null>(null);
  #adding = $state.raw(false);
  #syncing = $state.raw(false);
  #syncAnswer = $state.raw<SyncAnswer | null>(null);
  #persistence = $state.raw<'unasked' | 'refused'>('unasked');
  #ticket = 0;

  get view(): NetworkView | null {
    return this.#view;
  }

  /** Why the last change to the relays failed. */
  get error(): EngineErrorCode | null {
    return this.#error;
  }

  get adding(): boolean {
    return this.#adding;
  }

  get syncing(): boolean {
    return this.#syncing || (this.#view?.syncing ?? false);
  }

  get syncAnswer(): SyncAnswer | null {
    return this.#syncAnswer;
  }

  get persistence(): 'unasked' | 'refused' {
    return this.#persistence;
  }

  /** Reads them, and again when anything moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'network' || event === 'mail' || event === 'board') void this.#read();
    });
    void this.#read();
    return stop;
  }

  /** Adds the relay at an address; tells whether it is there. */
  async add(address: string): Promise<boolean> {
    if (this.#adding) return false;
    this.#adding = true;
    this.#error = null;
    const outcome = await engine.addRelay(address.trim());
    this.#adding = false;
    if (!outcome.ok) this.#error = outcome.error.code;
    await this.#read();
    return outcome.ok;
  }

  async remove(origin: RelayOrigin): Promise<void> {
    const outcome = await engine.removeRelay(origin);
    this.#error = outcome.ok ? null : outcome.error.code;
    await this.#read();
  }

  /** Tries something again that a relay refused. */
  async sendAgain(id: string): Promise<void> {
    // Where it is refused no more, the list that is read again says so.
    await engine.sendAgain(id);
    await this.#read();
  }

  /** Asks every relay for news; the answer says how many of them replied. */
  async sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#syncAnswer = null;
    const startedMs = Date.now();
    await engine.syncNow();
    await this.#read();
    this.#syncing = false;
    const relays = this.#view?.relays ?? [];
    const reached = relays.filter(({ lastContactMs }) => (lastContactMs ?? 0) >= startedMs);
    this.#syncAnswer = { reached: reached.length, asked: relays.length };
  }

  async confirmClock(): Promise<void> {
    await engine.confirmClock();
    await this.#read();
  }

  async keepStorage(): Promise<void> {
    this.#persistence = (await askToKeepStorage()) ? 'unasked' : 'refused';
    await this.#read();
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const view = await engine.readNetwork();
    if (ticket === this.#ticket) this.#view = view;
  }
}

export const network = new Network();
