import { createHash } from 'node:crypto';
import { findStamp, type StampTarget } from '#core/messages/stamp.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { BlobId, RelayOrigin } from '#core/types/ids.ts';
import { blobPrice, blobWork } from '#sync/wire/blobs.ts';
import type { Stamp } from '#sync/wire/queues.ts';
import { today } from './people.ts';
import { testStampPrice } from './running-relay.ts';

/** A blob with its name and hash. */
export interface TestBlob {
  readonly id: BlobId;
  readonly bytes: Bytes;
  readonly size: number;
  readonly hash: Bytes;
  readonly path: string;
}

export function blobOf(number: number, size: number): TestBlob {
  const id = new Uint8Array(32).fill(number) as BlobId;
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 32) {
    const block = createHash('sha256').update(`${number}/${at}`).digest();
    bytes.set(block.subarray(0, size - at), at);
  }
  const hash = new Uint8Array(createHash('sha256').update(bytes).digest());
  return { id, bytes, size, hash, path: `/v1/blobs/${bytesToBase64Url(id)}` };
}

export function blobStampTarget(
  origin: RelayOrigin,
  { id, size, hash }: Pick<TestBlob, 'id' | 'size' | 'hash'>,
  day: Day = today,
): StampTarget {
  return { origin, day, ...blobWork(id, size, hash) };
}

export function blobStamp(
  origin: RelayOrigin,
  blob: TestBlob,
  day: Day = today,
  price: number = testStampPrice,
): Stamp {
  const target = blobStampTarget(origin, blob, day);
  const slice = { from: 0, budget: 100_000_000 };
  const found = findStamp(target, blobPrice(price, blob.size), slice);
  if (found === null) throw new Error('no stamp');
  return [day, found.counter];
}

/** The body of a PUT. */
export function pieceOf(blob: TestBlob, stamp: Stamp | null, offset: number, length: number) {
  const piece = blob.bytes.slice(offset, offset + length);
  return [blob.size, blob.hash, stamp, offset, piece] as const;
}
