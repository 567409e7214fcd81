import { createServer, type Server } from 'node:http';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBadLink, type BadLink } from '../support/bad-link.ts';

const body = Buffer.alloc(20_000, 'wallflower ');

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}

let server: Server;
let link: BadLink;
let served: string[];

beforeEach(async () => {
  served = [];
  server = createServer((incoming, response) => {
    served.push(incoming.url ?? '');
    incoming.resume();
    incoming.on('end', () => {
      response.setHeader('content-type', 'application/octet-stream');
      response.setHeader('content-length', body.length);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  link = await startBadLink((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await link.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function ask(path: string, agent?: Agent, sent?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = sent === undefined ? 'GET' : 'POST';
    const options = { method, ...(agent === undefined ? {} : { agent }) };
    const asking = request(`${link.origin}${path}`, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, bytes: Buffer.concat(parts) });
      });
    });
    asking.on('error', reject);
    asking.end(sent);
  });
}

describe('a bad link', () => {
  test('that is good passes everything and counts it', async () => {
    const { bytes } = await ask('/good');
    expect(bytes.equals(body)).toBe(true);
    expect(link.counts.connections).toBe(1);
    expect(link.counts.bytesDown).toBeGreaterThan(body.length);
    expect(link.counts.bytesUp).toBeGreaterThan(10);
    expect(link.requests).toEqual(['GET /good']);
  });

  test('that refuses lets nothing reach the relay, and everything once healed', async () => {
    link.set({ refuse: true });
    await expect(ask('/refused')).rejects.toThrow();
    expect(served).toEqual([]);
    link.heal();
    expect((await ask('/healed')).status).toBe(200);
  });

  test('cuts standing connections when it begins to refuse', async () => {
    link.set({ bytesPerSecond: 2_000 });
    const asking = ask('/cut');
    setTimeout(() => link.set({ refuse: true }), 300);
    await expect(asking).rejects.toThrow();
    expect(link.counts.bytesDown).toBeLessThan(body.length);
  });

  test('cuts a connection after so many bytes', async () => {
    link.set({ cutAfterBytes: 5_000 });
    await expect(ask('/')).rejects.toThrow();
    expect(link.counts.bytesUp + link.counts.bytesDown).toBe(5_000);
  });

  test('cuts every third connection', async () => {
    link.set({ cutEveryNth: 3 });
    const agent = new Agent({ keepAlive: false });
    const ends: string[] = [];
    for (let index = 0; index < 6; index++) {
      ends.push(
        await ask('/', agent).then(
          () => 'whole',
          () => 'cut',
        ),
      );
    }
    expect(ends).toEqual(['whole', 'whole', 'cut', 'whole', 'whole', 'cut']);
  });

  test('cuts all connections every so often', async () => {
    link.set({ bytesPerSecond: 10_000, cutEveryMs: 200 });
    await expect(ask('/')).rejects.toThrow();
    link.set({ cutEveryMs: Number.POSITIVE_INFINITY });
    expect((await ask('/')).bytes).toHaveLength(body.length);
  });

  test('shares its bandwidth between both directions and all connections', async () => {
    link.set({ bytesPerSecond: 100_000 });
    const startedAt = performance.now();
    await Promise.all([ask('/a'), ask('/b', undefined, body)]);
    expect(performance.now() - startedAt).toBeGreaterThan(590);
  });

  test('delays each direction, and a new connection by its handshake', async () => {
    link.set({ delayMs: 50 });
    const startedAt = performance.now();
    await ask('/');
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  test('answers as a captive portal in the place of the relay', async () => {
    link.set({ portal: true });
    const { status, type, bytes } = await ask('/v1/info');
    expect(status).toBe(200);
    expect(type).toContain('text/html');
    expect(bytes.toString()).toContain('Wi-Fi');
    expect(served).toEqual([]);
  });

  test('says that one path is not there, so many times, and passes the others', async () => {
    link.set({ paths: [{ request: /^GET \/gone$/, does: { kind: 'not-found' }, times: 1 }] });
    expect((await ask('/gone')).status).toBe(404);
    expect((await ask('/gone')).status).toBe(200);
    expect((await ask('/there')).status).toBe(200);
  });

  test('resets one path', async () => {
    link.set({ paths: [{ request: /\/reset$/, does: { kind: 'reset' } }] });
    await expect(ask('/reset')).rejects.toThrow();
    expect(served).toEqual([]);
    expect((await ask('/other')).status).toBe(200);
  });

  test('truncates an answer', async () => {
    const does = { kind: 'truncate', afterBytes: 3_000 } as const;
    link.set({ paths: [{ request: /\/half$/, does }] });
    await expect(ask('/half')).rejects.toThrow('aborted');
    expect(served).toEqual(['/half']);
  });

  test('alters one byte of an answer', async () => {
    const does = { kind: 'alter', offset: 10_000 } as const;
    link.set({ paths: [{ request: /\/altered$/, does }] });
    const { bytes } = await ask('/altered');
    const wrong = [...bytes.keys()].filter((index) => bytes[index] !== body[index]);
    expect(wrong).toEqual([10_000]);
  });

  test('treats each request of a kept connection on its own', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const does = { kind: 'alter', offset: 5_000 } as const;
    link.set({ paths: [{ request: /\/second$/, does }] });
    const answers = [];
    for (const path of ['/first', '/second', '/third']) answers.push(await ask(path, agent));
    expect(answers.map(({ bytes }) => bytes.equals(body))).toEqual([true, false, true]);
    expect(link.counts.connections).toBe(1);
    agent.destroy();
  });

  test('records what crosses, both ways', async () => {
    link.startRecording();
    await ask('/', undefined, Buffer.from('a marker'));
    expect(link.recorded().includes('a marker')).toBe(true);
    expect(link.recorded().includes(body.subarray(0, 500))).toBe(true);
  });
});
