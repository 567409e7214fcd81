import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that ends every connection after so many bytes have come down, and counts them. */
export interface CuttingProxy {
  readonly origin: string;
  readonly down: number;
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts one in front of an origin; what was passed on arrives, what follows never does. */
export async function startCuttingProxy(behind: string, bytesEach: number): Promise<CuttingProxy> {
  const port = Number(new URL(behind).port);
  const sockets = new Set<Socket>();
  let down = 0;
  let connections = 0;
  const server = createServer((client) => {
    connections++;
    let left = bytesEach;
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes: Buffer) => {
      const part = bytes.subarray(0, left);
      left -= part.length;
      down += part.length;
      client.write(part);
      if (left > 0) return;
      upstream.destroy();
      client.end();
    });
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get down() {
      return down;
    },
    get connections() {
      return connections;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
