import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { errorBodySchema } from '#sync/wire/info.ts';
import { readdir } from 'node:fs/promises';
import { blobOf, blobStamp, pieceOf } from './blob-people.ts';
import { creationOf, envelopeOf, mailboxOf, requestOf } from './people.ts';
import { startTestRelay, type TestRelay } from './running-relay.ts';

/** Split over several tests, so that a failure names its kind. */
const requestsOfEachKind = 500;
const mailbox = mailboxOf(1, 'conversation');
let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
afterAll(async () => {
  await relay.stop();
});

const blob = blobOf(1, 9_000);
const queuePath = `/v1/queues/${bytesToBase64Url(mailbox.id)}`;
const paths = [
  '/v1/info',
  '/v1/records',
  `/v1/records/${bytesToBase64Url(new Uint8Array(32))}`,
  '/v1/board/manifest',
  `/v1/board/packs/${bytesToHex(new Uint8Array(32))}`,
  '/v1/board/since/AAAAAAAAAAAAAAAAAAAAAA.0',
  '/v1/queues',
  queuePath,
  '/v1/queues/read',
  '/v1/queues/ack',
  '/v1/live',
  blob.path,
  '/healthz',
  '/metrics',
];
/** Calls that a changed body may still pay for. */
const stamped = ['/v1/queues', blob.path];
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const types = ['application/cbor', 'application/cbor-seq', 'text/plain', 'a/b; c=d', '', ';;'];
const randomBody = fc.uint8Array({ maxLength: 600 });

/** Nothing is stored, nothing fails inside, every refusal has a code. */
async function expectHarmless(status: number, body: Bytes): Promise<void> {
  expect(status).toBeLessThan(500);
  if (status < 400 || body.length === 0) return;
  const decoded = decodeCbor(body, errorBodySchema);
  expect(decoded.ok && decoded.value.code).toBeTypeOf('string');
}

async function expectNothingStored(): Promise<void> {
  const { records, queues, envelopes } = await relay.context.log.sizes();
  expect({ records, queues, envelopes }).toEqual({ records: 0, queues: 0, envelopes: 0 });
  expect((await readdir(relay.folder)).sort()).not.toContain('core');
  expect(relay.logged()).not.toContain('"fault"');
}

test('random bodies to every call, by any method and type', async () => {
  const request = fc.record({
    path: fc.constantFrom(...paths),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
    type: fc.constantFrom(...types),
    body: randomBody,
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, type, body }) => {
      const withBody = method === 'GET' ? {} : { body: new Uint8Array(body) };
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const response = await fetch(relay.origin + path, { method, headers, ...withBody });
      await expectHarmless(response.status, new Uint8Array(await response.arrayBuffer()));
    }),
    { numRuns: requestsOfEachKind },
  );
  await expectNothingStored();
});

test('valid bodies with bytes changed, cut or added', async () => {
  const { challenge } = await relay.info();
  const zeros = new Uint8Array(64);
  const items = [[mailbox.id, 0, zeros]];
  const valid: readonly (readonly [string, string, string, Bytes])[] = [
    ['POST', '/v1/records', 'application/cbor-seq', requestOf(1)],
    ['PUT', '/v1/queues', 'application/cbor', encodeCbor(creationOf(relay.origin, mailbox))],
    ['POST', queuePath, 'application/cbor', encodeCbor([mailbox.cap, null, envelopeOf(1)])],
    [
      'PUT',
      blob.path,
      'application/cbor',
      encodeCbor(pieceOf(blob, blobStamp(relay.origin, blob), 0, 5_000)),
    ],
    ['POST', '/v1/queues/read', 'application/cbor', encodeCbor([relay.origin, challenge, items])],
    [
      'POST',
      '/v1/queues/ack',
      'application/cbor',
      encodeCbor([relay.origin, challenge, [[mailbox.id, [mailbox.capHash], zeros]]]),
    ],
    [
      'POST',
      '/v1/live',
      'application/cbor',
      encodeCbor(['poll', relay.origin, challenge, null, items]),
    ],
  ];
  const change = fc.record({
    call: fc.constantFrom(...valid),
    at: fc.nat(),
    to: fc.integer({ min: 1, max: 255 }),
    how: fc.constantFrom('flip', 'cut', 'add'),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ call: [method, path, type, body], at, to, how }) => {
      const index = at % body.length;
      const altered = new Uint8Array(how === 'add' ? [...body, to] : body);
      // The kind of live call decides how long it waits; a poll of 55 s is no fuzz case.
      if (path === '/v1/live' && how === 'flip' && index < 8) return;
      // A whole record with a byte after it is a record and something malformed.
      if (path === '/v1/records' && how === 'add') return;
      altered[index] = (altered[index] ?? 0) ^ (how === 'flip' ? to : 0);
      const sent = how === 'cut' ? altered.slice(0, index) : altered;
      const signal = AbortSignal.timeout(250);
      const response = await fetch(relay.origin + path, {
        method,
        headers: { 'content-type': type },
        body: sent,
        signal,
      }).catch(() => undefined);
      if (response === undefined) return;
      const answer = new Uint8Array(await response.arrayBuffer());
      // A changed stamp may still be a stamp.
      if (!stamped.includes(path) || response.status !== 200) {
        await expectHarmless(response.status, answer);
      }
    }),
    { numRuns: requestsOfEachKind },
  );
  // A changed stamp may still be a stamp; everything else must have left no trace.
  const { records, envelopes } = await relay.context.log.sizes();
  expect({ records, envelopes }).toEqual({ records: 0, envelopes: 0 });
});

test('random paths below and beside the calls', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'v1',
      'board',
      'packs',
      'records',
      'queues',
      '..',
      '%00',
      '%2e%2e',
      '.',
      '',
      '%',
    ),
    fc.webSegment(),
    fc.base64String({ maxLength: 60 }),
  );
  const request = fc.record({
    pieces: fc.array(piece, { maxLength: 6 }),
    query: fc.webQueryParameters(),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ pieces, query }) => {
      const { status, body } = await sendRaw(`GET /${pieces.join('/')}?${query} HTTP/1.1`, []);
      await expectHarmless(status, body);
    }),
    { numRuns: requestsOfEachKind },
  );
});

test('random methods and headers on every path', async () => {
  const header = fc.tuple(
    fc.oneof(
      fc.constantFrom('range', 'accept-encoding', 'origin', 'content-length', 'if-none-match'),
      fc.constantFrom('access-control-request-method', 'transfer-encoding', 'expect', 'upgrade'),
      fc.webSegment({ size: 'small' }),
    ),
    fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('bytes=0-', 'chunked', '-1', '*')),
  );
  const request = fc.record({
    path: fc.constantFrom(...paths),
    method: fc.oneof(fc.constantFrom(...methods), fc.string({ maxLength: 8 })),
    headers: fc.array(header, { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, headers }) => {
      const lines = headers.map(([name, value]) => `${name}: ${value}`);
      const { status, body } = await sendRaw(`${method} ${path} HTTP/1.1`, lines);
      if (method !== 'HEAD') await expectHarmless(status, body);
      else expect(status).toBeLessThan(500);
    }),
    { numRuns: requestsOfEachKind },
  );
});

/** Sends lines as they are and hangs up after the answer; status 0 where there was none. */
function sendRaw(
  line: string,
  headers: readonly string[],
): Promise<{ readonly status: number; readonly body: Bytes }> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(relay.origin).port), '127.0.0.1');
    const parts: Buffer[] = [];
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      const answer = Buffer.concat(parts);
      const status = Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(answer.toString('latin1'))?.[1] ?? 0);
      const head = answer.indexOf('\r\n\r\n');
      const isChunked = /transfer-encoding: chunked/i.test(answer.toString('latin1', 0, head));
      const body = head < 0 || isChunked || status < 400 ? [] : answer.subarray(head + 4);
      resolve({ status, body: new Uint8Array(body) });
    });
    socket.write(`${[line, 'host: relay', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`);
  });
}
