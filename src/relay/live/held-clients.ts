import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wireLimits } from '#sync/wire/limits.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { documentHeaders } from '../http/security-headers.ts';
import { answerPoll, endPoll, shareHead } from './poll-answers.ts';
import { wakeUpBytes } from './wake-up-bytes.ts';
import type { WakeUp, WakeUps, Watcher } from './wake-ups.ts';

const heartbeatMs = 20_000;
/** A reader that lets this much pile up has gone. */
const maxUnreadBytes = 65_536;
const heartbeat: WakeUp = { board: false, queues: [] };

/** What a client waits for. */
type Interest = Pick<Watcher, 'board' | 'queues'>;

/** Waits and answers once: with what moved, or with a heartbeat after so long. */
export function holdPoll(
  wakeUps: WakeUps,
  interest: Interest,
  { raw: { socket } }: FastifyRequest,
  reply: FastifyReply,
): Watcher {
  const poll = { head: shareHead(headOf(reply, cborType)), raw: takeOver(reply) };
  const leave = () => {
    clearTimeout(timer);
    socket.off('close', leave);
    wakeUps.remove(watcher);
  };
  let isAnswered = false;
  const answerBy = (answer: typeof answerPoll, wakeUp: WakeUp) => {
    if (isAnswered || socket.destroyed) return;
    isAnswered = true;
    answer(poll, wakeUp);
    // Once all are told who are told in this turn, and before anybody asks again.
    process.nextTick(leave);
  };
  const wake = (wakeUp: WakeUp) => {
    answerBy(answerPoll, wakeUp);
  };
  const end = () => {
    answerBy(endPoll, heartbeat);
  };
  const watcher: Watcher = { ...interest, wake, end };
  const timer = setTimeout(end, wireLimits.liveSeconds * 1_000);
  socket.once('close', leave);
  wakeUps.add(watcher);
  return watcher;
}

/** Answers with one wake-up after the other, for as long as the client reads them. */
export function holdStream(
  wakeUps: WakeUps,
  interest: Interest,
  { raw: { socket } }: FastifyRequest,
  reply: FastifyReply,
): Watcher {
  const head = headOf(reply, cborSequenceType);
  const raw = takeOver(reply);
  raw.writeHead(200, [...head, 'x-accel-buffering', 'no']);
  raw.flushHeaders();
  const leave = () => {
    clearInterval(timer);
    socket.off('close', leave);
    wakeUps.remove(watcher);
  };
  const wake = (wakeUp: WakeUp) => {
    if (socket.destroyed) return;
    const { latin1, chunk } = wakeUpBytes(wakeUp);
    if (raw.writableLength > maxUnreadBytes) socket.destroy();
    // HTTP/1.0 knows no chunks; without a socket the answer to an earlier request is under way yet.
    else if (!raw.chunkedEncoding || raw.socket === null) raw.write(latin1, 'latin1');
    // The response's own way is four pieces a chunk, a turn later.
    else raw.socket.write(chunk);
  };
  const end = () => {
    leave();
    raw.end();
  };
  const watcher: Watcher = { ...interest, wake, end };
  const timer = setInterval(wake, heartbeatMs, heartbeat);
  socket.once('close', leave);
  wakeUps.add(watcher);
  return watcher;
}

/** Past fastify from here: one move of the board answers everybody who waits at once. */
function takeOver(reply: FastifyReply): ServerResponse {
  reply.hijack();
  // HTTP/1.1 keeps connections of itself.
  reply.raw.removeHeader('connection');
  return reply.raw;
}

/** Name and value in turn, of those that were set so far and those of this call. */
function headOf(reply: FastifyReply, type: string): readonly string[] {
  const common = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined || documentHeaders.includes(name) ? [] : [name, String(value)],
  );
  return [...common, 'content-type', type, 'cache-control', 'no-store, no-transform'];
}
