import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What crossed a link, headers and all, without TLS. */
export interface Crossed {
  readonly down: number;
  readonly up: number;
  /** HTTP requests. */
  readonly requests: number;
  /** How often the client spoke after it had heard something, and once for the first time. */
  readonly turns: number;
}

/** A TCP proxy that counts. */
export interface CountingProxy {
  readonly port: number;
  /** What crossed since the last call. */
  take(): Crossed;
  close(): Promise<void>;
}

const requestLine = /(?:^|\r\n|[^\n])(GET|POST|PUT|HEAD) \/[^\r\n]* HTTP\/1\.1\r\n/g;

/** Starts a proxy in front of a port of 127.0.0.1. */
export async function startCountingProxy(behind: number): Promise<CountingProxy> {
  let crossed = { down: 0, up: 0, requests: 0, turns: 0 };
  let lastWas: 'down' | 'up' | 'nothing' = 'nothing';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(behind, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes) => {
      crossed.up += bytes.length;
      crossed.requests += [...bytes.toString('latin1').matchAll(requestLine)].length;
      if (lastWas !== 'up') crossed.turns++;
      lastWas = 'up';
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      crossed.down += bytes.length;
      lastWas = 'down';
      client.write(bytes);
    });
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = crossed;
      crossed = { down: 0, up: 0, requests: 0, turns: 0 };
      lastWas = 'nothing';
      return taken;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
