import type { CborValue } from '#core/codec/cbor.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import type { ReadableQueue } from './mail-sync.ts';
import { wireLimits } from './wire/limits.ts';
import { watchSigningBytes, type QueueCallContext } from './wire/queues.ts';

/** Builds the body of a long poll over the board and some queues. */
export function composePoll(
  crypto: Pick<CryptoPort, 'sign'> | null,
  context: QueueCallContext,
  boardSequence: number | null,
  queues: readonly { readonly queue: ReadableQueue; readonly after: number }[],
): CborValue {
  const items =
    crypto === null
      ? []
      : queues.slice(0, wireLimits.queuesPerRead).map(({ queue, after }): CborValue => {
          const message = watchSigningBytes(context, queue.id, after);
          return [queue.id, after, crypto.sign(queue.readSeed, message)];
        });
  return ['poll', context.origin, context.challenge, boardSequence, items];
}
