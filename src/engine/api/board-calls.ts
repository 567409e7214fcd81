import type { EntryKind, RequestStatus, Skill, Urgency } from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type { ConversationId, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { Stars } from '#core/types/trust-terms.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Outcome } from './outcome.ts';
import type { AuthorTrust } from './trust-calls.ts';

/** One row of the board. */
export interface BoardRow {
  readonly address: RecordAddressText;
  readonly kind: EntryKind;
  readonly title: string;
  /** The first 240 characters of the text. */
  readonly excerpt: string;
  readonly language: string;
  /** ISO 3166-1 alpha-2, or empty for none. */
  readonly country: string;
  readonly skills: readonly Skill[];
  readonly urgency: Urgency;
  readonly status: RequestStatus;
  readonly day: Day;
  readonly until: Day;
  readonly author: PersonaKeyText;
  /** The author's public pseudonym, where a profile is known. */
  readonly authorName: string | null;
  /** What the board's stewards give its author; null where nobody vetted them. */
  readonly stars: Stars | null;
  readonly mine: boolean;
  readonly saved: boolean;
  readonly delivery: DeliveryState | null;
  /** Why it suits the helper of this device; empty where nothing is known of the helper. */
  readonly matches: readonly MatchReason[];
}

/** One entry as its own screen shows it. */
export interface BoardEntry extends BoardRow {
  readonly text: string;
  readonly revision: number;
  readonly authorAbout: string | null;
  /** Where the author's stars come from. */
  readonly trust: AuthorTrust | null;
  /** Whether anybody vets people on this board. */
  readonly hasStewards: boolean;
  /** The persona of this vault that may vet the author; null for none, and where the author is oneself. */
  readonly vetAs: PersonaKeyText | null;
  /** What that persona says of the author already, whether or not it is what counts. */
  readonly ownVetting: AuthorTrust | null;
  /** Whether a reply can be encrypted at once, because the author's contact card is on the device. */
  readonly cardOnDevice: boolean;
  /** The conversation that already exists about it, if any (vault unlocked only). */
  readonly conversation: ConversationId | null;
}

export interface BoardQuery {
  readonly text: string;
  readonly kind: EntryKind | null;
  readonly skill: Skill | null;
  readonly language: string | null;
  readonly country: string | null;
  readonly urgency: Urgency | null;
  readonly status: RequestStatus | null;
  /** Only entries of the last so many days; null for any age. */
  readonly maxAgeDays: number | null;
  /** Only entries of those who have at least so many; null for any. */
  readonly minStars: Stars | null;
  readonly sort: 'newest' | 'match';
  readonly savedOnly: boolean;
  readonly mineOnly: boolean;
  readonly offset: number;
  /** At most 100. */
  readonly limit: number;
}

export interface BoardPage {
  readonly rows: readonly BoardRow[];
  readonly total: number;
  /** All entries on the device, whatever the query. */
  readonly onDevice: number;
  /** Languages and countries that occur on the board, most frequent first, for the filters. */
  readonly languages: readonly string[];
  readonly countries: readonly string[];
  /** Whether anybody vets people on this board. */
  readonly hasStewards: boolean;
}

/** Why an entry suits the helper of this device. */
export type MatchReason =
  | { readonly kind: 'skill'; readonly skill: Skill }
  | { readonly kind: 'language'; readonly language: string }
  | { readonly kind: 'country'; readonly country: string };

/** What the helper of this device can do; kept in the vault, never sent. */
export interface MatchProfile {
  readonly skills: readonly Skill[];
  readonly languages: readonly string[];
  readonly countries: readonly string[];
}

/** The part of a query that is worth keeping. */
export type SearchTerms = Omit<BoardQuery, 'offset' | 'limit'>;

/** A search that is kept in the vault. */
export interface SavedSearch {
  readonly id: string;
  readonly terms: SearchTerms;
  /** Hits that came in since it was last looked at. */
  readonly fresh: number;
}

/** The public board as this device holds it. */
export interface BoardCalls {
  queryBoard(query: BoardQuery): Promise<BoardPage>;
  /** Makes a search ready that is about to be typed: the first one would wait for the disk. */
  prepareSearch(): Promise<void>;
  readEntry(address: RecordAddressText): Outcome<BoardEntry>;
  /** Fetches and keeps the author's contact card while there is a link; safe to call at every opening. */
  prepareReply(address: RecordAddressText): Outcome<{ readonly cardOnDevice: boolean }>;
  saveEntry(address: RecordAddressText, saved: boolean): Outcome<void>;
}

/** Searches that are kept, and what the helper can do: only with the vault open. */
export interface SearchCalls {
  listSavedSearches(): Outcome<readonly SavedSearch[]>;
  saveSearch(terms: SearchTerms): Outcome<string>;
  removeSavedSearch(id: string): Outcome<void>;
  /** Notes that its hits have been looked at. */
  markSearchSeen(id: string): Outcome<void>;
  readMatchProfile(): Outcome<MatchProfile>;
  saveMatchProfile(profile: MatchProfile): Outcome<void>;
}
