import { equalBytes } from '#core/types/bytes.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { TrustIndex, TrustView } from './trust-index.ts';

/**
 * The charter whose stewards' stars count on this device: the one that the relay of this app named
 * first, until its user follows another. Where there is none, nothing of it is loaded.
 */
export class FollowedCharter {
  readonly #db: WallflowerDatabase;
  #key: PersonaKey | null = null;
  #index: Promise<TrustIndex> | null = null;

  constructor(db: WallflowerDatabase) {
    this.#db = db;
  }

  /** Who signs it; null for none. */
  get key(): PersonaKey | null {
    return this.#key;
  }

  /** Brings from the disk what is followed. */
  async load(): Promise<void> {
    const row = await this.#db.settings.get('charter');
    if (row?.value instanceof Uint8Array) this.#turnTo(row.value as PersonaKey);
  }

  /** Follows the charter of so-and-so from now on. */
  async follow(key: PersonaKey): Promise<void> {
    await this.#db.settings.put({ key: 'charter', value: key });
    this.#turnTo(key);
  }

  /** Who vets people and what they say; null where no charter is followed. */
  async read(): Promise<TrustView | null> {
    if (this.#key === null) return null;
    const key = this.#key;
    this.#index ??= import('./trust-index.ts').then(
      (room) => new room.TrustIndex(this.#db.board, key),
    );
    this.#index.catch(() => (this.#index = null));
    return (await this.#index).read();
  }

  #turnTo(key: PersonaKey): void {
    if (this.#key !== null && equalBytes(this.#key, key)) return;
    this.#key = key;
    this.#index = null;
  }
}
