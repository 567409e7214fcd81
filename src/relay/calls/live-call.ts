import type { Bytes } from '#core/types/bytes.ts';
import type { QueueId, Signature } from '#core/types/ids.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { liveSchema, queueCallBounds, watchSigningBytes } from '#sync/wire/queues.ts';
import { readBody } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import { holdPoll, holdStream } from '../live/held-clients.ts';
import type { WakeUp } from '../live/wake-ups.ts';
import type { RelayContext } from '../relay-context.ts';
import type { Call } from './call.ts';
import { callContext, judgeClaims } from './mailbox-calls.ts';
import { ProvedClaims } from './proved-claims.ts';

const liveBodyBytes = 16_384;
const fullRetrySeconds = 30;

/** What a client waits for, and where it stands. */
interface Interest {
  readonly board: number | null;
  readonly queues: readonly { readonly queue: QueueId; readonly after: number }[];
}

/** POST /v1/live: tells that something moved, never what. */
export function liveCall(context: RelayContext): Call {
  const proved = new ProvedClaims();
  return {
    method: 'POST',
    path: '/live',
    maxBodyBytes: liveBodyBytes,
    bodyType: cborType,
    async answer(request, reply) {
      const [mode, origin, challenge, board, items] = readBody(
        request,
        liveSchema,
        queueCallBounds,
      );
      if (!context.wakeUps.hasRoom) throw new CallError('overloaded', fullRetrySeconds);
      const queues =
        items.length === 0 ? [] : await provedQueues(context, proved, [origin, challenge], items);
      const hold = mode === 'poll' ? holdPoll : holdStream;
      const watched = { board: board !== null, queues: queues.map(({ queue }) => queue) };
      const watcher = hold(context.wakeUps, watched, request, reply);
      const moved = await whatMoved(context, { board, queues });
      if (moved !== undefined) watcher.wake(moved);
      return reply;
    },
  };
}

/** The queues that may be watched; one that is unknown is left out, for nobody has proved that it is theirs. */
async function provedQueues(
  context: RelayContext,
  proved: ProvedClaims,
  [origin, challenge]: readonly [origin: string, challenge: Bytes],
  items: readonly (readonly [queue: QueueId, after: number, signature: Signature])[],
): Promise<Interest['queues']> {
  const call = callContext(context, origin, challenge);
  const claims = items.map(([queue, after, signature]) => {
    const message = watchSigningBytes(call, queue, after);
    return { queue, after, claim: { queue, signature, message } };
  });
  const isProved = claims.map(({ claim }) => proved.has(claim));
  const open = claims.flatMap(({ claim }, index) => (isProved[index] === true ? [] : [claim]));
  const verdicts = open.length === 0 ? [] : await judgeClaims(context, open);
  if (verdicts.includes(false)) throw new CallError('signature-invalid');
  for (const [index, claim] of open.entries()) if (verdicts[index] === true) proved.add(claim);
  let next = 0;
  return claims.filter((_, index) => isProved[index] === true || verdicts[next++] === true);
}

/** What has moved already, past where the client stands. */
async function whatMoved({ log }: RelayContext, interest: Interest): Promise<WakeUp | undefined> {
  const facts = await Promise.all(interest.queues.map(({ queue }) => log.queue(queue)));
  const queues = interest.queues
    .filter(({ after }, index) => (facts[index]?.position ?? 0) > after)
    .map(({ queue }) => queue);
  const board = interest.board !== null && log.head() > interest.board;
  return board || queues.length > 0 ? { board, queues } : undefined;
}
