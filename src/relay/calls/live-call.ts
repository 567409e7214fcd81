import type { FastifyReply, FastifyRequest } from 'fastify';
import { encodeCbor } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { QueueId, Signature } from '#core/types/ids.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { liveSchema, queueCallBounds, watchSigningBytes } from '#sync/wire/queues.ts';
import { asBuffer, readBody } from '../http/answers.ts';
import { CallError } from '../http/errors.ts';
import { documentHeaders } from '../http/security-headers.ts';
import type { WakeUp, Watcher } from '../live/wake-ups.ts';
import type { RelayContext } from '../relay-context.ts';
import type { Call } from './call.ts';
import { callContext, judgeClaims } from './mailbox-calls.ts';
import { ProvedClaims } from './proved-claims.ts';

const liveBodyBytes = 16_384;
const heartbeatMs = 20_000;
/** A reader that lets this much pile up has gone. */
const maxUnreadBytes = 65_536;
const fullRetrySeconds = 30;
const heartbeat: WakeUp = { board: false, queues: [] };

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
      const interest = { board, queues };
      return mode === 'poll'
        ? answerPoll(context, interest, request, reply)
        : answerStream(context, interest, request, reply);
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

async function answerPoll(
  context: RelayContext,
  interest: Interest,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const headers = headersOf(reply, cborType);
  const wakeUp = await new Promise<WakeUp>((resolve) => {
    const watcher = createWatcher(interest, finish, () => {
      finish(heartbeat);
    });
    const remove = context.wakeUps.add(watcher);
    const timer = setTimeout(finish, wireLimits.liveSeconds * 1_000, heartbeat);
    request.raw.socket.once('close', leave);
    void whatMoved(context, interest).then((moved) => {
      if (moved !== undefined) finish(moved);
    });
    function finish(outcome: WakeUp): void {
      clearTimeout(timer);
      request.raw.socket.off('close', leave);
      remove();
      resolve(outcome);
    }
    function leave(): void {
      finish(heartbeat);
    }
  });
  // Written past fastify: one move of the board answers everybody who waits at once.
  const body = asBuffer(encodeCbor(wakeUpToCbor(wakeUp)));
  reply.hijack();
  reply.raw.writeHead(200, [...headers, 'content-length', String(body.length)]);
  // As text, head and body leave in one write.
  reply.raw.end(body.toString('latin1'), 'latin1');
  return reply;
}

/** Name and value in turn, of those that were set so far and those of this call. */
function headersOf(reply: FastifyReply, type: string): string[] {
  const common = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined || documentHeaders.includes(name) ? [] : [name, String(value)],
  );
  return [...common, 'content-type', type, 'cache-control', 'no-store, no-transform'];
}

async function answerStream(
  context: RelayContext,
  interest: Interest,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, [...headersOf(reply, cborSequenceType), 'x-accel-buffering', 'no']);
  raw.flushHeaders();
  const tell = (wakeUp: WakeUp) => {
    if (raw.writableLength > maxUnreadBytes) raw.destroy();
    else raw.write(asBuffer(encodeCbor(wakeUpToCbor(wakeUp))));
  };
  const watcher = createWatcher(interest, tell, () => {
    raw.end();
  });
  const remove = context.wakeUps.add(watcher);
  const timer = setInterval(tell, heartbeatMs, heartbeat);
  raw.once('close', () => {
    clearInterval(timer);
    remove();
  });
  const moved = await whatMoved(context, interest);
  if (moved !== undefined && !request.raw.socket.destroyed) tell(moved);
  return reply;
}

function createWatcher(
  interest: Interest,
  wake: (wakeUp: WakeUp) => void,
  end: () => void,
): Watcher {
  const queues = interest.queues.map(({ queue }) => queue);
  return { board: interest.board !== null, queues, wake, end };
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

function wakeUpToCbor({ board, queues }: WakeUp) {
  return [board, queues] as const;
}
