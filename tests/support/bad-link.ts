import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { CrossedRequest } from './crossed-request.ts';
import { LinkConnection, type LinkDirection, type LinkState } from './link-connection.ts';
import { goodLink, type LinkTroubles, type PathTrouble } from './link-troubles.ts';
import { SharedBucket } from './shared-bucket.ts';

export type LinkCounts = Record<LinkDirection | 'connections', number>;

/**
 * A TCP proxy between a browser and a relay whose troubles can be changed while it runs. It looks at
 * the head of each request and where its answer's body begins, and otherwise knows nothing of HTTP.
 */
export class BadLink implements LinkState {
  readonly counts: LinkCounts = { connections: 0, bytesUp: 0, bytesDown: 0 };
  /** Method and target of every request that came, in order. */
  readonly requests: string[] = [];
  /** The same, with how much of each answer crossed. */
  readonly crossed: CrossedRequest[] = [];
  readonly bucket = new SharedBucket();
  readonly #connections = new Set<LinkConnection>();
  readonly #server: Server;
  readonly #usedUp = new Map<PathTrouble, number>();
  readonly #recorded: Buffer[] = [];
  #troubles = goodLink;
  #recording = false;
  #cutting: NodeJS.Timeout | undefined;

  constructor(targetPort: number) {
    this.#server = createServer((socket) => this.#accept(socket, targetPort));
  }

  /** Listens on 127.0.0.1; port 0 for a free one. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Changes some troubles and leaves the others as they are. */
  set(change: Partial<LinkTroubles>): void {
    this.#troubles = { ...this.#troubles, ...change };
    if (change.bytesPerSecond !== undefined) this.bucket.setRate(change.bytesPerSecond);
    if (change.cutEveryMs !== undefined) this.#cutEvery(change.cutEveryMs);
    if (change.refuse === true || change.portal === true) this.cutAll();
  }

  /** A good link from now on. */
  heal(): void {
    this.set(goodLink);
  }

  /** Resets all standing connections once. */
  cutAll(): void {
    for (const connection of this.#connections) connection.reset();
  }

  startRecording(): void {
    this.#recording = true;
  }

  /** Every byte that crossed while recording. */
  recorded(): Buffer {
    return Buffer.concat(this.#recorded);
  }

  async close(): Promise<void> {
    clearInterval(this.#cutting);
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #cutEvery(periodMs: number): void {
    clearInterval(this.#cutting);
    if (Number.isFinite(periodMs)) this.#cutting = setInterval(() => this.cutAll(), periodMs);
  }

  #accept(socket: Socket, targetPort: number): void {
    this.counts.connections += 1;
    if (this.#troubles.refuse) {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
      return;
    }
    const connection = new LinkConnection(socket, targetPort, this);
    this.#connections.add(connection);
    connection.onend = () => this.#connections.delete(connection);
  }

  get troubles(): LinkTroubles {
    return this.#troubles;
  }

  count(direction: LinkDirection, bytes: Buffer): void {
    this.counts[direction] += bytes.length;
    if (this.#recording) this.#recorded.push(Buffer.from(bytes));
  }

  beginRequest(crossing: CrossedRequest): PathTrouble['does'] | undefined {
    const { request } = crossing;
    this.requests.push(request);
    this.crossed.push(crossing);
    if (this.#troubles.portal) return { kind: 'portal' };
    const found = this.#troubles.paths.find(
      (trouble) =>
        trouble.request.test(request) &&
        (this.#usedUp.get(trouble) ?? 0) < (trouble.times ?? Number.POSITIVE_INFINITY),
    );
    if (found !== undefined) this.#usedUp.set(found, (this.#usedUp.get(found) ?? 0) + 1);
    return found === undefined ? this.#troubles.mood?.(request) : found.does;
  }
}

/** Starts a bad link, good at first, to a relay on this machine. */
export async function startBadLink(targetPort: number, port = 0): Promise<BadLink> {
  const link = new BadLink(targetPort);
  await link.listen(port);
  return link;
}
