import { isStampValid } from '#core/messages/stamp.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import { dayOf } from '#core/types/day.ts';
import type { EnvelopeId, QueueCap, QueueId } from '#core/types/ids.ts';
import { cborType } from '#sync/wire/media-type.ts';
import {
  appendSchema,
  capHash,
  createQueueSchema,
  creationId,
  envelopeId,
  queueId,
  type Stamp,
} from '#sync/wire/queues.ts';
import { readBody, sendPlainCbor } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import type { QueueQuota } from '../log-port.ts';
import type { RelayContext } from '../relay-context.ts';
import { parameterOf, type Call } from './call.ts';

const createBodyBytes = 512;
const appendBodyBytes = 4_608;
const queueIdBytes = 32;
/** Marks are some hundred bytes each; a busy conversation leaves one for each message of its lifetime. */
const marksPerEnvelope = 16;

const contactCapHash = capHash(new Uint8Array(0) as QueueCap);

/** PUT /v1/queues and POST /v1/queues/<send id>. */
export function queueCalls(context: RelayContext): readonly Call[] {
  return [createCall(context), appendCall(context)];
}

function createCall(context: RelayContext): Call {
  const { log, clock } = context;
  return {
    method: 'PUT',
    path: '/queues',
    maxBodyBytes: createBodyBytes,
    bodyType: cborType,
    async answer(request, reply) {
      if (context.isFull()) throw new CallError('overloaded');
      const [readKey, hashOfCap, days, stamp] = readBody(request, createQueueSchema);
      const id = queueId(readKey, hashOfCap);
      demandStamp(context, id, creationId(readKey, hashOfCap, days), stamp);
      const queue = { id, readKey, capHash: hashOfCap, lifetimeDays: days };
      await log.createQueue(queue, dayOf(clock()));
      return sendPlainCbor(reply, [id]);
    },
  };
}

function appendCall(context: RelayContext): Call {
  const { log, clock, config } = context;
  const quota: QueueQuota = {
    maxEnvelopes: config.queueEnvelopes,
    maxBytes: config.queueBytes,
    maxMarks: config.queueEnvelopes * marksPerEnvelope,
  };
  return {
    method: 'POST',
    path: '/queues/:sendId',
    maxBodyBytes: appendBodyBytes,
    bodyType: cborType,
    async answer(request, reply) {
      if (context.isFull()) throw new CallError('overloaded');
      const queue = base64UrlToBytes(parameterOf(request, 'sendId'));
      if (!queue.ok || queue.value.length !== queueIdBytes) throw new CallError('malformed');
      const send = queue.value as QueueId;
      const [cap, stamp, envelope] = readBody(request, appendSchema);
      const id = envelopeId(envelope);
      await demandRight(context, send, cap, stamp, id);
      const outcome = await log.append(send, { id, bytes: envelope }, quota, dayOf(clock()));
      if (outcome === 'unknown') throw new CallError('queue-unknown');
      if (outcome === 'full') throw new CallError('queue-full');
      return sendPlainCbor(reply, [id, outcome === 'known']);
    },
  };
}

/** A conversation's queue takes its cap, a contact queue a stamp; a wrong cap looks like no queue. */
async function demandRight(
  context: RelayContext,
  send: QueueId,
  cap: QueueCap,
  stamp: Stamp | null,
  work: EnvelopeId,
): Promise<void> {
  const facts = await context.log.queue(send);
  if (facts === undefined || !equalBytes(facts.capHash, capHash(cap))) {
    throw new CallError('queue-unknown');
  }
  if (!equalBytes(facts.capHash, contactCapHash)) return;
  if (stamp === null) throw new CallError('stamp-invalid');
  demandStamp(context, send, work, stamp);
}

/** Today's stamp, or one of a day beside it: clocks differ, and a stamp may wait for its link overnight. */
export function demandStamp(
  { clock, config, origins }: RelayContext,
  sendId: QueueId,
  work: Bytes,
  [day, counter]: Stamp,
  price: number = config.stampPrice,
): void {
  if (Math.abs(day - dayOf(clock())) > 1) throw new CallError('stamp-invalid');
  const isPaid = origins().some((origin) =>
    isStampValid({ origin, sendId, day, envelopeId: work }, counter, price),
  );
  if (!isPaid) throw new CallError('stamp-too-cheap');
}
