import { domainLabel } from '../codec/hash.ts';
import { sha256Bytes } from '../codec/sha256.ts';
import { concatBytes, type Bytes } from '../types/bytes.ts';
import type { RecordId } from '../types/ids.ts';
import { saltBytes, shortIdBytes } from './sizes.ts';

/** A record's id as reconciliation names it, 64 bits in two halves (JavaScript xors 32 at a time). */
export interface ShortId {
  readonly high: number;
  readonly low: number;
}

/**
 * The first 8 bytes of H("reconcile", salt, id), for many ids of one salt. The salt keeps authors
 * from making records whose short ids collide at a relay.
 */
export function createShortIds(
  salt: Bytes,
  sha256: (bytes: Uint8Array) => Uint8Array = sha256Bytes,
): (id: RecordId) => ShortId {
  // Label, then CBOR([salt, id]) with the id's 32 bytes last.
  const heads = [Uint8Array.of(0x82, 0x40 + saltBytes), salt, Uint8Array.of(0x58, 32)];
  const input = concatBytes(domainLabel('reconcile'), ...heads, new Uint8Array(32));
  return (id) => {
    input.set(id, input.length - 32);
    const hash = sha256(input);
    const view = new DataView(hash.buffer, hash.byteOffset, shortIdBytes);
    return { high: view.getUint32(0), low: view.getUint32(4) };
  };
}

/** One number for a short id, to look it up by: exact, below 2^64. */
export function shortIdKey({ high, low }: ShortId): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
