import type { Bytes } from '#core/types/bytes.ts';
import type {
  BlobId,
  QueueCap,
  QueueId,
  QueueReadKey,
  RecordAddressText,
  RelayOrigin,
} from '#core/types/ids.ts';

/** What is to be done at a relay; finished bytes only, so that a locked vault can flush it. */
export type OutboxTask =
  | { readonly kind: 'publish'; readonly address: RecordAddressText; readonly record: Bytes }
  | {
      readonly kind: 'create-queue';
      readonly readKey: QueueReadKey;
      readonly capHash: Bytes;
      readonly lifetimeDays: 1 | 7 | 30;
    }
  | {
      readonly kind: 'append';
      readonly queue: QueueId;
      readonly cap: QueueCap;
      /** Empty once the relay has it. */
      readonly envelope: Bytes;
    }
  | {
      /** Its bytes lie among the pieces; its row's chain is the file's id, and holds its message too. */
      readonly kind: 'upload';
      readonly file: string;
      readonly blobId: BlobId;
      readonly hash: Bytes;
    };

/** What the user would call it. */
export type OutboxPurpose =
  'entry' | 'profile' | 'card' | 'queue' | 'message' | 'withdrawal' | 'status' | 'stars';

/** One thing on its way to one relay; rows of one chain go out in order. */
export interface OutboxRow {
  /** Given by the database when it is stored. */
  readonly id?: number;
  readonly chain: string;
  readonly purpose: OutboxPurpose;
  readonly relay: RelayOrigin;
  readonly task: OutboxTask;
  readonly sizeBytes: number;
  readonly attempts: number;
  readonly notBeforeMs: number;
  readonly state: 'waiting' | 'done' | 'refused';
  /** Ties it to the sealed message it carries: random, and meaningless to whoever reads the row. */
  readonly ref: string | null;
}

/** An outbox row before its first attempt. */
export type NewOutboxRow = Pick<
  OutboxRow,
  'chain' | 'purpose' | 'relay' | 'task' | 'sizeBytes' | 'ref'
>;

/** Fills in what every new row begins with. */
export function createOutboxRow(row: NewOutboxRow): OutboxRow {
  return { ...row, attempts: 0, notBeforeMs: 0, state: 'waiting' };
}
