import type {
  EntryKind,
  EntryLifetimeDays,
  RequestStatus,
  Skill,
  Urgency,
} from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type {
  ConversationId,
  DraftId,
  MessageId,
  PersonaKeyText,
  RecordAddressText,
  RelayOrigin,
} from '#core/types/ids.ts';
import type { Result } from '#core/types/result.ts';

/** Everything a screen can be told went wrong; i18n has one sentence for each code. */
export type EngineErrorCode =
  | 'vault-locked'
  | 'vault-missing'
  | 'vault-exists'
  | 'wrong-passphrase'
  | 'passphrase-too-weak'
  | 'out-of-memory'
  | 'no-webassembly'
  | 'storage-full'
  | 'storage-unavailable'
  | 'invalid-entry'
  | 'invalid-message'
  | 'message-too-long'
  | 'not-found'
  | 'not-yours'
  | 'needs-link'
  | 'card-missing'
  | 'card-not-authentic'
  | 'clock-wrong'
  | 'invalid-relay-address'
  | 'relay-unusable'
  | 'own-entry'
  | 'engine-gone';

/** A failure the user can do something about; `field` names the input that caused it. */
export interface EngineError {
  readonly code: EngineErrorCode;
  readonly field?: string;
}

export type Outcome<T> = Promise<Result<T, EngineError>>;

export type VaultState = 'missing' | 'locked' | 'unlocked';

/** How far something that goes out has come; each word claims only what happened. */
export type DeliveryState = 'needs-link' | 'on-device' | 'on-relay' | 'delivered' | 'refused';

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
  readonly mine: boolean;
  readonly saved: boolean;
  readonly delivery: DeliveryState | null;
}

/** One entry as its own screen shows it. */
export interface BoardEntry extends BoardRow {
  readonly text: string;
  readonly revision: number;
  readonly authorAbout: string | null;
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
}

/** What the writer fills in; the engine validates it again. */
export interface EntryFields {
  readonly kind: EntryKind;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly country: string;
  readonly skills: readonly Skill[];
  readonly urgency: Urgency;
  readonly lifetimeDays: EntryLifetimeDays;
}

/** Which persona signs: a new one (the default for requests), or a known one. */
export type PersonaChoice =
  { readonly kind: 'new' } | { readonly kind: 'known'; readonly key: PersonaKeyText };

/** Exactly what becomes public, before it does. */
export interface EntryPreview {
  readonly fields: EntryFields;
  readonly author: PersonaKeyText | null;
  readonly day: Day;
  readonly until: Day;
  readonly sizeBytes: number;
  /** What the text seems to give away. */
  readonly warnings: readonly PrivacyWarning[];
}

export type PrivacyWarning =
  'phone-number' | 'email-address' | 'coordinates' | 'web-address' | 'full-name';

export interface EntryDraft {
  readonly id: DraftId;
  readonly fields: EntryFields;
  readonly updatedAtMs: number;
  /** The entry that it edits, or null for a new one. */
  readonly edits: RecordAddressText | null;
}

export interface PersonaView {
  readonly key: PersonaKeyText;
  /** Local name, never published. */
  readonly label: string;
  readonly profileName: string | null;
  readonly about: string;
  readonly languages: readonly string[];
  readonly skills: readonly Skill[];
  readonly entries: number;
  readonly createdDay: Day;
}

export interface ProfileFields {
  readonly name: string;
  readonly about: string;
  readonly languages: readonly string[];
  readonly skills: readonly Skill[];
}

export interface ConversationRow {
  readonly id: ConversationId;
  /** The entry it is about, if that is still on the device. */
  readonly about: { readonly address: RecordAddressText; readonly title: string } | null;
  readonly peer: PersonaKeyText;
  readonly peerName: string | null;
  readonly lastText: string;
  readonly lastAtMs: number;
  readonly lastFromMe: boolean;
  readonly lastDelivery: DeliveryState | null;
  readonly unread: number;
}

export interface MessageView {
  readonly id: MessageId;
  readonly fromMe: boolean;
  readonly text: string;
  /** When this device wrote or first saw it; never sent. */
  readonly atMs: number;
  readonly delivery: DeliveryState | null;
}

export interface ConversationView extends ConversationRow {
  readonly me: PersonaKeyText;
  readonly messages: readonly MessageView[];
  readonly draft: string;
  /** Messages that a broken chain lost for good. */
  readonly lost: number;
}

export type RelayHealth = 'never-reached' | 'reachable' | 'unreachable' | 'misbehaving';

export interface RelayView {
  readonly origin: RelayOrigin;
  readonly health: RelayHealth;
  /** Why it misbehaves, as a code for i18n: `captive-portal`, `bad-record`, `bad-answer`, `clock`. */
  readonly trouble: RelayTrouble | null;
  readonly lastContactMs: number | null;
  readonly demo: boolean;
  /** The one this copy of the app came from; it cannot be removed while it is the only one. */
  readonly home: boolean;
}

export type RelayTrouble =
  'captive-portal' | 'bad-record' | 'bad-answer' | 'clock' | 'refused' | 'full';

export interface OutboxItem {
  readonly id: string;
  readonly kind:
    | 'entry'
    | 'profile'
    | 'card'
    | 'queue'
    | 'message'
    | 'withdrawal'
    | 'status'
    | 'acknowledgement';
  readonly relay: RelayOrigin;
  readonly sizeBytes: number;
  readonly attempts: number;
  readonly state: DeliveryState;
}

export interface NetworkView {
  readonly relays: readonly RelayView[];
  readonly outbox: readonly OutboxItem[];
  /** When the board last came in whole from some relay, or null for never. */
  readonly boardAsOfMs: number | null;
  readonly syncing: boolean;
  readonly bytesDown: number;
  readonly bytesUp: number;
  readonly entriesOnDevice: number;
  readonly storage: {
    readonly usedBytes: number;
    readonly quotaBytes: number;
    readonly persistent: boolean;
  } | null;
  /** True when the device's clock is over a day from the median of its relays. */
  readonly clockWrong: boolean;
}

export interface EngineStatus {
  readonly vault: VaultState;
  readonly unread: number;
  readonly outboxWaiting: number;
  readonly boardAsOfMs: number | null;
  readonly syncing: boolean;
  readonly reachable: boolean;
  readonly demo: boolean;
}

export interface PassphraseStrength {
  readonly bits: number;
  readonly level: 'far-too-weak' | 'weak' | 'fair' | 'strong';
}

/** What moved, so that a screen reads again what it shows. */
export type EngineEvent = 'board' | 'mail' | 'vault' | 'network' | 'drafts' | 'personas';

/**
 * The one typed interface between the screens and the engine's worker. Every argument and result
 * can be structured-cloned; nothing here is a key or wire bytes. Calls never reject for an expected
 * failure: they resolve to a Result.
 */
export interface EngineApi {
  status(): Promise<EngineStatus>;

  queryBoard(query: BoardQuery): Promise<BoardPage>;
  readEntry(address: RecordAddressText): Outcome<BoardEntry>;
  /** Fetches and keeps the author's contact card while there is a link; safe to call at every opening. */
  prepareReply(address: RecordAddressText): Outcome<{ readonly cardOnDevice: boolean }>;
  saveEntry(address: RecordAddressText, saved: boolean): Outcome<void>;

  previewEntry(fields: EntryFields, persona: PersonaChoice): Outcome<EntryPreview>;
  postEntry(fields: EntryFields, persona: PersonaChoice): Outcome<RecordAddressText>;
  editEntry(address: RecordAddressText, fields: EntryFields): Outcome<void>;
  withdrawEntry(address: RecordAddressText): Outcome<void>;
  setStatus(address: RecordAddressText, status: RequestStatus): Outcome<void>;

  listDrafts(): Outcome<readonly EntryDraft[]>;
  saveDraft(
    id: DraftId | null,
    fields: EntryFields,
    edits: RecordAddressText | null,
  ): Outcome<DraftId>;
  discardDraft(id: DraftId): Outcome<void>;

  measurePassphrase(passphrase: string): Promise<PassphraseStrength>;
  createVault(passphrase: string): Outcome<void>;
  unlockVault(passphrase: string): Outcome<void>;
  lockVault(): Promise<void>;
  /** Deletes everything that Wallflower keeps on this device. */
  eraseDevice(): Promise<void>;

  listPersonas(): Outcome<readonly PersonaView[]>;
  createPersona(label: string): Outcome<PersonaKeyText>;
  renamePersona(key: PersonaKeyText, label: string): Outcome<void>;
  publishProfile(key: PersonaKeyText, fields: ProfileFields): Outcome<void>;

  replyToEntry(
    address: RecordAddressText,
    text: string,
    persona: PersonaChoice,
  ): Outcome<ConversationId>;
  listConversations(): Outcome<readonly ConversationRow[]>;
  readConversation(id: ConversationId): Outcome<ConversationView>;
  sendMessage(id: ConversationId, text: string): Outcome<MessageId>;
  saveMessageDraft(id: ConversationId, text: string): Outcome<void>;
  markRead(id: ConversationId): Outcome<void>;
  deleteConversation(id: ConversationId): Outcome<void>;

  readNetwork(): Promise<NetworkView>;
  addRelay(address: string): Outcome<RelayOrigin>;
  removeRelay(origin: RelayOrigin): Outcome<void>;
  syncNow(): Promise<void>;
  /** The user has confirmed that this device's clock is right, although the relays disagree. */
  confirmClock(): Promise<void>;
  requestPersistence(): Promise<boolean>;
}
