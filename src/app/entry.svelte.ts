import type { RequestStatus } from '#core/types/board-terms.ts';
import type { RecordAddressText } from '#core/types/ids.ts';
import type { BoardEntry } from '#engine/api/board-calls.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** One request or offer on its own screen. */
export class EntryState {
  readonly address: RecordAddressText;
  #entry = $state.raw<BoardEntry | null>(null);
  #missing = $state.raw(false);
  #trouble = $state.raw<EngineErrorCode | null>(null);
  #withdrawn = $state.raw(false);

  constructor(address: RecordAddressText) {
    this.address = address;
  }

  get entry(): BoardEntry | null {
    return this.#entry;
  }

  /** True once the engine has said that it is not on this device. */
  get missing(): boolean {
    return this.#missing;
  }

  /** What went wrong with the last thing that was asked for. */
  get trouble(): EngineErrorCode | null {
    return this.#trouble;
  }

  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  /** Reads the entry, prepares a reply, and reads again when the board moves, until stopped. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'board' || event === 'vault') void this.#read();
    });
    void this.#read().then(() => this.#prepareReply());
    return stop;
  }

  async save(saved: boolean): Promise<void> {
    const done = await engine.saveEntry(this.address, saved);
    this.#trouble = done.ok ? null : done.error.code;
    await this.#read();
  }

  async setStatus(status: RequestStatus): Promise<void> {
    const done = await engine.setStatus(this.address, status);
    this.#trouble = done.ok ? null : done.error.code;
    await this.#read();
  }

  /** Takes the entry off the board; copies elsewhere cannot be recalled. */
  async withdraw(): Promise<void> {
    const done = await engine.withdrawEntry(this.address);
    this.#trouble = done.ok ? null : done.error.code;
    if (done.ok) this.#withdrawn = true;
  }

  /** Reads it again, after something else about it was changed. */
  readAgain(): Promise<void> {
    return this.#read();
  }

  async #read(): Promise<void> {
    const read = await engine.readEntry(this.address);
    if (read.ok) this.#entry = read.value;
    this.#missing = !read.ok && !this.#withdrawn;
  }

  async #prepareReply(): Promise<void> {
    if (this.#entry === null || this.#entry.mine) return;
    const prepared = await engine.prepareReply(this.address);
    if (prepared.ok && prepared.value.cardOnDevice !== this.#entry.cardOnDevice) await this.#read();
  }
}
