import type {
  ConversationId,
  MessageId,
  PersonaKeyText,
  RecordAddressText,
} from '#core/types/ids.ts';
import type { AttachmentView } from './attachment-calls.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { PersonaChoice } from './entry-calls.ts';
import type { Outcome } from './outcome.ts';
import type { AuthorTrust } from './trust-calls.ts';

export interface ConversationRow {
  readonly id: ConversationId;
  /** The entry it is about, if that is still on the device. */
  readonly about: { readonly address: RecordAddressText; readonly title: string } | null;
  readonly peer: PersonaKeyText;
  readonly peerName: string | null;
  /** What the board's stewards say of the peer; null for nothing. */
  readonly trust: AuthorTrust | null;
  /** Whether anybody vets people on this board. */
  readonly hasStewards: boolean;
  readonly lastText: string;
  readonly lastAtMs: number;
  readonly lastFromMe: boolean;
  readonly lastDelivery: DeliveryState | null;
  readonly unread: number;
  readonly stage: ConversationStage;
  readonly blocked: boolean;
  readonly muted: boolean;
  readonly verified: boolean;
  /** Somebody showed another key in the peer's name: nothing is sent until the user decides. */
  readonly keyChanged: boolean;
}

export interface MessageView {
  readonly id: MessageId;
  readonly fromMe: boolean;
  readonly text: string;
  /** When this device wrote or first saw it; never sent. */
  readonly atMs: number;
  readonly delivery: DeliveryState | null;
  readonly attachment: AttachmentView | null;
  /** Says what happened instead of what was written; `text` is empty then. */
  readonly notice: ConversationNotice | null;
  /** When it leaves this device, in milliseconds since 1970, or null for never. */
  readonly leavesAtMs: number | null;
}

export interface ConversationView extends ConversationRow {
  readonly me: PersonaKeyText;
  readonly messages: readonly MessageView[];
  readonly draft: string;
  readonly lifetimeDays: LifetimeDays;
  /** Messages that a broken chain lost for good. */
  readonly lost: number;
}

/** Days until a message leaves both devices; 0 for never. */
export type LifetimeDays = 0 | 1 | 7 | 30;

/**
 * Where a conversation stands: a stranger's first message waits for a decision (`asked`), both may
 * write (`open`), this side declined (`declined`) or the peer did (`declined-by-peer`).
 */
export type ConversationStage = 'asked' | 'open' | 'declined' | 'declined-by-peer';

/** What stands in a conversation between the messages. */
export type ConversationNotice =
  | { readonly kind: 'lifetime'; readonly days: LifetimeDays }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'key-changed' }
  | { readonly kind: 'queue-moved' }
  | { readonly kind: 'declined' };

/** What two people compare, in person or by another channel. */
export interface Verification {
  /** 60 decimal digits, without spaces. */
  readonly digits: string;
  /** What the QR code carries; to be given back to `compareScanned` on the other device. */
  readonly code: string;
  /** UTC day on which the user marked the peer as verified, or null. */
  readonly verifiedDay: number | null;
}

/** One hit of a search in the unlocked vault. */
export interface MessageHit {
  readonly conversation: ConversationId;
  readonly message: MessageId;
  readonly peer: PersonaKeyText;
  readonly peerName: string | null;
  /** The text around the hit, at most 160 characters. */
  readonly excerpt: string;
  readonly atMs: number;
  readonly fromMe: boolean;
}

/** Private conversations. */
export interface ConversationCalls {
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
  /** Deletes one message on this device only. */
  deleteMessage(id: MessageId): Outcome<void>;

  acceptContact(id: ConversationId): Outcome<void>;
  /** Refuses a stranger's first message, and tells them; it can be accepted later. */
  declineContact(id: ConversationId): Outcome<void>;
  /** A blocked peer's messages are dropped unseen; they are not told. */
  blockPeer(id: ConversationId, blocked: boolean): Outcome<void>;
  /** A muted conversation does not count among the unread. */
  muteConversation(id: ConversationId, muted: boolean): Outcome<void>;
  /** Agrees on a lifetime for this and all later messages: the last one to say it wins. */
  setLifetime(id: ConversationId, days: LifetimeDays): Outcome<void>;
  /** Opt-in delivery receipts for peers that are not written to, off at first. */
  setReceipts(on: boolean): Outcome<void>;
  readReceipts(): Outcome<boolean>;
  /** Moves a conversation's own mailbox to a fresh queue, at another relay where there is one. */
  moveQueue(id: ConversationId): Outcome<void>;
  searchMessages(text: string): Outcome<readonly MessageHit[]>;

  readVerification(id: ConversationId): Outcome<Verification>;
  setVerified(id: ConversationId, verified: boolean): Outcome<void>;
  /** Fails with `code-not-theirs` when the code is of somebody else. */
  compareScanned(id: ConversationId, code: string): Outcome<void>;
  /** After `key-changed`: goes on with the new key, unverified, or keeps the old one. */
  decideOnKey(id: ConversationId, decision: 'trust-new' | 'keep-old'): Outcome<void>;
}
