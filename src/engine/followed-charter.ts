import * as z from 'zod/mini';
import { fixedBytes } from '#core/codec/shapes.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { TrustIndex, TrustView } from './trust-index.ts';

const followedSchema = z.object({ key: fixedBytes<PersonaKey>(32), demo: z.boolean() });
type Followed = z.infer<typeof followedSchema>;

/**
 * The charter whose stewards' stars count on this device: the one that the relay of this app named
 * first, until its user follows another. Where there is none, nothing of it is loaded.
 */
export class FollowedCharter {
  readonly #db: WallflowerDatabase;
  #followed: Followed | null = null;
  #index: Promise<TrustIndex> | null = null;

  constructor(db: WallflowerDatabase) {
    this.#db = db;
  }

  /** Who signs it; null for none. */
  get key(): PersonaKey | null {
    return this.#followed?.key ?? null;
  }

  /** Whether it is the made-up charter of a demonstration board, which anybody could sign. */
  get isDemo(): boolean {
    return this.#followed?.demo ?? false;
  }

  /** Brings from the disk what is followed. */
  async load(): Promise<void> {
    const row = await this.#db.settings.get('charter');
    const parsed = followedSchema.safeParse(row?.value);
    if (parsed.success) this.#turnTo(parsed.data);
  }

  /** Follows another charter from now on, or none. */
  async follow(followed: Followed | null): Promise<void> {
    if (followed === null) await this.#db.settings.delete('charter');
    else await this.#db.settings.put({ key: 'charter', value: followed });
    this.#turnTo(followed);
  }

  /** Who vets people and what they say; null where no charter is followed. */
  async read(): Promise<TrustView | null> {
    const { key } = this;
    if (key === null) return null;
    this.#index ??= import('./trust-index.ts').then(
      (room) => new room.TrustIndex(this.#db.board, key),
    );
    this.#index.catch(() => (this.#index = null));
    return (await this.#index).read();
  }

  #turnTo(followed: Followed | null): void {
    const { key } = this;
    this.#followed = followed;
    if (key === null || followed === null || !equalBytes(followed.key, key)) this.#index = null;
  }
}
