import type { Stars } from '#core/types/trust-terms.ts';

/** One of this device's personas, to write as. */
export interface KnownPersona<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly profileName: string | null;
  /** What the board's stewards say of it; a new one has no stars. */
  readonly trust: { readonly stars: Stars } | null;
}
