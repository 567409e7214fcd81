import 'fake-indexeddb/auto';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { systemRandom } from '#crypto/system-random.ts';
import { encodeVaultHeader } from '#crypto/vault-header.ts';
import { createVaultHeader } from '#crypto/vault-keys.ts';
import { argon2idBounds } from '#crypto/vault-parameters.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import type { Result } from '#core/types/result.ts';
import type { EngineApi, EngineEvent } from '#engine/api/engine-api.ts';
import { startEngine, type RunningEngine } from '#engine/engine.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { writeVaultHeader } from '#storage/settings-store.ts';
import { FaultLine } from './fault-line.ts';
import type { TestClock } from './test-clock.ts';

const crypto = await createSodiumCrypto();
let devices = 0;

/** Where a device finds its relay, what time it has, and what makes it fail. */
export interface DeviceSurroundings {
  readonly origin: string;
  readonly clock: TestClock;
  readonly fetch?: typeof fetch;
}

/**
 * A phone without a browser: a whole engine on an IndexedDB in memory, against a real relay. It can
 * be killed at any moment and started again on what it had stored.
 */
export class Device {
  readonly name = `device-${++devices}`;
  readonly passphrase = 'seven lamps over a quiet harbour';
  readonly events: EngineEvent[] = [];
  readonly #surroundings: DeviceSurroundings;
  #line = new FaultLine(this.name);
  #engine: RunningEngine | null = null;

  constructor(surroundings: DeviceSurroundings) {
    this.#surroundings = surroundings;
  }

  /** The engine's calls; throws while it is not running. */
  get api(): EngineApi {
    if (this.#engine === null) throw new Error(`${this.name} is not running`);
    return this.#engine.api;
  }

  /** Counts what this run reads and writes, and ends it at a chosen place. */
  get line(): FaultLine {
    return this.#line;
  }

  /** Starts the engine on what the device has stored; not alone where a frozen one may wake beside it. */
  async start({ isAlone = true } = {}): Promise<void> {
    const { origin, clock } = this.#surroundings;
    const line = new FaultLine(this.name);
    this.#line = line;
    this.#engine = await startEngine({
      db: new WallflowerDatabase(this.name),
      clock: () => clock.nowMs,
      random: systemRandom,
      fetch: line.guardFetch(this.#surroundings.fetch ?? fetch),
      homeRelay: origin as RelayOrigin,
      isAlone,
      emit: (event) => {
        this.events.push(event);
      },
    });
  }

  /** Starts with a new vault, at the least cost that the vault allows, and opens it. */
  async startWithVault(): Promise<void> {
    const db = new WallflowerDatabase(this.name);
    const { minPasses, minMemoryBytes } = argon2idBounds;
    const cost = { passes: minPasses, memoryBytes: minMemoryBytes };
    const created = createVaultHeader(crypto, systemRandom, this.passphrase, cost);
    if (!created.ok) throw new Error('no memory for a vault');
    await writeVaultHeader(db, encodeVaultHeader(created.value.header));
    db.close();
    await this.start();
    await this.unlock();
  }

  async unlock(): Promise<void> {
    unwrap(await this.api.unlockVault(this.passphrase));
  }

  /** The device says that there is a link again. */
  linkIsBack(): void {
    this.#engine?.linkIsBack();
  }

  /** Ends it as a killed tab ends: nothing that was under way is finished. */
  kill(): void {
    this.#line.cut();
    this.#engine?.stop();
    this.#engine = null;
  }

  /** Killed where it still runs, then started and unlocked on what it had stored. */
  async restart(): Promise<void> {
    this.kill();
    await this.start();
    await this.unlock();
  }
}

/** The value of a call that must succeed. */
export function unwrap<T>(result: Result<T, { readonly code: string }>): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const patienceMs = 30_000;
const pauseMs = 20;

/** Waits until a reading is there; throws with the last reading after half a minute. */
export async function eventually<T>(
  read: () => Promise<T>,
  isThere: (value: T) => boolean,
): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (isThere(value)) return value;
    if (performance.now() > endMs) throw new Error(`never came: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
