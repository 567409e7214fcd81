import type { CborValue } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type {
  EnvelopeId,
  PersonaKey,
  PersonaSeed,
  QueueId,
  QueueReadKey,
} from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayFault } from './relay-fault.ts';
import { queueVerdicts } from './wire/codes.ts';
import { wireLimits } from './wire/limits.ts';
import {
  ackSigningBytes,
  envelopeId,
  readSigningBytes,
  type QueueCallContext,
} from './wire/queues.ts';

/** A queue that this device may read. */
export interface ReadableQueue {
  readonly id: QueueId;
  readonly readKey: QueueReadKey;
  /** Secret: signs reads and acknowledgements. */
  readonly readSeed: PersonaSeed;
}

/** Envelopes that have come in at one queue, oldest first. */
export interface Delivery {
  readonly queue: QueueId;
  readonly envelopes: readonly Bytes[];
  /** The position of the last of them. */
  readonly position: number;
  readonly more: boolean;
  /** True when the relay knows no such queue: it must be created again. */
  readonly unknown: boolean;
}

type Sign = Pick<CryptoPort, 'sign'>;

/** Signs with a queue's read key, which is an Ed25519 key pair of its own. */
function signWith(crypto: Sign, queue: ReadableQueue, message: Bytes) {
  return crypto.sign(queue.readSeed, message);
}

/** Reads what lies in queues after given positions; never mix contact queues and conversations in one call. */
export async function readQueues(
  client: RelayClient,
  crypto: Sign,
  context: QueueCallContext,
  queues: readonly { readonly queue: ReadableQueue; readonly after: number }[],
): Promise<Result<readonly Delivery[], RelayFault>> {
  const deliveries: Delivery[] = [];
  for (let start = 0; start < queues.length; start += wireLimits.queuesPerRead) {
    const items = queues
      .slice(start, start + wireLimits.queuesPerRead)
      .map(({ queue, after }): CborValue => {
        const message = readSigningBytes(context, queue.id, after);
        return [queue.id, after, signWith(crypto, queue, message)];
      });
    const answer = await client.readQueues([context.origin, context.challenge, items]);
    if (!answer.ok) return answer;
    for (const [queue, verdict, envelopes, more] of answer.value) {
      deliveries.push({
        queue,
        envelopes: envelopes.map(([, envelope]) => envelope),
        position: envelopes.at(-1)?.[0] ?? 0,
        more,
        unknown: verdict === queueVerdicts.unknown,
      });
    }
  }
  return ok(deliveries);
}

/** Deletes at the relay what is durably on this device. */
export async function ackEnvelopes(
  client: RelayClient,
  crypto: Sign,
  context: QueueCallContext,
  queue: ReadableQueue,
  envelopes: readonly Bytes[],
): Promise<Result<void, RelayFault>> {
  const ids: EnvelopeId[] = envelopes.map((envelope) => envelopeId(envelope));
  const signature = signWith(crypto, queue, ackSigningBytes(context, queue.id, ids));
  const answer = await client.ackQueues([
    context.origin,
    context.challenge,
    [[queue.id, ids, signature]],
  ]);
  return answer.ok ? ok(undefined) : answer;
}

/** A read key is an Ed25519 key like a persona's, but names a queue. */
export function readKeyOf(crypto: Pick<CryptoPort, 'personaKey'>, seed: PersonaSeed): QueueReadKey {
  const key: PersonaKey = crypto.personaKey(seed);
  return key as Bytes as QueueReadKey;
}
