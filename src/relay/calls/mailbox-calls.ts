import type { CborValue } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { QueueId, RelayOrigin, Signature } from '#core/types/ids.ts';
import { queueVerdicts } from '#sync/wire/codes.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { cborType } from '#sync/wire/media-type.ts';
import {
  ackSchema,
  ackSigningBytes,
  queueCallBounds,
  readSchema,
  readSigningBytes,
  type QueueCallContext,
} from '#sync/wire/queues.ts';
import { demandCurrent } from '../challenge.ts';
import { readBody, sendPlainCbor } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import type { RelayContext } from '../relay-context.ts';
import type { Call } from './call.ts';

/** A 64-queue call with its signatures takes some 7 KB, the largest acknowledgement 0.6 MB. */
const readBodyBytes = 16_384;
/** What a link that is cut every few seconds still brings whole: eight of the largest envelopes. */
const readAnswerBytes = 32_768;

/** A queue that is named in a call, with the signature over what is asked of it. */
export interface SignedClaim {
  readonly queue: QueueId;
  readonly signature: Signature;
  readonly message: Bytes;
}

/** POST /v1/queues/read and POST /v1/queues/ack. */
export function mailboxCalls(context: RelayContext): readonly Call[] {
  return [readCall(context), ackCall(context)];
}

/** Judges each claim: undefined for a queue that is unknown, else whether its read key signed it. */
export async function judgeClaims(
  { log, workers }: RelayContext,
  claims: readonly SignedClaim[],
): Promise<readonly (boolean | undefined)[]> {
  const facts = await Promise.all(claims.map(({ queue }) => log.queue(queue)));
  const known = claims.flatMap(({ message, signature }, index) => {
    const key = facts[index]?.readKey;
    return key === undefined ? [] : [{ key, message, signature }];
  });
  const verdicts = known.length === 0 ? [] : await workers.verify(known);
  let next = 0;
  return facts.map((queue) => (queue === undefined ? undefined : verdicts[next++] === true));
}

/** What a signed call is made for, once origin and challenge are found to be current. */
export function callContext(
  context: RelayContext,
  origin: string,
  challenge: Bytes,
): QueueCallContext {
  demandCurrent(context, origin, challenge);
  return { origin: origin as RelayOrigin, epoch: context.log.epoch, challenge };
}

function readCall(context: RelayContext): Call {
  return {
    method: 'POST',
    path: '/queues/read',
    maxBodyBytes: readBodyBytes,
    bodyType: cborType,
    async answer(request, reply) {
      const [origin, challenge, items] = readBody(request, readSchema, queueCallBounds);
      const call = callContext(context, origin, challenge);
      const verdicts = await judgeClaims(
        context,
        items.map(([queue, after, signature]) => ({
          queue,
          signature,
          message: readSigningBytes(call, queue, after),
        })),
      );
      let room = readAnswerBytes;
      const answers: CborValue[] = [];
      for (const [index, [queue, after]] of items.entries()) {
        const verdict = verdicts[index];
        if (verdict !== true) {
          const code = verdict === undefined ? queueVerdicts.unknown : queueVerdicts.refused;
          answers.push([queue, code, [], false]);
          continue;
        }
        const limits = { maxRecords: wireLimits.envelopesPerRead, maxBytes: room };
        const { envelopes, more } = await context.log.read(queue, after, limits);
        room -= envelopes.reduce((total, { envelope }) => total + envelope.length, 0);
        const rows = envelopes.map(({ position, envelope }) => [position, envelope]);
        answers.push([queue, queueVerdicts.read, rows, more]);
      }
      return sendPlainCbor(reply, answers);
    },
  };
}

function ackCall(context: RelayContext): Call {
  return {
    method: 'POST',
    path: '/queues/ack',
    maxBodyBytes: queueCallBounds.maxBytes,
    bodyType: cborType,
    async answer(request, reply) {
      const [origin, challenge, items] = readBody(request, ackSchema, queueCallBounds);
      const call = callContext(context, origin, challenge);
      const verdicts = await judgeClaims(
        context,
        items.map(([queue, envelopes, signature]) => ({
          queue,
          signature,
          message: ackSigningBytes(call, queue, envelopes),
        })),
      );
      if (verdicts.includes(false)) throw new CallError('signature-invalid');
      const counts = await Promise.all(
        items.map(([queue, envelopes]) => context.log.acknowledge(queue, envelopes)),
      );
      return sendPlainCbor(reply, [counts.reduce((total, count) => total + count, 0)]);
    },
  };
}
