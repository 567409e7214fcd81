import * as z from 'zod/mini';
import { decodeCbor, encodeCbor, type CborValue } from '../codec/cbor.ts';
import { fixedBytes, maxU32, u32, wholeNumber } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { RecordAddress, RecordId } from '../types/ids.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { messageQueueShape, type MessageQueue } from './message-queue.ts';
import { bodyFromWire, bodyToWire, maxBodyType, type MessageBody } from './payload-body.ts';

/** What a sender says it has received of the other's numbers. */
export interface Acknowledgement {
  /** The smallest sequence not yet received. */
  readonly next: number;
  /** At most 16 received sequences above `next`, ascending. */
  readonly extras: readonly number[];
}

/** Why a conversation was begun: carried until its beginner is first acknowledged. */
export interface Opening {
  /** 0: the beginner knows of no earlier session; 1: it had one and lost it (restored or deleted). */
  readonly origin: 0 | 1;
  readonly recordAddress: RecordAddress;
  readonly recordId: RecordId;
}

/** The plaintext of one envelope. */
export interface Payload {
  /** The sender's message number in this conversation, from 0. */
  readonly sequence: number;
  readonly ack: Acknowledgement;
  /** Where the sender takes answers, when it says so. */
  readonly queue: MessageQueue | null;
  readonly opening: Opening | null;
  readonly body: MessageBody;
}

/** An authentic payload of no known form. */
export interface MalformedPayload {
  readonly code: 'malformed-payload';
}

const payloadVersion = 1;
export const maxAckExtras = 16;

/** Below 2^32 - 1, so that the number after it is a u32 too. */
const sequenceNumber = wholeNumber(0, maxU32 - 1);

const ackShape = z
  .tuple([u32, z.array(u32).check(z.maxLength(maxAckExtras))])
  .check(z.refine(([next, extras]) => isAscendingAbove(next, extras)));

export const openingShape = z.pipe(
  z.tuple([
    z.union([z.literal(0), z.literal(1)]),
    fixedBytes<RecordAddress>(32),
    fixedBytes<RecordId>(32),
  ]),
  z.transform(([origin, recordAddress, recordId]): Opening => ({
    origin,
    recordAddress,
    recordId,
  })),
);

const payloadShape = z.tuple([
  z.literal(payloadVersion),
  wholeNumber(0, maxBodyType),
  sequenceNumber,
  ackShape,
  z.nullable(messageQueueShape),
  z.nullable(openingShape),
  z.unknown(),
]);

function isAscendingAbove(next: number, extras: readonly number[]): boolean {
  return extras.every((extra, index) => extra > (extras[index - 1] ?? next));
}

/** CBOR [1, type, sequence, ack, queue|null, opening|null, body]; null when the body breaks its own limits. */
export function encodePayload(payload: Payload): Bytes | null {
  const body = bodyToWire(payload.body);
  if (body === null) return null;
  const { sequence, ack, queue, opening } = payload;
  return encodeCbor([
    payloadVersion,
    body.type,
    sequence,
    [ack.next, ack.extras],
    queue === null ? null : queueToWire(queue),
    opening === null ? null : openingToWire(opening),
    body.fields,
  ]);
}

/** Reads what encodePayload wrote. Total. */
export function decodePayload(bytes: Uint8Array): Result<Payload, MalformedPayload> {
  const decoded = decodeCbor(bytes, payloadShape);
  if (!decoded.ok) return fail({ code: 'malformed-payload' });
  const [, type, sequence, [next, extras], queue, opening, fields] = decoded.value;
  const body = bodyFromWire(type, fields);
  if (body === null || (body.type === 'queue' && queue === null)) {
    return fail({ code: 'malformed-payload' });
  }
  return ok({ sequence, ack: { next, extras }, queue, opening, body });
}

/** [queue id, cap, relays] */
export function queueToWire(queue: MessageQueue): CborValue {
  return [queue.queueId, queue.cap, queue.relays];
}

/** [origin, record address, record id] */
export function openingToWire(opening: Opening): CborValue {
  return [opening.origin, opening.recordAddress, opening.recordId];
}
