import { encodeCbor } from '../codec/cbor.ts';
import { labelledBytes, labelledHash } from '../codec/hash.ts';
import { Sha256 } from '../codec/sha256.ts';
import { maxU32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { QueueId, RelayOrigin } from '../types/ids.ts';

/** What a proof of work is bound to, so that it pays once, here and today. */
export interface StampTarget {
  /** The relay that is paid. */
  readonly origin: RelayOrigin;
  readonly sendId: QueueId;
  readonly day: Day;
  /** H(envelope); for the creation of a queue, the hash of the request's body. */
  readonly envelopeId: Bytes;
}

/** H("stamp", origin, send id, day, envelope id, counter), 32 bytes. */
export function stampHash(target: StampTarget, counter: number): Bytes {
  const { origin, sendId, day, envelopeId } = target;
  return labelledHash('stamp', origin, sendId, day, envelopeId, counter);
}

/** How many bits are zero before the first that is one. */
export function leadingZeroBits(hash: Uint8Array): number {
  const first = hash.findIndex((byte) => byte !== 0);
  if (first === -1) return hash.length * 8;
  return first * 8 + Math.clz32(hash[first] ?? 0) - 24;
}

/** Whether a counter (a u32) pays the price in leading zero bits. */
export function isStampValid(target: StampTarget, counter: number, price: number): boolean {
  if (!Number.isInteger(counter) || counter < 0 || counter > maxU32) return false;
  return leadingZeroBits(stampHash(target, counter)) >= price;
}

/** Where a slice of the search starts and how many counters it tries. */
export interface StampSlice {
  readonly from: number;
  readonly budget: number;
}

/**
 * Tries one slice of counters; null when none of them pays. Everything but the counter is hashed
 * once and that state copied for each: some 2,000,000 counters a second (Node 24, one server core).
 */
export function findStamp(
  target: StampTarget,
  price: number,
  { from, budget }: StampSlice,
): { readonly counter: number } | null {
  const prefix = new Sha256().update(bytesBeforeCounter(target));
  const trial = new Sha256();
  const end = Math.min(from + budget, maxU32 + 1);
  for (let counter = from; counter < end; counter++) {
    const hash = trial.continueFrom(prefix).update(encodeCounter(counter)).digest();
    if (leadingZeroBits(hash) >= price) return { counter };
  }
  return null;
}

function bytesBeforeCounter({ origin, sendId, day, envelopeId }: StampTarget): Bytes {
  const whole = labelledBytes('stamp', origin, sendId, day, envelopeId, 0);
  return whole.subarray(0, whole.length - encodeCbor(0).length);
}

const longCounter = new Uint8Array(5);
const longCounterView = new DataView(longCounter.buffer);
const longCounterHead = 0x1a;
const shortCounters = 0x1_00_00;

/** CBOR of a u32; valid until the next call. */
function encodeCounter(counter: number): Uint8Array {
  if (counter < shortCounters) return encodeCbor(counter);
  longCounter[0] = longCounterHead;
  longCounterView.setUint32(1, counter);
  return longCounter;
}
