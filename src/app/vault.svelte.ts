import type { EngineErrorCode, Outcome } from '#engine/api/outcome.ts';
import type { PassphraseStrength, VaultState } from '#engine/api/vault-calls.ts';
import { engine } from './engine-client.ts';
import { askToKeepStorage } from './kept-storage.ts';
import { shell } from './shell.svelte.ts';

/** The vault as its forms see it: its state, what is under way, and what went wrong last. */
class Vault {
  #busy = $state.raw(false);
  #error = $state.raw<EngineErrorCode | null>(null);
  #eraseFailed = $state.raw(false);

  /** Null until the engine has answered for the first time. */
  get state(): VaultState | null {
    return shell.status?.vault ?? null;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get error(): EngineErrorCode | null {
    return this.#error;
  }

  /** Whether the last attempt to erase the device left something behind. */
  get eraseFailed(): boolean {
    return this.#eraseFailed;
  }

  readonly measure = (passphrase: string): Promise<PassphraseStrength> =>
    engine.measurePassphrase(passphrase);

  /**
   * Makes the vault and opens it; tells whether it is open. From then on there is something here that
   * comes from nowhere again: a browser that was not asked deletes it on a full device (decision 0093).
   */
  readonly create = async (passphrase: string): Promise<boolean> => {
    const isOpen = await this.#attempt(() => engine.createVault(passphrase));
    if (isOpen) void askToKeepStorage();
    return isOpen;
  };

  /** Opens the vault; tells whether it is open. */
  readonly unlock = (passphrase: string): Promise<boolean> =>
    this.#attempt(() => engine.unlockVault(passphrase));

  async lock(): Promise<void> {
    this.#error = null;
    await shell.lock();
  }

  /** Deletes everything that this app keeps on the device; false when some of it could not be. */
  async erase(): Promise<boolean> {
    this.#eraseFailed = false;
    try {
      await engine.eraseDevice();
      await forgetApp();
      return true;
    } catch {
      this.#eraseFailed = true;
      return false;
    }
  }

  async #attempt(call: () => Outcome<void>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#error = null;
    try {
      const outcome = await call();
      if (!outcome.ok) this.#error = outcome.error.code;
      await shell.refresh();
      return outcome.ok;
    } catch {
      this.#error = 'engine-gone';
      return false;
    } finally {
      this.#busy = false;
    }
  }
}

/** What the engine's worker cannot reach: display preferences, the stored shell and its worker. */
async function forgetApp(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  if ('caches' in globalThis) {
    for (const name of await caches.keys()) await caches.delete(name);
  }
  if (!('serviceWorker' in navigator)) return;
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
}

export const vault = new Vault();
