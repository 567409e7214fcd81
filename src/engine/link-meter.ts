import type { RelayTransport } from '#sync/relay-client.ts';
import { readMeter, writeMeter } from '#storage/settings-store.ts';
import type { EngineContext } from './engine-context.ts';

/** Counts what crosses the link, for the screen that says what it costs. */
export class LinkMeter {
  readonly transport: RelayTransport;
  readonly #db: EngineContext['db'];
  readonly #counted = { down: 0, up: 0 };

  constructor({ db, fetch }: EngineContext) {
    this.#db = db;
    this.transport = {
      fetch,
      countBytes: (direction, bytes) => {
        this.#counted[direction] += bytes;
      },
    };
  }

  /** Adds what was counted since the last time to what is stored. */
  async keep(): Promise<void> {
    const { down, up } = this.#counted;
    if (down + up === 0) return;
    this.#counted.down -= down;
    this.#counted.up -= up;
    const meter = await readMeter(this.#db);
    await writeMeter(this.#db, { down: meter.down + down, up: meter.up + up });
  }
}
