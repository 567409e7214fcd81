import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import { sha256Bytes } from '#core/codec/hash.ts';
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

  it('refuses a pack that is not what its hash names', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const { client } = await clientOf((_request, response) =>
      response.writeHead(200, { 'content-type': packType }).end(bytes),
    );
    expect(await client.pack(sha256Bytes(bytes) as PackHash)).toEqual({ ok: true, value: bytes });
    expect(await client.pack(new Uint8Array(32) as PackHash)).toEqual({
      ok: false,
      error: { code: 'bad-answer' },
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
