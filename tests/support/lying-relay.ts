import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { sinceBounds, sinceSchema } from '#sync/wire/board.ts';

/** What a relay says when it is asked what is new: the answer of GET /v1/board/since, taken apart. */
export interface SinceAnswer {
  readonly epoch: Uint8Array;
  readonly next: number;
  readonly more: boolean;
  readonly records: readonly Uint8Array[];
}

export type Lie = (honest: SinceAnswer) => SinceAnswer;

/** A relay that says of the board what it likes, and passes everything else on to a real relay. */
export interface LyingRelay {
  readonly origin: RelayOrigin;
  /** How many answers were changed so far. */
  readonly told: number;
  tell(lie: Lie): void;
  beHonest(): void;
  close(): Promise<void>;
}

const sinceTarget = /^\/v1\/board\/since\//;

/** Starts one on a free port of 127.0.0.1, honest at first. */
export async function startLyingRelay(behind: string): Promise<LyingRelay> {
  const { hostname, port } = new URL(behind);
  let lie: Lie | undefined;
  let told = 0;

  function pass(asked: IncomingMessage, answer: ServerResponse): void {
    const isSince = sinceTarget.test(asked.url ?? '');
    const headers = { ...asked.headers };
    if (isSince) delete headers['accept-encoding'];
    // A lie is made of the whole log, whatever was asked: a lie's own cursor means nothing there.
    const path = isSince && lie !== undefined ? asked.url?.replace(/\d+$/, '0') : asked.url;
    const upstream = request({ hostname, port, method: asked.method, path, headers });
    upstream.once('response', (honest) => {
      if (isSince && lie !== undefined && honest.statusCode === 200) {
        void sendLie(honest, answer, lie);
        return;
      }
      answer.writeHead(honest.statusCode ?? 502, honest.headers);
      honest.pipe(answer);
    });
    upstream.once('error', () => answer.destroy());
    answer.once('close', () => upstream.destroy());
    asked.pipe(upstream);
  }

  async function sendLie(honest: IncomingMessage, answer: ServerResponse, chosen: Lie) {
    const parts: Buffer[] = [];
    for await (const part of honest) parts.push(part as Buffer);
    const body = changeAnswer(Buffer.concat(parts), chosen);
    answer.writeHead(200, { ...honest.headers, 'content-length': body.length });
    told += 1;
    answer.end(body);
  }

  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` as RelayOrigin,
    get told() {
      return told;
    },
    tell(chosen) {
      lie = chosen;
    },
    beHonest() {
      lie = undefined;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changeAnswer(body: Uint8Array, lie: Lie): Uint8Array {
  const decoded = decodeCbor(body, sinceSchema, sinceBounds);
  if (!decoded.ok) throw new Error(`The relay behind answered ${decoded.error.reason}.`);
  const [epoch, next, more, records] = decoded.value;
  const told = lie({ epoch, next, more, records });
  return encodeCbor([told.epoch, told.next, told.more, told.records]);
}
