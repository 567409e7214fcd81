import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { BlobId } from '#core/types/ids.ts';
import { dayOf } from '#core/types/day.ts';
import type { Clock } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { payStamp } from './outbox-flush.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayFault } from './relay-fault.ts';
import { blobLimits, blobPrice, blobStateSchema, blobWork } from './wire/blobs.ts';
import type { RelayErrorCode } from './wire/codes.ts';
import { maxStampPrice } from './wire/limits.ts';
import type { Stamp } from './wire/queues.ts';

/** A finished blob on its way to one relay. */
export interface BlobToSend {
  readonly id: BlobId;
  readonly hash: Bytes;
  readonly size: number;
  /** What the relay is known to hold. */
  readonly done: number;
}

/** A stamp that was paid for one blob, kept between attempts. */
export interface StampWallet {
  stamp: Stamp | null;
}

/** What an upload works with; no key among it. */
export interface UploadContext {
  readonly client: RelayClient;
  readonly clock: Clock;
  /** Lets other work in between two slices of a proof of work. */
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly wallet: StampWallet;
  /** Bytes of the blob, from where to where. */
  readonly read: (from: number, end: number) => Promise<Bytes>;
  /** How long the next piece should be, so that it takes some seconds. */
  readonly pieceBytes: () => number;
  /** Told after each piece: what the relay holds, and what was sent in how many milliseconds. */
  readonly onPiece: (done: number, sent: number, durationMs: number) => Promise<void>;
}

/** How an upload ended: the relay has it whole, it was stopped, or the relay will not have it. */
export type UploadEnd = 'whole' | 'stopped' | 'refused';

/** Refusals that nothing but another file, or another relay, would change. */
const hopeless: readonly (RelayErrorCode | 'unknown')[] = [
  'too-large',
  'malformed',
  'not-found',
  'method-not-allowed',
  'unsupported-media-type',
];
/** So many answers in a row without progress, and the relay is taken for a liar. */
const maxStandstills = 3;

/**
 * Sends what a relay does not hold yet of a blob, piece by piece; its answers say where to go on.
 * The first piece of all comes with a stamp, and so does the first after the relay has lost the blob.
 */
export async function uploadBlob(
  context: UploadContext,
  blob: BlobToSend,
): Promise<Result<UploadEnd, RelayFault>> {
  let at = blob.done;
  let stamp: Stamp | null = null;
  let standstills = 0;
  let mustPay = at === 0;
  while (!context.signal.aborted) {
    if (mustPay) {
      const paid = await pay(context, blob);
      if (!paid.ok) return paid;
      if (paid.value === 'refused') return ok('refused');
      stamp = paid.value;
      mustPay = false;
      if (isAborted(context.signal)) break;
    }
    const sent = await sendPiece(context, blob, at, stamp);
    if (!sent.ok) {
      const { error } = sent;
      if (error.code !== 'refused' || ++standstills >= maxStandstills) return sent;
      if (hopeless.includes(error.reason)) return ok('refused');
      if (!forgetsStamp.includes(error.reason)) return sent;
      at = 0;
      mustPay = true;
      context.wallet.stamp = null;
      continue;
    }
    const [held, isWhole] = sent.value;
    if (isWhole) return ok('whole');
    standstills = held > at ? 0 : standstills + 1;
    if (held >= blob.size || standstills >= maxStandstills) return fail({ code: 'bad-answer' });
    at = held;
  }
  return ok('stopped');
}

/** Refusals after which a new stamp may help. */
const forgetsStamp: readonly (RelayErrorCode | 'unknown')[] = [
  'blob-unknown',
  'stamp-invalid',
  'stamp-too-cheap',
];

async function sendPiece(
  { client, read, pieceBytes, onPiece }: UploadContext,
  { id, hash, size }: BlobToSend,
  at: number,
  stamp: Stamp | null,
) {
  const length = Math.min(blobLimits.pieceBytes, Math.max(blobLimits.leastNewBytes, pieceBytes()));
  const piece = await read(at, Math.min(at + length, size));
  const path = `/v1/blobs/${bytesToBase64Url(id)}`;
  const startedMs = performance.now();
  const answer = await client.put(path, [size, hash, stamp, at, piece], blobStateSchema);
  if (answer.ok) {
    await onPiece(Math.min(answer.value[0], size), piece.length, performance.now() - startedMs);
  }
  return answer;
}

/** A stamp at the relay's price, where it takes blobs of this size. */
async function pay(
  { client, clock, pause, wallet }: UploadContext,
  { id, hash, size }: BlobToSend,
): Promise<Result<Stamp | 'refused', RelayFault>> {
  if (wallet.stamp !== null && Math.abs(wallet.stamp[0] - dayOf(clock())) <= 1) {
    return ok(wallet.stamp);
  }
  const info = await client.info();
  if (!info.ok) return info;
  const { stampPrice, limits } = info.value;
  if (stampPrice > maxStampPrice) return fail({ code: 'bad-answer' });
  if (size > (limits.bytesPerBlob ?? 0)) return ok('refused');
  const { sendId, envelopeId } = blobWork(id, size, hash);
  const price = blobPrice(stampPrice, size);
  wallet.stamp = await payStamp({ client, clock, stampPrice: price, pause }, sendId, envelopeId);
  return ok(wallet.stamp);
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
