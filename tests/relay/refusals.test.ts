import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { addressOf, mailboxOf, requestOf } from './people.ts';
import { readRefusal, startTestRelay, type TestRelay } from './running-relay.ts';

let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
afterAll(async () => {
  await relay.stop();
});

test.each([
  ['GET', '/v1/nothing', 404, 'not-found'],
  ['GET', '/nothing', 404, 'not-found'],
  ['DELETE', '/v1/records', 405, 'method-not-allowed'],
  ['POST', '/v1/info', 405, 'method-not-allowed'],
  ['GET', '/v1/queues/read', 405, 'method-not-allowed'],
  ['GET', '/v1/records/short', 400, 'malformed'],
  ['GET', '/v1/board/packs/zz', 400, 'malformed'],
  ['GET', '/v1/board/since/1', 400, 'malformed'],
  ['GET', '/v1/%', 400, 'malformed'],
] as const)('%s %s is answered with %i %s in CBOR', async (method, path, status, code) => {
  const response = await relay.raw(method, path);
  expect(response.headers.get('content-type')).toBe(cborType);
  expect(await readRefusal(response)).toEqual([status, code]);
});

test('a wrong method names the right ones', async () => {
  expect((await relay.raw('DELETE', '/v1/info')).headers.get('allow')).toBe('GET, HEAD');
});

test('a body of another type, or none, is refused by its type', async () => {
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    const response = await relay.raw('POST', '/v1/queues/read', new Uint8Array(4), type);
    expect(await readRefusal(response)).toEqual([415, 'unsupported-media-type']);
  }
  const bare = await relay.raw('POST', '/v1/queues/read');
  expect(await readRefusal(bare)).toEqual([415, 'unsupported-media-type']);
});

test('a body larger than the call takes is refused before it is read', async () => {
  for (const [method, path, size] of [
    ['PUT', '/v1/queues', 513],
    ['POST', `/v1/queues/${bytesToBase64Url(mailboxOf(1, 'contact').id)}`, 4_609],
    ['POST', '/v1/live', 16_385],
  ] as const) {
    const response = await relay.raw(method, path, new Uint8Array(size));
    expect(await readRefusal(response)).toEqual([413, 'too-large']);
  }
});

test('a connection that a proxy keeps carries any number of calls', async () => {
  const calls = 10_100;
  const each = 100;
  const socket = connect(Number(new URL(relay.origin).port), '127.0.0.1');
  const statuses = new Map<string, number>();
  try {
    for (let sent = 0; sent < calls; sent += each) {
      const answered = new Promise<void>((resolve, reject) => {
        let text = '';
        socket.on('close', () => {
          reject(new Error('the connection was closed'));
        });
        socket.on('data', (part) => {
          text += part.toString('latin1');
          const found = text.match(/HTTP\/1\.1 \d+/g) ?? [];
          if (found.length < each) return;
          socket.removeAllListeners('data');
          socket.removeAllListeners('close');
          for (const status of found) statuses.set(status, (statuses.get(status) ?? 0) + 1);
          resolve();
        });
      });
      socket.write('GET /healthz HTTP/1.1\r\nhost: relay\r\n\r\n'.repeat(each));
      await answered;
    }
  } finally {
    socket.destroy();
  }
  expect([...statuses]).toEqual([['HTTP/1.1 200', calls]]);
});

test('what is no HTTP gets a short answer and no explanation', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(relay.origin).port), '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('close', () => {
      resolve(text);
    });
    socket.write('HELLO relay, how are you\r\n\r\n');
  });
  expect(answer).toContain('HTTP/1.1 400');
  expect(answer).toContain('malformed');
  expect(answer).not.toContain('Parse');
});

test('too many calls from one address are told how long to wait', async () => {
  const strict = await startTestRelay(['--calls-per-minute', '3']);
  for (let call = 0; call < 3; call++) {
    expect((await strict.raw('GET', '/v1/info')).status).toBe(200);
  }
  const refused = await strict.raw('GET', '/v1/info');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await readRefusal(refused)).toEqual([429, 'rate-limited']);
  await strict.stop();
});

test('every origin may call, none with credentials', async () => {
  const preflight = await fetch(`${relay.origin}/v1/records`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://copy.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
  for (const path of ['/v1/info', '/v1/nothing', '/v1/records/short']) {
    const response = await relay.raw('GET', path);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('set-cookie')).toBeNull();
  }
});

test('every answer forbids sniffing, and what is not plain data framing and referrers too', async () => {
  for (const path of ['/v1/info', '/v1/nothing', '/healthz', '/metrics', '/nothing']) {
    const { headers } = await relay.raw('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeNull();
    if (headers.get('content-type') === 'application/cbor') continue;
    expect(path).toMatch(/healthz|metrics/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  }
});

test('an answer of data carries no header that only documents heed', async () => {
  const { headers } = await relay.raw('GET', '/v1/info');
  expect([...headers.keys()].sort()).toEqual([
    'access-control-allow-origin',
    'cache-control',
    'content-length',
    'content-type',
    'date',
    'x-content-type-options',
  ]);
});

test('a relay reached through TLS demands it for the future, and hides its metrics', async () => {
  const secure = await startTestRelay(['--origin', 'https://relay.example']);
  const { headers } = await secure.raw('GET', '/v1/info');
  expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
  expect((await secure.raw('GET', '/metrics')).status).toBe(404);
  expect((await secure.info()).origins).toEqual(['https://relay.example']);
  await secure.stop();
});

test('logs and metrics hold no address, no id, no parameter, no user agent', async () => {
  const spied = await startTestRelay();
  const record = bytesToBase64Url(addressOf(1));
  const queue = bytesToBase64Url(mailboxOf(1, 'contact').id);
  await fetch(`${spied.origin}/v1/records/${record}?secret=parameter`, {
    headers: { 'user-agent': 'a-telling-agent', 'x-forwarded-for': '203.0.113.7' },
  });
  await spied.call('POST', `/v1/queues/${queue}`, [new Uint8Array(0), null, new Uint8Array(512)]);
  await spied.raw('POST', '/v1/records', requestOf(1), 'application/cbor-seq');
  await spied.raw('GET', `/${record}`);
  const metrics = await (await spied.raw('GET', '/metrics')).text();
  await spied.stop();
  const logged = spied.logged();
  expect(logged).toContain('/v1/records/:address');
  for (const line of logged.trim().split('\n')) {
    expect(Object.keys(JSON.parse(line))).toEqual(['route', 'status', 'ms']);
  }
  const traces = [record, queue, 'secret', 'parameter', 'telling', '203.0.113', '127.0.0.1'];
  for (const trace of traces) expect(logged + metrics).not.toContain(trace);
  expect(metrics).toContain(
    'wallflower_answers_total{route="/v1/records/:address",status="404"} 1',
  );
});
