import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  BlobId,
  EnvelopeId,
  PackHash,
  QueueId,
  QueueReadKey,
  RecordAddress,
  RecordId,
  RelayEpoch,
  RelaySequence,
} from '#core/types/ids.ts';

/** A record whose form, day and signature are proved, ready to be merged. */
export interface ProvedRecord {
  readonly address: RecordAddress;
  readonly id: RecordId;
  readonly kind: number;
  readonly rev: number;
  readonly day: Day;
  readonly until: Day;
  /** True when it takes the address back: what stood there must be gone from every pack. */
  readonly withdrawn: boolean;
  /** False for contact cards, which are fetched by address only. */
  readonly listed: boolean;
  /** CBOR [author, signature, body]. */
  readonly bytes: Bytes;
}

/** What merging a record came to. */
export type MergeOutcome = 'accepted' | 'known' | 'stale';

/** Part of the log, oldest first. */
export interface LogSlice {
  readonly records: readonly Bytes[];
  /** Where to go on: the position of the last record, or the head when there is no more. */
  readonly next: RelaySequence;
  readonly more: boolean;
}

/** How much one answer may hold. */
export interface SliceLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** One sealed pack: the live records of a range of the log. */
export interface PackEntry {
  readonly hash: PackHash;
  readonly records: number;
  readonly bytes: number;
  readonly first: RelaySequence;
  readonly last: RelaySequence;
}

/** A range of the log that is to be sealed, or sealed again. */
export interface PackWork {
  readonly first: RelaySequence;
  readonly last: RelaySequence;
  /** The packs that it replaces. */
  readonly replaces: readonly PackHash[];
  /** Oldest first; empty when nothing is left of what the packs held. */
  readonly records: readonly Bytes[];
}

/** When a pack is full, and how many records wait for one before the newest is made again with them. */
export interface PackSize {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly stepRecords: number;
}

/** A listed record by its position. */
export interface ListedId {
  readonly sequence: RelaySequence;
  readonly id: RecordId;
}

/** A queue as its owner asks for it. */
export interface NewQueue {
  readonly id: QueueId;
  readonly readKey: QueueReadKey;
  readonly capHash: Bytes;
  readonly lifetimeDays: number;
}

/** What a relay must know of a queue to judge a call. */
export interface QueueFacts {
  readonly readKey: QueueReadKey;
  readonly capHash: Bytes;
  /** Position of the newest envelope; 0 when none is held. */
  readonly position: number;
}

/** How much may lie in one queue, and how many marks of acknowledged envelopes with it. */
export interface QueueQuota {
  readonly maxEnvelopes: number;
  readonly maxBytes: number;
  readonly maxMarks: number;
}

/** What appending came to; a known envelope is left as it is. */
export type AppendOutcome = 'appended' | 'known' | 'full' | 'unknown';

/** Part of a queue, oldest first. */
export interface QueueSlice {
  readonly envelopes: readonly { readonly position: number; readonly envelope: Bytes }[];
  readonly more: boolean;
}

/** A blob as its uploader announces it. */
export interface NewBlob {
  readonly id: BlobId;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the whole. */
  readonly hash: Bytes;
}

/** What a relay holds of a blob. */
export interface BlobFacts {
  readonly size: number;
  readonly hash: Bytes;
  /** Bytes held, from the first one on. */
  readonly received: number;
  /** True once the hash has been proved. */
  readonly whole: boolean;
}

/**
 * What adding a piece came to: `held` also where nothing was new or a gap was left; `conflict` where
 * other bytes are held, `misshapen` for a piece that brings too little or reaches beyond the end.
 */
export interface BlobProgress {
  readonly outcome: 'held' | 'unknown' | 'conflict' | 'misshapen';
  readonly received: number;
  readonly whole: boolean;
}

/** Something that was made durable and that somebody may wait for. */
export type LogMove =
  | { readonly what: 'board' }
  | { readonly what: 'queue'; readonly queue: QueueId; readonly position: number };

/** What an expiry run deleted. */
export interface ExpiryReport {
  readonly records: number;
  readonly envelopes: number;
  readonly queues: number;
  readonly blobs: number;
}

/** Sizes for the operator; none of them names anybody. */
export interface LogSizes {
  readonly records: number;
  readonly packs: number;
  readonly queues: number;
  readonly envelopes: number;
  readonly blobs: number;
  /** What all blobs take once they are whole. */
  readonly blobBytes: number;
  readonly bytes: number;
}

/**
 * Where a relay keeps everything. A promise of a write resolves only after the write is durable;
 * a write that fails rejects and leaves nothing behind. tests/relay/relay-log-contract.ts is what
 * an engine must hold to.
 */
export interface RelayLog {
  readonly epoch: RelayEpoch;
  /** 32 bytes drawn when the log was created; challenges are derived from it. */
  readonly challengeSecret: Bytes;

  /** The newest listed position that is durable. */
  head(): RelaySequence;
  /** Merges records, each by the rule of core/records/merge.ts, in the given order. */
  publish(records: readonly ProvedRecord[]): Promise<readonly MergeOutcome[]>;
  /** The record that stands at an address. */
  recordAt(address: RecordAddress): Promise<Bytes | undefined>;
  /** Listed records after a position. */
  since(after: RelaySequence, limits: SliceLimits): Promise<LogSlice>;

  /** The newest listed records, newest first. */
  newest(limits: SliceLimits): Promise<LogSlice>;
  /** Ids of listed records after a position, at most so many. */
  listedIds(after: RelaySequence, limit: number): Promise<readonly ListedId[]>;
  /** The listed records that still stand at these positions, in their order. */
  recordsAt(sequences: readonly RelaySequence[]): Promise<readonly Bytes[]>;

  /** Packs, newest first. */
  packs(): Promise<readonly PackEntry[]>;
  pack(hash: PackHash): Promise<Bytes | undefined>;
  /** The next range to seal: first what must be sealed again, then a tail that is full. */
  nextPackWork(size: PackSize): Promise<PackWork | undefined>;
  /** Stores what was sealed; false when the range has changed meanwhile and nothing was stored. */
  storePack(work: PackWork, sealed: { hash: PackHash; bytes: Bytes } | null): Promise<boolean>;

  /** Creates a queue, or renews it from `today`. */
  createQueue(queue: NewQueue, today: Day): Promise<void>;
  /** A queue that lives, or that still holds envelopes. */
  queue(id: QueueId): Promise<QueueFacts | undefined>;
  append(
    queue: QueueId,
    envelope: { readonly id: EnvelopeId; readonly bytes: Bytes },
    quota: QueueQuota,
    today: Day,
  ): Promise<AppendOutcome>;
  read(queue: QueueId, after: number, limits: SliceLimits): Promise<QueueSlice>;
  /** Deletes envelopes and keeps their marks until they would have expired; returns how many there were. */
  acknowledge(queue: QueueId, envelopes: readonly EnvelopeId[]): Promise<number>;

  /** A blob that lives. */
  blob(id: BlobId, today: Day): Promise<BlobFacts | undefined>;
  /** Makes room for a blob; true where it is there already, false where all blobs would take too much. */
  beginBlob(blob: NewBlob, maxTotalBytes: number, today: Day): Promise<boolean>;
  /** Adds what is new in a piece; bytes that are held are never changed. */
  addToBlob(id: BlobId, offset: number, piece: Bytes): Promise<BlobProgress>;
  /** Some bytes from `first` on; none beyond what is held. */
  readBlob(id: BlobId, first: number): Promise<Bytes>;
  /** Marks a blob whose every byte has come as whole, or deletes it as not what was announced. */
  settleBlob(id: BlobId, isWhole: boolean, today: Day): Promise<void>;

  /** Deletes all that has expired before `today`; packs that held some of it want sealing again. */
  expire(today: Day): Promise<ExpiryReport>;
  /** Gives deleted pages back, so that nothing of them stays in any file. */
  reclaim(): Promise<void>;
  /** Counts everything, which takes a while on a large board. */
  sizes(): Promise<LogSizes>;
  /** How much the data takes on the disk. */
  dataBytes(): Promise<number>;
  /** Calls back after each durable move; returns how to stop that. */
  watch(listener: (move: LogMove) => void): () => void;
  /** Makes durable what was accepted, then lets go of everything. */
  close(): Promise<void>;
}
