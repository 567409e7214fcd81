import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, msPerDay } from '#core/types/day.ts';
import type { EnvelopeId, QueueCap, RelayOrigin } from '#core/types/ids.ts';
import { queueVerdicts } from '#sync/wire/codes.ts';
import {
  ackedSchema,
  appendedSchema,
  creationId,
  envelopeId,
  queueCreatedSchema,
  readAnswerBounds,
  readAnswerSchema,
  type QueueCallContext,
  type Stamp,
} from '#sync/wire/queues.ts';
import {
  ackItem,
  creationOf,
  envelopeOf,
  mailboxOf,
  readItem,
  stampFor,
  stampThatFails,
  today,
  type Mailbox,
} from './people.ts';
import { readAnswer, readRefusal, startTestRelay, type TestRelay } from './running-relay.ts';

const conversation = mailboxOf(1, 'conversation');
const contact = mailboxOf(2, 'contact');

let relay: TestRelay;
beforeEach(async () => {
  relay = await startTestRelay(['--queue-envelopes', '3', '--queue-bytes', '4096']);
});
afterEach(async () => {
  await relay.stop();
});

async function create(mailbox: Mailbox): Promise<void> {
  const response = await relay.call('PUT', '/v1/queues', creationOf(relay.origin, mailbox));
  expect(await readAnswer(response, queueCreatedSchema)).toEqual([mailbox.id]);
}

function append(mailbox: Mailbox, envelope: Bytes, stamp: Stamp | null = null, cap = mailbox.cap) {
  const path = `/v1/queues/${bytesToBase64Url(mailbox.id)}`;
  return relay.call('POST', path, [cap, stamp, envelope]);
}

async function callContext(): Promise<QueueCallContext> {
  const { epoch, challenge } = await relay.info();
  return { origin: relay.origin, epoch, challenge };
}

async function read(mailbox: Mailbox, after = 0) {
  const context = await callContext();
  const body = [context.origin, context.challenge, [readItem(context, mailbox, after)]] as const;
  const response = await relay.call('POST', '/v1/queues/read', body);
  const answer = await readAnswer(response, readAnswerSchema, readAnswerBounds);
  return answer[0] ?? [mailbox.id, -1, [], false];
}

async function acknowledge(mailbox: Mailbox, ...ids: EnvelopeId[]): Promise<number> {
  const context = await callContext();
  const body = [context.origin, context.challenge, [ackItem(context, mailbox, ids)]] as const;
  const [count] = await readAnswer(await relay.call('POST', '/v1/queues/ack', body), ackedSchema);
  return count;
}

test('an envelope goes in with the cap, is read by the read key and deleted by its hash', async () => {
  await create(conversation);
  const envelope = envelopeOf(1);
  const [id, known] = await readAnswer(await append(conversation, envelope), appendedSchema);
  expect([id, known]).toEqual([envelopeId(envelope), false]);
  const [, verdict, [entry]] = await read(conversation);
  expect(verdict).toBe(queueVerdicts.read);
  expect(entry?.[1]).toEqual(envelope);
  expect(await acknowledge(conversation, id)).toBe(1);
  expect((await read(conversation))[2]).toEqual([]);
});

test('appending again is answered as known, also after the acknowledgement', async () => {
  await create(conversation);
  const [id] = await readAnswer(await append(conversation, envelopeOf(1)), appendedSchema);
  const again = await readAnswer(await append(conversation, envelopeOf(1)), appendedSchema);
  expect(again).toEqual([id, true]);
  await acknowledge(conversation, id);
  const afterAck = await readAnswer(await append(conversation, envelopeOf(1)), appendedSchema);
  expect(afterAck).toEqual([id, true]);
  expect((await read(conversation))[2]).toEqual([]);
});

test('a wrong cap looks like no queue at all', async () => {
  await create(conversation);
  const wrong = new Uint8Array(32) as QueueCap;
  const empty = new Uint8Array(0) as QueueCap;
  for (const cap of [wrong, empty]) {
    const response = await append(conversation, envelopeOf(1), null, cap);
    expect(await readRefusal(response)).toEqual([404, 'queue-unknown']);
  }
  const none = await append(mailboxOf(9, 'conversation'), envelopeOf(1));
  expect(await readRefusal(none)).toEqual([404, 'queue-unknown']);
});

test('a contact queue takes a stamp of today or yesterday for this very envelope, and nothing less', async () => {
  await create(contact);
  const envelope = envelopeOf(1);
  const id = envelopeId(envelope);
  const refusal = async (stamp: Stamp | null, sent = envelope) =>
    (await readRefusal(await append(contact, sent, stamp)))[1];
  expect(await refusal(null)).toBe('stamp-invalid');
  const early = stampFor(relay.origin, contact.id, id, addDays(today, -2));
  expect(await refusal(early)).toBe('stamp-invalid');
  const owed = { origin: relay.origin, sendId: contact.id, day: today, envelopeId: id };
  const otherRelay = { ...owed, origin: 'https://other.example' as RelayOrigin };
  expect(await refusal(stampThatFails(owed, otherRelay))).toBe('stamp-too-cheap');
  const otherEnvelope = { ...owed, envelopeId: envelopeId(envelopeOf(2)) };
  expect(await refusal(stampThatFails(owed, otherEnvelope))).toBe('stamp-too-cheap');
  const yesterday = stampFor(relay.origin, contact.id, id, addDays(today, -1));
  expect((await append(contact, envelope, yesterday)).status).toBe(200);
});

test('a queue is created only with a stamp bound to its own creation', async () => {
  const { id: sendId, readKey, capHash: hash } = conversation;
  const days = 7;
  const owed = {
    origin: relay.origin,
    sendId,
    day: today,
    envelopeId: creationId(readKey, hash, days),
  };
  const stamp = stampThatFails(owed, { ...owed, envelopeId: envelopeId(envelopeOf(1)) });
  const cheap = await relay.call('PUT', '/v1/queues', [readKey, hash, days, stamp]);
  expect(await readRefusal(cheap)).toEqual([403, 'stamp-too-cheap']);
  const old = await relay.call('PUT', '/v1/queues', [readKey, hash, days, [addDays(today, -2), 1]]);
  expect(await readRefusal(old)).toEqual([403, 'stamp-invalid']);
  await create(conversation);
  await create(conversation);
});

test('a full queue says so, by count and by bytes, and takes more once it is read', async () => {
  await create(conversation);
  for (const number of [1, 2, 3]) await append(conversation, envelopeOf(number));
  const full = await append(conversation, envelopeOf(4));
  expect(await readRefusal(full)).toEqual([409, 'queue-full']);
  await acknowledge(conversation, envelopeId(envelopeOf(1)));
  const large = await append(conversation, envelopeOf(5, 4_096));
  expect(await readRefusal(large)).toEqual([409, 'queue-full']);
  expect((await append(conversation, envelopeOf(4))).status).toBe(200);
});

test('only sizes of the padding are envelopes', async () => {
  await create(conversation);
  for (const size of [0, 511, 513, 4_097]) {
    expect((await append(conversation, envelopeOf(1, Math.max(4, size)))).status).toBe(400);
  }
});

test('without the read key nothing is read and nothing deleted', async () => {
  await create(conversation);
  const [id] = await readAnswer(await append(conversation, envelopeOf(1)), appendedSchema);
  const thief = { ...conversation, seed: contact.seed };
  expect((await read(thief)).slice(1)).toEqual([queueVerdicts.refused, [], false]);
  await expect(acknowledge(thief, id)).rejects.toThrow('signature-invalid');
  expect((await read(conversation))[2]).toHaveLength(1);
});

test('a queue that nobody created is unknown to readers', async () => {
  expect((await read(conversation))[1]).toBe(queueVerdicts.unknown);
});

test('a challenge holds for its ten minutes and the next, and only at the relay it names', async () => {
  await create(conversation);
  const context = await callContext();
  const item = readItem(context, conversation);
  const status = async (origin: string = context.origin) =>
    (await relay.call('POST', '/v1/queues/read', [origin, context.challenge, [item]])).status;
  expect(await status()).toBe(200);
  expect(await status('https://other.example')).toBe(403);
  relay.clock.nowMs += 600_000;
  expect(await status()).toBe(200);
  relay.clock.nowMs += 600_000;
  const late = await relay.call('POST', '/v1/queues/read', [
    context.origin,
    context.challenge,
    [item],
  ]);
  expect(await readRefusal(late)).toEqual([403, 'challenge-expired']);
});

test('a signature for reading does not acknowledge, nor read from another position', async () => {
  await create(conversation);
  const context = await callContext();
  const [queue, , signature] = readItem(context, conversation);
  const ids = [envelopeId(envelopeOf(1))];
  const ack = await relay.call('POST', '/v1/queues/ack', [
    context.origin,
    context.challenge,
    [[queue, ids, signature]],
  ]);
  expect(await readRefusal(ack)).toEqual([403, 'signature-invalid']);
  const moved = await relay.call('POST', '/v1/queues/read', [
    context.origin,
    context.challenge,
    [[queue, 7, signature]],
  ]);
  const [[, verdict] = []] = await readAnswer(moved, readAnswerSchema, readAnswerBounds);
  expect(verdict).toBe(queueVerdicts.refused);
});

test('envelopes are gone when the lifetime of their queue is over', async () => {
  await create(conversation);
  await append(conversation, envelopeOf(1));
  relay.clock.nowMs += 7 * msPerDay;
  await relay.maintain();
  expect((await read(conversation))[2]).toHaveLength(1);
  relay.clock.nowMs += msPerDay;
  await relay.maintain();
  expect((await read(conversation))[1]).toBe(queueVerdicts.unknown);
});
