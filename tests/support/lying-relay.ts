import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import type { PackHash, RelayOrigin, RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { decodePayload } from '#core/records/pack-payload.ts';
import { encodePackPayload } from '#core/records/pack.ts';
import { decodeRecord, encodeRecord, type SignedRecord } from '#core/records/record.ts';
import type { RelayGreeting } from '#sync/wire/info.ts';
import { cborType, packType } from '#sync/wire/media-type.ts';
import {
  manifestBounds,
  manifestSchema,
  sinceBounds,
  sinceSchema,
  visitBounds,
  visitForms,
  visitSchema,
  type PackListing,
} from '#sync/wire/board.ts';

/** What a relay says when it is asked what is new: an answer of since, or of a visit, taken apart. */
export interface SinceAnswer {
  readonly epoch: Uint8Array;
  readonly next: number;
  readonly more: boolean;
  readonly records: readonly Uint8Array[];
}

export type Lie = (honest: SinceAnswer) => SinceAnswer;

/** A pack as such a relay lists it, and what it says when it is asked for it; null for nothing. */
export interface ToldPack {
  readonly hash: Uint8Array;
  readonly bytes: number;
  readonly body: Uint8Array | null;
}

/** A relay that says of the board what it likes, and passes everything else on to a real relay. */
export interface LyingRelay {
  readonly origin: RelayOrigin;
  /** How many answers were changed so far. */
  readonly told: number;
  tell(lie: Lie): void;
  /** Sends everybody to the beginning, where the board is these packs. */
  tellPacks(packs: readonly ToldPack[]): void;
  beHonest(): void;
  close(): Promise<void>;
}

const sinceTarget = /^\/v1\/(?:board\/since|visit)\//;
const packTarget = /^\/v1\/board\/packs\/([0-9a-f]{64})$/;
const beginningTarget = /^\/v1\/(?:visit\/|board\/manifest$)/;

/** Starts one on a free port of 127.0.0.1, honest at first. */
export async function startLyingRelay(behind: string): Promise<LyingRelay> {
  const { hostname, port } = new URL(behind);
  let lie: Lie | undefined;
  let packs: readonly ToldPack[] | undefined;
  let told = 0;

  function pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (packs !== undefined && tellOfPacks(asked, answer, packs)) return;
    const isSince = sinceTarget.test(asked.url ?? '') && !asked.url?.endsWith('/new');
    const headers = { ...asked.headers };
    if (isSince) delete headers['accept-encoding'];
    // A lie is made of the whole log, whatever was asked: a lie's own cursor means nothing there.
    const path = isSince && lie !== undefined ? asked.url?.replace(/\d+$/, '0') : asked.url;
    const upstream = request({ hostname, port, method: asked.method, path, headers });
    upstream.once('response', (honest) => {
      if (isSince && lie !== undefined && honest.statusCode === 200) {
        void sendLie(honest, answer, lie, asked.url?.startsWith('/v1/visit/') === true);
        return;
      }
      answer.writeHead(honest.statusCode ?? 502, honest.headers);
      honest.pipe(answer);
    });
    upstream.once('error', () => answer.destroy());
    answer.once('close', () => upstream.destroy());
    asked.pipe(upstream);
  }

  /** Whether the call was one of the board's beginning, and so was answered here. */
  function tellOfPacks(
    asked: IncomingMessage,
    answer: ServerResponse,
    chosen: readonly ToldPack[],
  ): boolean {
    const path = asked.url ?? '';
    const name = packTarget.exec(path)?.[1];
    if (name !== undefined) {
      const body = chosen.find(({ hash }) => bytesToHex(hash) === name)?.body ?? null;
      answer.writeHead(body === null ? 404 : 200, { 'content-type': packType });
      answer.end(body ?? undefined);
      return true;
    }
    if (!beginningTarget.test(path)) return false;
    void beginWith(behind, path, chosen).then((body) => {
      answer.writeHead(200, { 'content-type': cborType });
      told += 1;
      answer.end(body);
    });
    return true;
  }

  async function sendLie(
    honest: IncomingMessage,
    answer: ServerResponse,
    chosen: Lie,
    isVisit: boolean,
  ) {
    const parts: Buffer[] = [];
    for await (const part of honest) parts.push(part as Buffer);
    const body = changeAnswer(Buffer.concat(parts), chosen, isVisit);
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
    tellPacks(chosen) {
      packs = chosen;
    },
    beHonest() {
      lie = undefined;
      packs = undefined;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changeAnswer(body: Uint8Array, lie: Lie, isVisit: boolean): Uint8Array {
  if (!isVisit) {
    const decoded = decodeCbor(body, sinceSchema, sinceBounds);
    if (!decoded.ok) throw new Error(`The relay behind answered ${decoded.error.reason}.`);
    const [epoch, next, more, payload] = decoded.value;
    const told = lie({ epoch, next, more, records: recordsOf(payload) });
    return encodeCbor([told.epoch, told.next, told.more, payloadOf(told.records)]);
  }
  const decoded = decodeCbor(body, visitSchema, visitBounds);
  if (!decoded.ok) throw new Error(`The relay behind answered ${decoded.error.reason}.`);
  const [greeting, board] = decoded.value;
  if (board[0] !== visitForms.changes) return body;
  const [, next, more, payload] = board;
  const told = lie({ epoch: greeting.epoch, next, more, records: recordsOf(payload) });
  return encodeCbor([
    greetingOf({ ...greeting, epoch: told.epoch as RelayEpoch }),
    [visitForms.changes, told.next, told.more, payloadOf(told.records)],
  ]);
}

function greetingOf(greeting: RelayGreeting) {
  const { wallflower, epoch, challenge, time, stampPrice, demo, charter } = greeting;
  const named = charter === null ? [] : [charter];
  return [wallflower, epoch, challenge, time, stampPrice, demo, ...named];
}

/** What a newcomer is told; only the greeting is the relay's behind. */
async function beginWith(
  behind: string,
  path: string,
  packs: readonly ToldPack[],
): Promise<Uint8Array> {
  const end = packs.length as RelaySequence;
  const listed = packs.map(({ hash, bytes }, index): PackListing => [
    hash as PackHash,
    1,
    bytes,
    (end - index) as RelaySequence,
    (end - index) as RelaySequence,
  ]);
  const isVisit = path.startsWith('/v1/visit/');
  const honest = await fetch(`${behind}${isVisit ? '/v1/visit/new' : path}`);
  const body = new Uint8Array(await honest.arrayBuffer());
  if (!isVisit) {
    const manifest = decodeCbor(body, manifestSchema, manifestBounds);
    if (!manifest.ok) throw new Error('The relay behind has no manifest.');
    return encodeCbor([manifest.value[0], listed, end, false]);
  }
  const visit = decodeCbor(body, visitSchema, visitBounds);
  if (!visit.ok) throw new Error('The relay behind does not greet.');
  const [greeting] = visit.value;
  return encodeCbor([
    greetingOf(greeting),
    [visitForms.start, listed, end, end, true, new Uint8Array(0)],
  ]);
}

function recordsOf(payload: Uint8Array): readonly Uint8Array[] {
  const records = decodePayload(payload);
  if (!records.ok) throw new Error('The relay behind sent no payload.');
  return records.value.map(encodeRecord);
}

function payloadOf(records: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encodePackPayload(records.map(asRecord));
}

/** What is no record travels as a body that nobody signed. */
function asRecord(bytes: Uint8Array): SignedRecord {
  const record = decodeRecord(bytes);
  if (record.ok) return record.value;
  const author = new Uint8Array(32) as SignedRecord['author'];
  return {
    author,
    signature: new Uint8Array(64) as SignedRecord['signature'],
    body: new Uint8Array(bytes),
  };
}
