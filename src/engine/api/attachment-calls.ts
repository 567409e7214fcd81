import type { ConversationId, MessageId } from '#core/types/ids.ts';
import type { Outcome } from './outcome.ts';

/**
 * How far a file has come. Going out: `sending`, then as its message's delivery says. Coming in:
 * `elsewhere` (on the relay, not asked for), `fetching`, `here`. `gone`: the relay no longer has it.
 */
export type AttachmentState = 'sending' | 'sent' | 'elsewhere' | 'fetching' | 'here' | 'gone';

/** A file in a conversation. */
export interface AttachmentView {
  readonly name: string;
  readonly mediaType: string;
  /** Bytes of the file itself. */
  readonly sizeBytes: number;
  readonly state: AttachmentState;
  /** Padded and encrypted bytes that have crossed the link, and of how many. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly paused: boolean;
}

/** A file to be sent, as it is: whatever must not leave the device has been taken out before. */
export interface OutgoingFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly mediaType: string;
}

/** What sending a file costs. */
export interface AttachmentCost {
  /** Padded and encrypted. */
  readonly wireBytes: number;
  /** At the speed that this link has shown; null where none is known. */
  readonly seconds: number | null;
}

/** Files in conversations. */
export interface AttachmentCalls {
  measureAttachment(sizeBytes: number): Outcome<AttachmentCost>;
  sendAttachment(id: ConversationId, file: OutgoingFile): Outcome<MessageId>;
  /** Asks for a file that is on the relay; it comes in pieces, over as many links as it takes. */
  fetchAttachment(id: MessageId): Outcome<void>;
  pauseAttachment(id: MessageId, paused: boolean): Outcome<void>;
  readAttachment(id: MessageId): Outcome<OutgoingFile>;
}
