import type { Bytes } from '#core/types/bytes.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type {
  EnvelopeId,
  QueueId,
  QueueReadKey,
  RecordAddress,
  RecordId,
  RelaySequence,
} from '#core/types/ids.ts';
import type { NewQueue, ProvedRecord, QueueQuota, SliceLimits } from '#relay/log-port.ts';

export const today = 20_778 as Day;
export const start = 0 as RelaySequence;
export const whole: SliceLimits = { maxRecords: 1_000, maxBytes: 10_000_000 };
export const roomy: QueueQuota = { maxEnvelopes: 1_000, maxBytes: 1_000_000, maxMarks: 1_000 };

/** 32 bytes that begin with the given ones. */
export function bytesOf(...first: readonly number[]): Bytes {
  const bytes = new Uint8Array(Math.max(32, first.length));
  bytes.set(first);
  return first.length > 3 ? bytes.slice(0, first.length) : bytes;
}

function numbered(number: number, salt: number): Bytes {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  bytes[31] = salt;
  return bytes;
}

/** Which record fakeRecord made; its bytes are opaque to a log. */
export function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

interface FakeFacts {
  readonly rev?: number;
  readonly id?: number;
  /** Days from today. */
  readonly until?: number;
  readonly withdrawn?: boolean;
  readonly listed?: boolean;
}

/** A record that a log may merge: one address for each number. */
export function fakeRecord(
  number: number,
  { rev = 1, id = 0, until = 90, withdrawn = false, listed = true }: FakeFacts = {},
): ProvedRecord {
  const bytes = new Uint8Array(100);
  bytes.set(numbered(number, rev));
  bytes[40] = id;
  return {
    address: numbered(number, 1) as RecordAddress,
    id: numbered(rev * 1_000 + id, 2) as RecordId,
    kind: 1,
    rev,
    day: today,
    until: addDays(today, until),
    withdrawn,
    listed,
    bytes,
  };
}

/** A queue of seven days. */
export function newQueue(number: number): NewQueue {
  return {
    id: numbered(number, 3) as QueueId,
    readKey: numbered(number, 4) as QueueReadKey,
    capHash: numbered(number, 5),
    lifetimeDays: 7,
  };
}

/** An envelope of 512 bytes. */
export function envelopeOf(number: number): { readonly id: EnvelopeId; readonly bytes: Bytes } {
  const bytes = new Uint8Array(512);
  bytes.set(numbered(number, 6));
  return { id: numbered(number, 7) as EnvelopeId, bytes };
}
