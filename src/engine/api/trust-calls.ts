import type { Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { Stars, VettingLifetimeDays, VettingMethod } from '#core/types/trust-terms.ts';
import type { Outcome } from './outcome.ts';

/** What the stewards of this board say of one persona. */
export interface AuthorTrust {
  readonly stars: Stars;
  /** Null for one that this version does not know. */
  readonly method: VettingMethod | null;
  readonly day: Day;
  /** Last day on which the stars stand. */
  readonly until: Day;
  readonly steward: PersonaKeyText;
  /** The steward's public pseudonym, where a profile is known. */
  readonly stewardName: string | null;
}

/** What a steward says of somebody. */
export interface Vetting {
  readonly stars: Stars;
  readonly method: VettingMethod;
  readonly lifetimeDays: VettingLifetimeDays;
}

/** Who vets people on this board. */
export interface CharterView {
  /** Empty while the charter itself has not come. */
  readonly name: string;
  readonly stewards: readonly {
    readonly key: PersonaKeyText;
    readonly name: string | null;
  }[];
  /** Last day of the charter; null while it has not come. */
  readonly until: Day | null;
  /** The relay that this app came from now names another charter, which is not followed until the user says so. */
  readonly offersAnother: boolean;
}

/** Stars of trust: what a steward's persona may do with the vault open. */
export interface TrustCalls {
  /** The charter that this device follows; null where its relay has none. */
  readCharter(): Promise<CharterView | null>;
  /** Follows the charter that the relay of this app names now. */
  followOfferedCharter(): Outcome<void>;
  /** Publishes stars for the author of an entry. */
  giveStars(about: RecordAddressText, vetting: Vetting): Outcome<void>;
  /** Takes this vault's own stars for the author of an entry back. */
  takeStarsBack(about: RecordAddressText): Outcome<void>;
}
