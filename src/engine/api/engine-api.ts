import type { AttachmentCalls } from './attachment-calls.ts';
import type { BackupCalls } from './backup-calls.ts';
import type { BoardCalls, SearchCalls } from './board-calls.ts';
import type { ConversationCalls } from './conversation-calls.ts';
import type { EntryCalls } from './entry-calls.ts';
import type { BoardProgress, NetworkCalls } from './network-calls.ts';
import type { Outcome } from './outcome.ts';
import type { PersonaCalls } from './persona-calls.ts';
import type { TrustCalls } from './trust-calls.ts';
import type { VaultCalls, VaultState } from './vault-calls.ts';

export interface EngineStatus {
  readonly vault: VaultState;
  /** Messages nobody has looked at, in conversations that are neither muted nor waiting for a decision. */
  readonly unread: number;
  /** Strangers who wait for a decision. */
  readonly asked: number;
  readonly outboxWaiting: number;
  readonly boardAsOfMs: number | null;
  readonly syncing: boolean;
  readonly reachable: boolean;
  /** Whether every relay has been asked since the start: before, nobody knows that there is no link. */
  readonly hasAsked: boolean;
  readonly demo: boolean;
  readonly board: BoardProgress | null;
}

/** What moved, so that a screen reads again what it shows. */
export type EngineEvent =
  'board' | 'mail' | 'vault' | 'network' | 'drafts' | 'personas' | 'searches';

/**
 * The one typed interface between the screens and the engine's worker. Every argument and result
 * can be structured-cloned; nothing here is a key or wire bytes. Calls never reject for an expected
 * failure: they resolve to a Result.
 */
export interface EngineApi
  extends
    AttachmentCalls,
    BackupCalls,
    BoardCalls,
    ConversationCalls,
    EntryCalls,
    NetworkCalls,
    PersonaCalls,
    SearchCalls,
    TrustCalls,
    VaultCalls {
  /** Fails where the device's storage does not open. */
  status(): Outcome<EngineStatus>;
}
