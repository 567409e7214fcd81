import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import { holdStream } from '#relay/live/held-clients.ts';
import { boardAlone, WakeUps } from '#relay/live/wake-ups.ts';
import type { RelayLog } from '#relay/log-port.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { requestOf } from './people.ts';
import { startTestRelay, type TestRelay } from './running-relay.ts';

const boardMoved = Buffer.from(encodeCbor([true, []])).toString('latin1');

let relay: TestRelay;
let socket: Socket;
let received: string;

beforeEach(async () => {
  relay = await startTestRelay();
  received = '';
  socket = connect(Number(new URL(relay.origin).port), '127.0.0.1');
  socket.on('data', (bytes) => (received += bytes.toString('latin1')));
});
afterEach(async () => {
  socket.destroy();
  await relay.stop();
});

function ask(mode: 'poll' | 'stream', board: number, version = '1.1', more = ''): void {
  const body = Buffer.from(encodeCbor([mode, relay.origin, new Uint8Array(32), board, []]));
  socket.write(
    `POST /v1/live HTTP/${version}\r\nhost: relay\r\ncontent-type: ${cborType}\r\n` +
      `content-length: ${body.length}\r\n${more}\r\n`,
  );
  socket.write(body);
}

function publish(number: number) {
  return relay.raw('POST', '/v1/records', requestOf(number), cborSequenceType);
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const waiting = (count: number) => until(() => relay.context.wakeUps.count === count);
/** What was received so far, each head as its status line. */
const answers = () => received.replace(/HTTP\/1\.1 (\d+)[^]*?\r\n\r\n/g, '<$1>');

test('one connection carries one poll after the other', async () => {
  for (const number of [1, 2]) {
    ask('poll', number - 1);
    await waiting(1);
    await publish(number);
    await until(() => answers() === `<200>${boardMoved}`.repeat(number));
  }
  expect(received).not.toMatch(/^(?:connection|keep-alive|transfer-encoding):/im);
});

test('a poll behind a poll is answered after it, and another call after both', async () => {
  ask('poll', 0);
  ask('poll', 0);
  await waiting(2);
  socket.write('GET /v1/info HTTP/1.1\r\nhost: relay\r\n\r\n');
  await publish(1);
  await until(() => answers().split('<200>').length === 4);
  expect(answers().startsWith(`<200>${boardMoved}<200>${boardMoved}<200>`)).toBe(true);
  await waiting(0);
});

test('a poll that is told has the head that its response gives one that ends', async () => {
  const heads: string[] = [];
  ask('poll', 0);
  await waiting(1);
  await publish(1);
  await until(() => received.endsWith(boardMoved));
  heads.push(received);
  received = '';
  await waiting(0);
  ask('poll', 1);
  await waiting(1);
  relay.context.wakeUps.close();
  await until(() => received.includes('\r\n\r\n'));
  heads.push(received);
  const withoutBody = (answer: string) =>
    answer
      .slice(0, answer.indexOf('\r\n\r\n'))
      .replace(/^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/im, 'date')
      .split('\r\n')
      .toSorted();
  expect(withoutBody(heads[0] ?? '')).toEqual(withoutBody(heads[1] ?? ''));
});

test('a connection that is to close with its poll does, once the poll is told', async () => {
  const closed = new Promise((resolve) => socket.once('end', resolve));
  ask('poll', 0, '1.1', 'connection: close\r\n');
  await waiting(1);
  await publish(1);
  await closed;
  expect(answers()).toBe(`<200>${boardMoved}`);
  await waiting(0);
});

test('one who ends their side while they wait is forgotten, and others are told', async () => {
  ask('poll', 0);
  await waiting(1);
  socket.end();
  await publish(1);
  await waiting(0);
  expect((await relay.raw('GET', '/v1/info')).status).toBe(200);
});

test('a stream that was asked for behind a poll begins with what moved meanwhile', async () => {
  const chunk = `3\r\n${boardMoved}\r\n`;
  ask('poll', 0);
  ask('stream', 0);
  await waiting(2);
  await publish(1);
  await until(() => received.includes(chunk));
  await publish(2);
  await until(() => received.endsWith(chunk + chunk));
  relay.context.wakeUps.close();
  await until(() => received.endsWith('0\r\n\r\n'));
  expect(answers()).toBe(`<200>${boardMoved}<200>${chunk}${chunk}0\r\n\r\n`);
});

test('a proxy that speaks HTTP/1.0 gets a stream without chunks', async () => {
  ask('stream', 0, '1.0');
  await waiting(1);
  await publish(1);
  await until(() => received.includes(boardMoved));
  expect(answers()).toBe(`<200>${boardMoved}`);
});

test('one who hangs up with a stream behind a poll is forgotten, both of it', async () => {
  ask('poll', 0);
  ask('stream', 0);
  await waiting(2);
  socket.destroy();
  await waiting(0);
});

test('a stream that is not read is cut off', () => {
  const wakeUps = new WakeUps({ watch: () => undefined } as unknown as RelayLog, 1);
  let written = 0;
  const peer = Object.assign(new EventEmitter(), {
    destroyed: false,
    write: () => written++,
    destroy() {
      peer.destroyed = true;
      peer.emit('close');
    },
  });
  const nothing = () => undefined;
  const raw = {
    ...{ socket: peer, writableLength: 65_536, chunkedEncoding: true },
    ...{ writeHead: nothing, flushHeaders: nothing, removeHeader: nothing },
  };
  const reply = { raw, hijack: nothing, getHeaders: () => ({}) } as unknown as FastifyReply;
  const request = { raw: { socket: peer } } as unknown as FastifyRequest;
  const watcher = holdStream(wakeUps, { board: true, queues: [] }, request, reply);
  watcher.wake(boardAlone);
  expect([written, peer.destroyed, wakeUps.count]).toEqual([1, false, 1]);
  raw.writableLength++;
  watcher.wake(boardAlone);
  expect([written, peer.destroyed, wakeUps.count]).toEqual([1, true, 0]);
});
