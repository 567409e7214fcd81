import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import type { PackHash, RecordAddress, RelayOrigin } from '#core/types/ids.ts';
import { RelayClient } from '#sync/relay-client.ts';
import { cborType, packType } from '#sync/wire/media-type.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function clientOf(answer: RequestListener) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const counted = { down: 0, up: 0 };
  const client = new RelayClient(`http://127.0.0.1:${port}` as RelayOrigin, {
    fetch,
    countBytes: (direction, bytes) => {
      counted[direction] += bytes;
    },
  });
  return { client, counted };
}

const info = {
  wallflower: [1],
  software: 'test',
  origins: ['http://127.0.0.1:1'],
  charter: null,
  demo: false,
  time: 1_795_000_000_000,
  epoch: new Uint8Array(16),
  challenge: new Uint8Array(32),
  stampPrice: 18,
  limits: {
    recordsPerPost: 100,
    recordsPerSince: 500,
    queuesPerRead: 64,
    envelopesPerQueue: 1_000,
    bytesPerQueue: 4_096_000,
  },
};

describe('what a relay client makes of an answer', () => {
  it('takes a relay at its word, and counts its bytes', async () => {
    const body = encodeCbor(info);
    const { client, counted } = await clientOf((_request, response) =>
      response.writeHead(200, { 'content-type': cborType }).end(body),
    );
    expect(await client.info()).toEqual({ ok: true, value: info });
    expect(counted.down).toBe(body.length);
  });

  it("knows a captive portal's page from an answer", async () => {
    const { client } = await clientOf((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>'),
    );
    expect(await client.info()).toEqual({ ok: false, error: { code: 'captive-portal' } });
  });

  it('knows a portal that redirects', async () => {
    const { client } = await clientOf((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/login' }).end(),
    );
    expect(await client.info()).toMatchObject({ ok: false });
  });

  it('refuses HTML that calls itself CBOR', async () => {
    const { client } = await clientOf((_request, response) =>
      response.writeHead(200, { 'content-type': cborType }).end('<h1>Log in</h1>'),
    );
    expect(await client.info()).toEqual({ ok: false, error: { code: 'bad-answer' } });
  });

  it('takes a cut answer for a broken link', async () => {
    const body = encodeCbor(info);
    const { client } = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': cborType, 'content-length': body.length });
      response.write(body.subarray(0, 20));
      setTimeout(() => response.destroy(), 20);
    });
    expect(await client.info()).toEqual({ ok: false, error: { code: 'unreachable' } });
  });

  it('stops reading an answer that never ends', async () => {
    const { client } = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': cborType });
      const pour = () => {
        while (!response.destroyed && response.write(new Uint8Array(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await client.info()).toEqual({ ok: false, error: { code: 'bad-answer' } });
  });

  describe('fetching a pack', () => {
    const pack = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);

    async function bytesFrom(from: number, answer: RequestListener) {
      const { client } = await clientOf(answer);
      const parts: Uint8Array[] = [];
      const result = await client.packBytes(new Uint8Array(32) as PackHash, from, (part) => {
        parts.push(part.slice());
        return Promise.resolve(true);
      });
      return { result, bytes: new Uint8Array(Buffer.concat(parts)) };
    }

    it('goes on where it was, at a host that knows ranges and at one that does not', async () => {
      const withRanges = await bytesFrom(300, (request, response) => {
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
        const range = `bytes ${from}-999/1000`;
        response.writeHead(206, { 'content-type': packType, 'content-range': range });
        response.end(pack.subarray(from));
      });
      expect(withRanges.bytes).toEqual(pack.slice(300));
      const without = await bytesFrom(300, (_request, response) =>
        response.writeHead(200, { 'content-type': packType }).end(pack),
      );
      expect(without.bytes).toEqual(pack.slice(300));
    });

    it('knows one that is gone, a range that was not asked for, and a portal', async () => {
      const gone = await bytesFrom(0, (_request, response) => response.writeHead(404).end());
      expect(gone.result).toEqual({ ok: true, value: 'gone' });
      const later = await bytesFrom(300, (_request, response) =>
        response.writeHead(206, { 'content-range': 'bytes 500-999/1000' }).end('x'),
      );
      expect(later.result).toMatchObject({ error: { code: 'bad-answer' } });
      const portal = await bytesFrom(300, (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
      );
      expect(portal.result).toMatchObject({ error: { code: 'captive-portal' } });
    });
  });

  it('reads why a relay refused, and when to come again', async () => {
    const { client } = await clientOf((_request, response) =>
      response
        .writeHead(429, { 'content-type': cborType })
        .end(encodeCbor({ code: 'rate-limited', message: 'Later', retryAfter: 7 })),
    );
    expect(await client.record(new Uint8Array(32) as RecordAddress)).toEqual({
      ok: false,
      error: { code: 'refused', reason: 'rate-limited', retryAfterSeconds: 7 },
    });
  });

  it('takes a refusal that it does not know for one', async () => {
    const { client } = await clientOf((_request, response) =>
      response
        .writeHead(400, { 'content-type': cborType })
        .end(encodeCbor({ code: 'from-tomorrow', message: '' })),
    );
    expect(await client.info()).toMatchObject({ error: { code: 'refused', reason: 'unknown' } });
  });
});
