import { encodeCbor, decodeCbor } from '#core/codec/cbor.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { decodePayload } from '#core/records/pack-payload.ts';
import { decodeRecord, recordId } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { dayOf } from '#core/types/day.ts';
import type {
  PersonaSeed,
  QueueCap,
  QueueReadKey,
  RelayEpoch,
  RelaySequence,
} from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { formatCursor, sinceBounds, sinceSchema } from '#sync/wire/board.ts';
import { infoSchema } from '#sync/wire/info.ts';
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import {
  capHash,
  queueId,
  readAnswerBounds,
  readAnswerSchema,
  readSigningBytes,
} from '#sync/wire/queues.ts';
import { startRelayProcess, type RelayProcess } from '../support/relay-process.ts';

/** What kill -9 cost. */
export interface KillFigures {
  readonly kills: number;
  readonly answeredRecords: number;
  readonly answeredEnvelopes: number;
  readonly lost: number;
  readonly twice: number;
}

const kills = 5;
const batchSize = 20;
const connections = 16;
const retryMs = 15;

/** Records and envelopes are sent, and sent again where no answer came, while the relay is killed; then all are counted. */
export async function measureKills(records: readonly Bytes[]): Promise<KillFigures> {
  const relay = await startRelayProcess([
    '--stamp-price',
    '0',
    '--queue-envelopes',
    '100000',
    '--queue-bytes',
    '900000000',
  ]);
  try {
    const mailbox = await createMailbox(relay);
    const posts = Array.from({ length: Math.floor(records.length / batchSize) }, (_, index) => ({
      path: '/v1/records',
      type: cborSequenceType,
      body: concatBytes(...records.slice(index * batchSize, (index + 1) * batchSize)),
    }));
    const appends = posts.map((_, number) => {
      const envelope = new Uint8Array(512);
      new DataView(envelope.buffer).setUint32(0, number + 1);
      const body = encodeCbor([mailbox.cap, null, envelope]);
      return { path: `/v1/queues/${bytesToBase64Url(mailbox.queue)}`, type: cborType, body };
    });
    const calls = posts.flatMap((post, index) => [post, appends[index] ?? post]);
    let next = 0;
    let answered = 0;
    const load = Promise.all(
      Array.from({ length: connections }, async () => {
        for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
          while (!(await isAnswered(relay, call))) {
            await new Promise((resolve) => setTimeout(resolve, retryMs));
          }
          answered++;
        }
      }),
    );
    for (let kill = 1; kill <= kills; kill++) {
      const mark = (calls.length * kill) / (kills + 1);
      while (answered < mark) await new Promise((resolve) => setTimeout(resolve, 2));
      await relay.kill();
      await relay.restart();
    }
    await load;
    const sent = new Set(records.slice(0, posts.length * batchSize).map(nameOf));
    const found = [...(await readBoard(relay)), ...(await readMail(relay, mailbox))];
    const wanted = [...sent, ...appends.map((_, number) => String(number + 1))];
    const there = new Set(found);
    return {
      kills,
      answeredRecords: sent.size,
      answeredEnvelopes: appends.length,
      lost: wanted.filter((name) => !there.has(name)).length,
      twice: found.length - there.size,
    };
  } finally {
    await relay.stop();
  }
}

async function isAnswered(
  relay: RelayProcess,
  { path, type, body }: { readonly path: string; readonly type: string; readonly body: Bytes },
): Promise<boolean> {
  try {
    const headers = { 'content-type': type };
    const response = await fetch(relay.origin + path, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

interface Mailbox {
  readonly seed: PersonaSeed;
  readonly queue: ReturnType<typeof queueId>;
  readonly cap: QueueCap;
}

async function createMailbox(relay: RelayProcess): Promise<Mailbox> {
  const crypto = await createSodiumCrypto();
  const seed = new Uint8Array(32).fill(7) as PersonaSeed;
  const readKey = new Uint8Array(crypto.personaKey(seed)) as QueueReadKey;
  const cap = new Uint8Array(32).fill(9) as QueueCap;
  const response = await fetch(`${relay.origin}/v1/queues`, {
    method: 'PUT',
    headers: { 'content-type': cborType },
    body: encodeCbor([readKey, capHash(cap), 7, [dayOf(Date.now()), 0]]),
  });
  if (!response.ok) throw new Error('no queue');
  return { seed, cap, queue: queueId(readKey, capHash(cap)) };
}

function nameOf(bytes: Bytes): string {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new Error('no record');
  return bytesToBase64Url(recordId(record.value.author, record.value.body));
}

async function infoOf(relay: RelayProcess) {
  const response = await fetch(`${relay.origin}/v1/info`);
  const info = decodeCbor(new Uint8Array(await response.arrayBuffer()), infoSchema);
  if (!info.ok) throw new Error('no info');
  return info.value;
}

async function readBoard(relay: RelayProcess): Promise<readonly string[]> {
  const { epoch } = await infoOf(relay);
  const names: string[] = [];
  let sequence = 0 as RelaySequence;
  for (let more = true; more;) {
    const cursor = formatCursor({ epoch: epoch as RelayEpoch, sequence });
    const response = await fetch(`${relay.origin}/v1/board/since/${cursor}`);
    const page = decodeCbor(new Uint8Array(await response.arrayBuffer()), sinceSchema, sinceBounds);
    const found = page.ok ? decodePayload(page.value[3]) : page;
    if (!page.ok || !found.ok) throw new Error('no page');
    names.push(...found.value.map(({ author, body }) => bytesToBase64Url(recordId(author, body))));
    [, sequence, more] = page.value;
  }
  return names;
}

async function readMail(relay: RelayProcess, { seed, queue }: Mailbox): Promise<readonly string[]> {
  const crypto = await createSodiumCrypto();
  const { epoch, challenge } = await infoOf(relay);
  const context = { origin: relay.origin, epoch, challenge };
  const names: string[] = [];
  let after = 0;
  for (let more = true; more;) {
    const signature = crypto.sign(seed, readSigningBytes(context, queue, after));
    const response = await fetch(`${relay.origin}/v1/queues/read`, {
      method: 'POST',
      headers: { 'content-type': cborType },
      body: encodeCbor([relay.origin, challenge, [[queue, after, signature]]]),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const answer = decodeCbor(bytes, readAnswerSchema, readAnswerBounds);
    if (!answer.ok) throw new Error('no mail');
    const [, , rows = [], isMore = false] = answer.value[0] ?? [queue, 0, [], false];
    for (const [position, envelope] of rows) {
      after = position;
      names.push(String(new DataView(envelope.buffer, envelope.byteOffset).getUint32(0)));
    }
    more = isMore;
  }
  return names;
}
