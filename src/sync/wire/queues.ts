import * as z from 'zod/mini';
import type { CborBounds } from '#core/codec/bounds.ts';
import { labelledBytes, labelledHash } from '#core/codec/hash.ts';
import { boundedBytes, daySchema, fixedBytes, u32, u53 } from '#core/codec/shapes.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  EnvelopeId,
  QueueCap,
  QueueId,
  QueueReadKey,
  RelayEpoch,
  RelayOrigin,
  Signature,
} from '#core/types/ids.ts';
import { encodeCbor } from '#core/codec/cbor.ts';
import { envelopeSizes, wireLimits } from './limits.ts';

/** H("cap", cap): what a relay keeps of the bearer secret; a contact queue's cap is empty. */
export function capHash(cap: QueueCap): Bytes {
  return labelledHash('cap', cap);
}

/** H("queue", readKey, capHash): the address to send to. */
export function queueId(readKey: QueueReadKey, hashOfCap: Bytes): QueueId {
  return labelledHash('queue', readKey, hashOfCap) as QueueId;
}

/** H("envelope", envelope): what makes appending idempotent and what an acknowledgement names. */
export function envelopeId(envelope: Uint8Array): EnvelopeId {
  return labelledHash('envelope', envelope) as EnvelopeId;
}

const lifetimeDays = z.literal(wireLimits.queueLifetimesDays);
/** [UTC day, counter]: the proof of work of src/core/messages/stamp.ts. */
export const stampSchema = z.tuple([daySchema, u53]);
export type Stamp = readonly [day: Day, counter: number];

/** PUT /v1/queues: [readKey, capHash, lifetime in days, stamp]. Idempotent; answers [queue id]. */
export const createQueueSchema = z.tuple([
  fixedBytes<QueueReadKey>(32),
  fixedBytes<Bytes>(32),
  lifetimeDays,
  stampSchema,
]);

/** What the stamp of a queue's creation is bound to, in the place of an envelope's id. */
export function creationId(readKey: QueueReadKey, hashOfCap: Bytes, days: number): EnvelopeId {
  return envelopeId(encodeCbor([readKey, hashOfCap, days]));
}

/** The answer to PUT /v1/queues. */
export const queueCreatedSchema = z.tuple([fixedBytes<QueueId>(32)]);

/** POST /v1/queues/<send id, base64url>: [cap (empty for a contact queue), stamp or null, envelope]. */
export const appendSchema = z.tuple([
  z.custom<QueueCap>((value) => value instanceof Uint8Array && [0, 32].includes(value.length)),
  z.nullable(stampSchema),
  z.custom<Bytes>((value) => value instanceof Uint8Array && envelopeSizes.includes(value.length)),
]);

/** The answer to an append: [H(envelope), whether it was there before]. */
export const appendedSchema = z.tuple([fixedBytes<EnvelopeId>(32), z.boolean()]);

/** One queue to read: [queue id, position after which to read, signature by its read key]. */
const readItem = z.tuple([fixedBytes<QueueId>(32), u53, fixedBytes<Signature>(64)]);

/** POST /v1/queues/read: [relay origin, challenge, [queue ...]]. */
export const readSchema = z.tuple([
  z.string().check(z.maxLength(200)),
  fixedBytes<Bytes>(32),
  z.array(readItem).check(z.minLength(1), z.maxLength(wireLimits.queuesPerRead)),
]);

/** Its answer: [[queue id, verdict code, [[position, envelope] ...], more] ...]. */
export const readAnswerSchema = z
  .array(
    z.tuple([
      fixedBytes<QueueId>(32),
      u32,
      z
        .array(z.tuple([u53, boundedBytes(wireLimits.envelopeBytes)]))
        .check(z.maxLength(wireLimits.envelopesPerRead)),
      z.boolean(),
    ]),
  )
  .check(z.maxLength(wireLimits.queuesPerRead));
export const readAnswerBounds: CborBounds = {
  maxBytes: 2_097_152,
  maxDepth: 5,
  maxLength: 256,
};

/** POST /v1/queues/ack: [relay origin, challenge, [[queue id, [H(envelope) ...], signature] ...]]. Answers [count deleted]. */
export const ackSchema = z.tuple([
  z.string().check(z.maxLength(200)),
  fixedBytes<Bytes>(32),
  z
    .array(
      z.tuple([
        fixedBytes<QueueId>(32),
        z
          .array(fixedBytes<EnvelopeId>(32))
          .check(z.minLength(1), z.maxLength(wireLimits.acksPerRequest)),
        fixedBytes<Signature>(64),
      ]),
    )
    .check(z.minLength(1), z.maxLength(wireLimits.queuesPerRead)),
]);
export const ackedSchema = z.tuple([u32]);

/** Bounds of the signed queue calls' bodies. */
export const queueCallBounds: CborBounds = { maxBytes: 1_048_576, maxDepth: 5, maxLength: 256 };

/** What a signed queue call is made for, at which relay, in which ten minutes. */
export interface QueueCallContext {
  readonly origin: RelayOrigin;
  readonly epoch: RelayEpoch;
  readonly challenge: Bytes;
}

/** The bytes that authorise reading after a position. */
export function readSigningBytes(
  { origin, epoch, challenge }: QueueCallContext,
  queue: QueueId,
  after: number,
): Bytes {
  return labelledBytes('read-queue', origin, epoch, challenge, queue, after);
}

/** The bytes that authorise deleting what has been read. */
export function ackSigningBytes(
  { origin, epoch, challenge }: QueueCallContext,
  queue: QueueId,
  envelopes: readonly EnvelopeId[],
): Bytes {
  return labelledBytes('ack-queue', origin, epoch, challenge, queue, envelopes);
}

/** The bytes that authorise being woken when a queue moves past a position. */
export function watchSigningBytes(
  { origin, epoch, challenge }: QueueCallContext,
  queue: QueueId,
  after: number,
): Bytes {
  return labelledBytes('watch-queue', origin, epoch, challenge, queue, after);
}

/**
 * POST /v1/live: [mode, relay origin, challenge, board sequence seen or null, [[queue id, position
 * seen, signature] ...]]. "poll" answers one wake-up as soon as something moved, or after 55 s;
 * "stream" answers a CBOR sequence of them, flushed one by one.
 */
export const liveSchema = z.tuple([
  z.literal(['poll', 'stream']),
  z.string().check(z.maxLength(200)),
  fixedBytes<Bytes>(32),
  z.nullable(u53),
  z.array(readItem).check(z.maxLength(wireLimits.queuesPerRead)),
]);

/** One wake-up: [whether the board moved, [queue id that moved ...]]; both empty is a heartbeat. */
export const wakeUpSchema = z.tuple([
  z.boolean(),
  z.array(fixedBytes<QueueId>(32)).check(z.maxLength(wireLimits.queuesPerRead)),
]);
