import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { encodePack, encodePackPayload, packHeader } from '#core/records/pack.ts';
import { decodeRecord, type SignedRecord } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { addDays } from '#core/types/day.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { cborType, packType } from '#sync/wire/media-type.ts';
import { requestOf, today } from '../relay/people.ts';
import { BoardVisitor, shortName } from '../support/board-visitor.ts';

const epoch = new Uint8Array(16).fill(7);
const greeting = [[1], epoch, new Uint8Array(32), 0, 18, false];
const nothing = new Uint8Array(0);

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: Bytes;
}

let server: Server;
let origin: RelayOrigin;
let served: number;
let answerTo: (path: string) => Answer;
let visitor: BoardVisitor;
const held = [requestOf(1), requestOf(2, { rev: 5 })];

beforeEach(async () => {
  served = 0;
  server = createServer((request, response) => {
    const { status = 200, type = cborType, body } = answerTo(request.url ?? '');
    served += body.length;
    response.writeHead(status, { 'content-type': type, 'content-length': body.length });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` as RelayOrigin;
  visitor = new BoardVisitor();
  visitor.today = today;
  answerTo = startingWith([encodePack(held.map(signed))]);
  expect((await visitor.visit(origin)).ok).toBe(true);
  expect(await visitor.held()).toEqual(held.map(shortName).sort());
  await visitor.db.relays.update(origin, { epoch: null, heldPacks: [] });
  served = 0;
});
afterEach(async () => {
  expect(await visitor.held()).toEqual(held.map(shortName).sort());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function signed(bytes: Bytes): SignedRecord {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new Error('no record');
  return record.value;
}

function cbor(value: CborValue): Answer {
  return { body: encodeCbor(value) };
}

const notFound: Answer = {
  status: 404,
  body: encodeCbor({ code: 'not-found', message: 'There is nothing here.' }),
};

/** A relay whose board is these packs, under the hashes of the bytes that `names` are. */
function startingWith(
  packs: readonly Bytes[],
  { names = packs, bytes = (pack: Bytes) => pack.length } = {},
): (path: string) => Answer {
  const listed = packs.map((pack, index) => [
    sha256Bytes(names[index] ?? pack),
    1,
    bytes(pack),
    index + 1,
    index + 1,
  ]);
  const end = packs.length;
  return (path) => {
    if (path.startsWith('/v1/visit/'))
      return cbor([greeting, [1, listed, end, end, true, nothing]]);
    if (path.startsWith('/v1/board/manifest')) return cbor([epoch, listed, end, false]);
    if (path.startsWith('/v1/board/since/')) return cbor([epoch, end, false, nothing]);
    const pack = packs.find((_, index) =>
      path.endsWith(Buffer.from(sha256Bytes(names[index] ?? nothing)).toString('hex')),
    );
    return pack === undefined ? notFound : { type: packType, body: pack };
  };
}

function compressed(payload: Bytes): Bytes {
  return concatBytes(packHeader('zstd'), zstdCompressSync(payload));
}

const forged = { ...signed(requestOf(9)), signature: signed(requestOf(10)).signature };
const bomb = compressed(new Uint8Array(64_000_000));

const lies: readonly [string, (path: string) => Answer][] = [
  [
    'a pack that is not its hash',
    startingWith([encodePack(held.map(signed))], { names: [nothing] }),
  ],
  ['a pack that unpacks to 64 MB', startingWith([bomb])],
  [
    'a pack that is longer than it said',
    startingWith([encodePack([signed(held[0] ?? nothing)])], { bytes: () => 40 }),
  ],
  [
    'a manifest of more than any phone can hold',
    startingWith([nothing], { bytes: () => 4_000_000_000 }),
  ],
  [
    'packs that are never there',
    (path) => (path.includes('/packs/') ? notFound : startingWith([nothing])(path)),
  ],
  ['a pack of something else', startingWith([new TextEncoder().encode('<h1>Welcome</h1>')])],
  [
    'a payload that is no segment',
    (path) =>
      path.startsWith('/v1/visit/')
        ? cbor([greeting, [1, [], 0, 0, true, nothing]])
        : cbor([epoch, 1, false, Uint8Array.of(0x81, 1)]),
  ],
];

for (const [what, lie] of lies) {
  test(`${what} costs little, changes nothing, and is called a bad answer`, async () => {
    answerTo = lie;
    for (let visit = 0; visit < 3; visit++) {
      expect(await visitor.visit(origin)).toEqual({ ok: false, error: { code: 'bad-answer' } });
    }
    expect(served).toBeLessThan(200_000);
    expect(await visitor.db.packParts.count()).toBe(0);
  });
}

const badRecords: readonly [string, readonly SignedRecord[]][] = [
  ['with another’s signature', [forged]],
  ['too large', [{ ...forged, body: new Uint8Array(8_192).fill(0xff) }]],
];

for (const [what, records] of badRecords) {
  test(`a pack of records ${what} is reported, and the visit ends with it`, async () => {
    answerTo = startingWith([encodePack(records), encodePack([signed(requestOf(50))])]);
    const visited = await visitor.visit(origin);
    expect(visited).toMatchObject({ ok: true, value: { badRecords: 1, isWhole: false } });
  });
}

test('records dated ahead, and older revisions, are passed over in silence', async () => {
  const ahead = requestOf(60, { day: addDays(today, 3) });
  answerTo = startingWith([encodePack([ahead, requestOf(2, { rev: 4 })].map(signed))]);
  const visited = await visitor.visit(origin);
  expect(visited).toMatchObject({ ok: true, value: { badRecords: 0, isStale: false } });
});

test('the same older revision after the cursor, sent twice, gets the relay reported', async () => {
  await visitor.db.relays.update(origin, {
    epoch: epoch as never,
    sequence: 1 as never,
  });
  const old = encodePackPayload([signed(requestOf(2, { rev: 4 }))]);
  answerTo = () => cbor([greeting, [0, 2, false, old]]);
  expect(await visitor.visit(origin)).toMatchObject({ value: { isStale: false } });
  expect(await visitor.visit(origin)).toMatchObject({ value: { isStale: true } });
});

test('a cursor that goes backwards, and a log that never ends, are called bad answers', async () => {
  await visitor.db.relays.update(origin, {
    epoch: epoch as never,
    sequence: 5 as never,
  });
  answerTo = () => cbor([greeting, [0, 4, false, nothing]]);
  expect(await visitor.visit(origin)).toMatchObject({ error: { code: 'bad-answer' } });
  let next = 5;
  answerTo = (path) =>
    path.startsWith('/v1/visit/')
      ? cbor([greeting, [0, ++next, true, nothing]])
      : cbor([epoch, ++next, true, nothing]);
  expect(await visitor.visit(origin)).toMatchObject({ error: { code: 'bad-answer' } });
  expect(next).toBeLessThan(500);
});
