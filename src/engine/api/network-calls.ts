import type { RelayOrigin } from '#core/types/ids.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { Outcome } from './outcome.ts';

export type RelayHealth = 'never-reached' | 'reachable' | 'unreachable' | 'misbehaving';

export interface RelayView {
  readonly origin: RelayOrigin;
  readonly health: RelayHealth;
  /** Why it misbehaves, as a code for i18n: `captive-portal`, `bad-record`, `bad-answer`, `old-revisions`, `clock`. */
  readonly trouble: RelayTrouble | null;
  readonly lastContactMs: number | null;
  readonly demo: boolean;
  /** The one this copy of the app came from; it cannot be removed while it is the only one. */
  readonly home: boolean;
  /** `static` is a board of files at some web host: it takes neither entries nor mail. */
  readonly kind: 'relay' | 'static';
}

export type RelayTrouble =
  'captive-portal' | 'bad-record' | 'bad-answer' | 'old-revisions' | 'clock' | 'refused' | 'full';

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
    | 'stars'
    | 'acknowledgement';
  readonly relay: RelayOrigin;
  readonly sizeBytes: number;
  readonly attempts: number;
  readonly state: DeliveryState;
  /** Whether it was refused, and may be sent again. */
  readonly again: boolean;
}

/** How far the first sync of a board has come; null when there is none under way. */
export interface BoardProgress {
  readonly records: number;
  readonly totalRecords: number;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly paused: boolean;
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
    /** The device gives no more room: only what matters most is kept of the board. */
    readonly full: boolean;
    /** Records that were let go of for want of room. */
    readonly leftOut: number;
  } | null;
  readonly board: BoardProgress | null;
  /** True when the device's clock is over a day from the median of its relays. */
  readonly clockWrong: boolean;
}

/** Relays, the outbox and the link. */
export interface NetworkCalls {
  readNetwork(): Promise<NetworkView>;
  addRelay(address: string): Outcome<RelayOrigin>;
  removeRelay(origin: RelayOrigin): Outcome<void>;
  /** Tries something again that a relay refused, by its id in the outbox. */
  sendAgain(id: string): Outcome<void>;
  syncNow(): Promise<void>;
  /** The user has confirmed that this device's clock is right, although the relays disagree. */
  confirmClock(): Promise<void>;
  /** Stops fetching the rest of the board until it is continued; new mail still comes. */
  pauseBoard(paused: boolean): Promise<void>;
}
