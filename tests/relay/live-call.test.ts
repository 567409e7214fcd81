import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeCbor, encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { QueueCallContext } from '#sync/wire/queues.ts';
import { wakeUpSchema } from '#sync/wire/queues.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';
import { creationOf, envelopeOf, mailboxOf, requestOf, watchItem } from './people.ts';
import { readAnswer, readRefusal, startTestRelay, type TestRelay } from './running-relay.ts';

const mailbox = mailboxOf(1, 'conversation');
let relay: TestRelay;
let context: QueueCallContext;

beforeEach(async () => {
  relay = await startTestRelay(['--live-connections', '2']);
  const { epoch, challenge } = await relay.info();
  context = { origin: relay.origin, epoch, challenge };
  await relay.call('PUT', '/v1/queues', creationOf(relay.origin, mailbox));
});
afterEach(async () => {
  await relay.stop();
});

function live(mode: 'poll' | 'stream', board: number | null, items: readonly CborValue[] = []) {
  return relay.call('POST', '/v1/live', [mode, context.origin, context.challenge, board, items]);
}

function append(number: number) {
  const path = `/v1/queues/${bytesToBase64Url(mailbox.id)}`;
  return relay.call('POST', path, [mailbox.cap, null, envelopeOf(number)]);
}

function publish(number: number) {
  return relay.raw('POST', '/v1/records', requestOf(number), cborSequenceType);
}

async function untilWaiting(count: number): Promise<void> {
  while (relay.context.wakeUps.count < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a poll is answered when the board moves', async () => {
  const waiting = live('poll', 0);
  await untilWaiting(1);
  await publish(1);
  expect(await readAnswer(await waiting, wakeUpSchema)).toEqual([true, []]);
  expect(relay.context.wakeUps.count).toBe(0);
});

test('a poll names the queue that moved, and does not speak of the board when not asked', async () => {
  const waiting = live('poll', null, [watchItem(context, mailbox)]);
  await untilWaiting(1);
  await publish(1);
  await append(1);
  expect(await readAnswer(await waiting, wakeUpSchema)).toEqual([false, [mailbox.id]]);
});

test('a poll is answered at once when something has moved already', async () => {
  await publish(1);
  await append(1);
  const answer = await live('poll', 0, [watchItem(context, mailbox)]);
  expect(await readAnswer(answer, wakeUpSchema)).toEqual([true, [mailbox.id]]);
});

test('a stream tells one wake-up after another', async () => {
  const response = await live('stream', 0, [watchItem(context, mailbox)]);
  expect(response.headers.get('content-type')).toBe(cborSequenceType);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  const reader = response.body?.getReader();
  const next = async () => {
    const part = await reader?.read();
    const decoded = decodeCbor(part?.value ?? new Uint8Array(), wakeUpSchema);
    return decoded.ok ? decoded.value : decoded.error;
  };
  await publish(1);
  expect(await next()).toEqual([true, []]);
  await append(1);
  expect(await next()).toEqual([false, [mailbox.id]]);
  await reader?.cancel();
});

test('nobody watches a queue without its read key', async () => {
  const thief = { ...mailbox, seed: mailboxOf(2, 'conversation').seed };
  const refused = await live('poll', null, [watchItem(context, thief)]);
  expect(await readRefusal(refused)).toEqual([403, 'signature-invalid']);
});

test('whoever was proved before is heard again, and a false signature is refused after a true one', async () => {
  const item = watchItem(context, mailbox);
  await append(1);
  for (let time = 0; time < 2; time++) {
    const answer = await live('poll', null, [item]);
    expect(await readAnswer(answer, wakeUpSchema)).toEqual([false, [mailbox.id]]);
  }
  const signature = item[2].slice();
  signature[0] = (signature[0] ?? 0) ^ 1;
  const forged = [item[0], item[1], signature] as CborValue;
  expect(await readRefusal(await live('poll', null, [forged]))).toEqual([403, 'signature-invalid']);
  const elsewhere = [item[0], 5, item[2]] as CborValue;
  expect((await live('poll', null, [elsewhere])).status).toBe(403);
});

test('a queue that is created later does not wake those who asked before', async () => {
  const later = mailboxOf(3, 'conversation');
  const thief = { ...later, seed: mailbox.seed };
  const waiting = live('poll', 0, [watchItem(context, thief)]);
  await untilWaiting(1);
  await relay.call('PUT', '/v1/queues', creationOf(relay.origin, later));
  const path = `/v1/queues/${bytesToBase64Url(later.id)}`;
  expect((await relay.call('POST', path, [later.cap, null, envelopeOf(1)])).status).toBe(200);
  await publish(1);
  expect(await readAnswer(await waiting, wakeUpSchema)).toEqual([true, []]);
});

test('more than may wait are told to come later', async () => {
  const waiting = [live('poll', 0), live('poll', 0)];
  await untilWaiting(2);
  const third = await live('poll', 0);
  expect(third.headers.get('retry-after')).toBe('30');
  expect(await readRefusal(third)).toEqual([503, 'overloaded']);
  await publish(1);
  await Promise.all(waiting);
});

test('one who hangs up is forgotten', async () => {
  const abort = new AbortController();
  const { origin, challenge } = context;
  const body = encodeCbor(['poll', origin, challenge, 0, []]);
  const hungUp = fetch(`${relay.origin}/v1/live`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/cbor' },
    signal: abort.signal,
  });
  await untilWaiting(1);
  abort.abort();
  await expect(hungUp).rejects.toThrow();
  while (relay.context.wakeUps.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('stopping answers everybody who waits', async () => {
  const poll = live('poll', 0);
  const stream = await live('stream', 0);
  await untilWaiting(2);
  const text = stream.arrayBuffer();
  relay.context.wakeUps.close();
  expect(await readAnswer(await poll, wakeUpSchema)).toEqual([false, []]);
  expect((await text).byteLength).toBe(0);
});
