import { expect, test } from 'vitest';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { encodeCbor } from '#core/codec/cbor.ts';
import { dayOf } from '#core/types/day.ts';
import { infoSchema } from '#sync/wire/info.ts';
import { readAnswerBounds, readAnswerSchema, type QueueCallContext } from '#sync/wire/queues.ts';
import { startRelayProcess, type RelayProcess } from '../support/relay-process.ts';
import { creationOf, envelopeOf, mailboxOf, readItem } from './people.ts';
import { readAnswer } from './running-relay.ts';

const envelopes = 5_000;
const connections = 32;
const kills = 3;

test('every answered envelope is there after kill -9 in the middle of the load, and none twice', async () => {
  const relay = await startRelayProcess(['--stamp-price', '6', '--queue-envelopes', '10000']);
  const mailbox = mailboxOf(1, 'conversation');
  const creation = creationOf(relay.origin, mailbox, 7, dayOf(Date.now()));
  expect((await post(relay, 'PUT', '/v1/queues', encodeCbor(creation))).status).toBe(200);

  const path = `/v1/queues/${bytesToBase64Url(mailbox.id)}`;
  const answered = new Set<number>();
  let next = 0;
  let running = true;
  const load = Promise.all(
    Array.from({ length: connections }, async () => {
      while (running && next < envelopes) {
        const number = next++;
        while (!answered.has(number)) {
          const body = encodeCbor([mailbox.cap, null, envelopeOf(number)]);
          const response = await post(relay, 'POST', path, body).catch(() => undefined);
          if (response?.status === 200) answered.add(number);
          else await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }),
  );
  for (let kill = 1; kill <= kills; kill++) {
    const mark = (envelopes * kill) / (kills + 1);
    while (answered.size < mark) await new Promise((resolve) => setTimeout(resolve, 2));
    await relay.kill();
    const before = new Set(answered);
    await relay.restart();
    const stored = new Set(await readAll(relay));
    expect([...before].filter((number) => !stored.has(number))).toEqual([]);
  }
  await load;
  running = false;

  const stored = await readAll(relay);
  expect(stored).toHaveLength(envelopes);
  expect(new Set(stored).size).toBe(envelopes);
  await relay.stop();

  async function readAll(from: RelayProcess): Promise<readonly number[]> {
    const info = await readAnswer(await fetch(`${from.origin}/v1/info`), infoSchema);
    const context: QueueCallContext = { ...info, origin: from.origin };
    const numbers: number[] = [];
    let after = 0;
    for (let more = true; more;) {
      const items = [readItem(context, mailbox, after)];
      const body = encodeCbor([context.origin, context.challenge, items]);
      const response = await post(from, 'POST', '/v1/queues/read', body);
      const answer = await readAnswer(response, readAnswerSchema, readAnswerBounds);
      const [, , rows = [], isMore = false] = answer[0] ?? [];
      for (const [position, envelope] of rows) {
        expect(position).toBeGreaterThan(after);
        after = position;
        numbers.push(new DataView(envelope.buffer, envelope.byteOffset).getUint32(0));
      }
      more = isMore;
    }
    return numbers;
  }
}, 180_000);

function post(
  relay: RelayProcess,
  method: string,
  path: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const headers = { 'content-type': 'application/cbor' };
  return fetch(relay.origin + path, { method, body, headers });
}
