import { engine, onEngineEvent } from './engine-client.ts';

/** Whether this device tells others that their messages came, where no answer would say so. */
class Receipts {
  #on = $state.raw<boolean | null>(null);

  /** Null until read, and while the vault is locked. */
  get on(): boolean | null {
    return this.#on;
  }

  /** Reads it, and again when the vault moves, until the returned function is called. */
  follow(): () => void {
    void this.#read();
    return onEngineEvent((event) => {
      if (event === 'vault') void this.#read();
    });
  }

  async choose(on: boolean): Promise<void> {
    await engine.setReceipts(on);
    await this.#read();
  }

  async #read(): Promise<void> {
    const outcome = await engine.readReceipts();
    this.#on = outcome.ok ? outcome.value : null;
  }
}

export const receipts = new Receipts();
