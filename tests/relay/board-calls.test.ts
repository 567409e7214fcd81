import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodePack } from '#core/records/pack-reader.ts';
import { decodePayload } from '#core/records/pack-payload.ts';
import { decodeRecord, encodeRecord, recordId } from '#core/records/record.ts';
import { encodeCbor } from '#core/codec/cbor.ts';
import { createShortIds } from '#core/reconcile/short-id.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { addDays, msPerDay } from '#core/types/day.ts';
import type { RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import {
  formatCursor,
  manifestBounds,
  manifestSchema,
  publishAnswerSchema,
  reconcileBounds,
  reconcileSchema,
  sinceBounds,
  sinceSchema,
} from '#sync/wire/board.ts';
import { recordVerdicts, type RecordVerdict } from '#sync/wire/codes.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';
import { addressOf, requestOf, today, withdrawalOf } from './people.ts';
import {
  bodyOf,
  readAnswer,
  readRefusal,
  startTestRelay,
  type TestRelay,
} from './running-relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startTestRelay(['--pack-records', '5']);
});
afterEach(async () => {
  await relay.stop();
});

async function publish(...records: readonly Bytes[]): Promise<readonly string[]> {
  const response = await relay.raw(
    'POST',
    '/v1/records',
    concatBytes(...records),
    cborSequenceType,
  );
  const answer = await readAnswer(response, publishAnswerSchema);
  return answer.map(([, code]) => nameOf(code));
}

function nameOf(code: number): string {
  const names = Object.keys(recordVerdicts) as RecordVerdict[];
  return names.find((name) => recordVerdicts[name] === code) ?? 'none';
}

async function since(sequence: number, epoch?: RelayEpoch): Promise<Response> {
  const cursor = {
    epoch: epoch ?? relay.context.log.epoch,
    sequence: sequence as RelaySequence,
  };
  return relay.raw('GET', `/v1/board/since/${formatCursor(cursor)}`);
}

async function recordsIn(response: Response): Promise<readonly Bytes[]> {
  const [, , , payload] = await readAnswer(response, sinceSchema, sinceBounds);
  const records = decodePayload(payload);
  if (!records.ok) throw new Error(records.error.reason);
  return records.value.map(encodeRecord);
}

function flip(bytes: Bytes, index: number): void {
  bytes[index] = (bytes[index] ?? 0) ^ 1;
}

async function manifest() {
  return readAnswer(await relay.raw('GET', '/v1/board/manifest'), manifestSchema, manifestBounds);
}

test('each record of a post gets its own verdict, in order', async () => {
  await publish(requestOf(1, { rev: 5 }));
  const forged = requestOf(3);
  flip(forged, 40);
  const verdicts = await publish(
    requestOf(4),
    requestOf(1, { rev: 5 }),
    requestOf(1, { rev: 4 }),
    requestOf(5, { day: addDays(today, 2) }),
    requestOf(6, { day: addDays(today, -31) }),
    requestOf(7, { title: 'right-to-left \u202e override' }),
    forged,
    Uint8Array.of(0x01),
  );
  expect(verdicts).toEqual([
    'accepted',
    'known',
    'stale',
    'from-the-future',
    'expired',
    'unpublishable-text',
    'bad-signature',
    'malformed',
  ]);
  expect(await recordsIn(await since(0))).toHaveLength(2);
});

test('a published record is answered at its address, byte for byte', async () => {
  await publish(requestOf(1));
  const response = await relay.raw('GET', `/v1/records/${bytesToBase64Url(addressOf(1))}`);
  expect(await bodyOf(response)).toEqual(requestOf(1));
  const missing = await relay.raw('GET', `/v1/records/${bytesToBase64Url(addressOf(2))}`);
  expect(await readRefusal(missing)).toEqual([404, 'not-found']);
});

test('after a cursor comes only what is new, and nothing new costs less than 300 bytes', async () => {
  await publish(requestOf(1), requestOf(2));
  const [, next] = await readAnswer(await since(0), sinceSchema, sinceBounds);
  const nothing = await since(next);
  expect((await bodyOf(nothing.clone())).length).toBeLessThan(300);
  expect(await readAnswer(nothing, sinceSchema, sinceBounds)).toMatchObject({
    1: next,
    3: new Uint8Array(0),
  });
  await publish(requestOf(3));
  const answer = await since(next);
  expect(await recordsIn(answer.clone())).toEqual([requestOf(3)]);
  expect(await readAnswer(answer, sinceSchema, sinceBounds)).toMatchObject({ 2: false });
});

test('a cursor of another log, or from ahead of this one, begins anew', async () => {
  const foreign = await since(0, new Uint8Array(16) as RelayEpoch);
  expect(await readRefusal(foreign)).toEqual([410, 'cursor-unknown']);
  expect(await readRefusal(await since(1))).toEqual([410, 'cursor-unknown']);
});

test('long answers are compressed for those who take it, short ones never', async () => {
  for (let number = 0; number < 40; number++) await publish(requestOf(number));
  const get = (encoding: string, sequence: number) =>
    fetch(`${relay.origin}/v1/board/since/${cursorAt(sequence)}`, {
      headers: { 'accept-encoding': encoding },
    });
  expect((await get('br', 0)).headers.get('content-encoding')).toBe('br');
  expect((await get('gzip', 0)).headers.get('content-encoding')).toBe('gzip');
  expect((await get('br;q=0', 0)).headers.get('content-encoding')).toBeNull();
  expect((await get('br', 40)).headers.get('content-encoding')).toBeNull();
  expect(await recordsIn(await get('br', 0))).toHaveLength(40);
});

function cursorAt(sequence: number): string {
  return formatCursor({ epoch: relay.context.log.epoch, sequence: sequence as RelaySequence });
}

test('packs are sealed as the log fills, and hold the records byte for byte under their hash', async () => {
  const records = Array.from({ length: 12 }, (_, number) => requestOf(number));
  await publish(...records);
  await relay.maintain();
  const [, packs, tailStart] = await manifest();
  expect(packs.map(([, count]) => count)).toEqual([5, 5]);
  const held: Bytes[] = [];
  for (const [hash] of packs) {
    const response = await relay.raw('GET', `/v1/board/packs/${bytesToHex(hash)}`);
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-encoding')).toBeNull();
    const bytes = await bodyOf(response);
    expect(sha256Bytes(bytes)).toEqual(hash);
    const decoded = decodePack(bytes);
    if (!decoded.ok) throw new Error(decoded.error.code);
    held.unshift(...decoded.value.map(encodeRecord).reverse());
  }
  const tail = await recordsIn(await since(tailStart));
  expect([...held, ...tail]).toEqual(records);
});

test('a pack is resumed by range', async () => {
  await publish(...Array.from({ length: 5 }, (_, number) => requestOf(number)));
  await relay.maintain();
  const [, [pack]] = await manifest();
  const path = `${relay.origin}/v1/board/packs/${bytesToHex(pack?.[0] ?? new Uint8Array())}`;
  const whole = await bodyOf(await fetch(path));
  const range = (value: string) => fetch(path, { headers: { range: value } });
  const rest = await range('bytes=100-');
  expect(rest.status).toBe(206);
  expect(rest.headers.get('content-range')).toBe(`bytes 100-${whole.length - 1}/${whole.length}`);
  expect(await bodyOf(rest)).toEqual(whole.subarray(100));
  expect(await bodyOf(await range('bytes=-10'))).toEqual(whole.subarray(-10));
  expect((await range(`bytes=${whole.length}-`)).status).toBe(416);
  expect((await range('bytes=1-2,5-6')).status).toBe(200);
});

test('what is withdrawn or expires is in no pack any more', async () => {
  await publish(requestOf(0, { lifetime: 3 }));
  await publish(...Array.from({ length: 4 }, (_, number) => requestOf(number + 1)));
  await relay.maintain();
  const [, [before]] = await manifest();
  await publish(withdrawalOf(2, 2));
  await relay.maintain();
  const [, [after]] = await manifest();
  expect([before?.[1], after?.[1]]).toEqual([5, 4]);
  const gone = await relay.raw(
    'GET',
    `/v1/board/packs/${bytesToHex(before?.[0] ?? new Uint8Array())}`,
  );
  expect(gone.status).toBe(404);
  relay.clock.nowMs += 4 * msPerDay;
  await relay.maintain();
  const [, [last]] = await manifest();
  expect(last?.[1]).toBe(3);
});

test('more records than an address may send are put off, not refused', async () => {
  const strict = await startTestRelay(['--records-per-minute', '2']);
  const records = concatBytes(...[1, 2, 3].map((number) => requestOf(number)));
  const send = async () =>
    (
      await readAnswer(
        await strict.raw('POST', '/v1/records', records, cborSequenceType),
        publishAnswerSchema,
      )
    ).map(([, code]) => nameOf(code));
  expect(await send()).toEqual(['accepted', 'accepted', 'rate-limited']);
  expect(await send()).toEqual(['rate-limited', 'rate-limited', 'rate-limited']);
  strict.clock.nowMs += 60_000;
  expect(await send()).toEqual(['known', 'known', 'rate-limited']);
  await strict.stop();
});

test('a post of more than a hundred records is too large', async () => {
  const records = Array.from({ length: 101 }, () => Uint8Array.of(0));
  const response = await relay.raw(
    'POST',
    '/v1/records',
    concatBytes(...records),
    cborSequenceType,
  );
  expect(await readRefusal(response)).toEqual([413, 'too-large']);
});

test('missing records are fetched by their short ids, by brotli and without it', async () => {
  const records = Array.from({ length: 30 }, (_, number) => requestOf(number));
  await publish(...records);
  const symbols = await readAnswer(
    await relay.call('POST', '/v1/board/reconcile', [null, 0, 1]),
    reconcileSchema,
    reconcileBounds,
  );
  const [, salt] = symbols;
  const shortIdOf = createShortIds(salt);
  const wanted = records.slice(2, 27);
  const names = new DataView(new ArrayBuffer(wanted.length * 8));
  for (const [index, bytes] of wanted.entries()) {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error('no record');
    const { high, low } = shortIdOf(recordId(record.value.author, record.value.body));
    names.setUint32(index * 8, high);
    names.setUint32(index * 8 + 4, low);
  }
  const body = encodeCbor([salt, new Uint8Array(names.buffer)]);
  for (const encoding of ['br', 'identity']) {
    const response = await fetch(`${relay.origin}/v1/board/records`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/cbor', 'accept-encoding': encoding },
    });
    expect(response.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : null);
    const pack = decodePack(await bodyOf(response));
    if (!pack.ok) throw new Error(pack.error.code);
    const found = pack.value.map((record) => bytesToHex(encodeRecord(record)));
    expect(found.sort()).toEqual(wanted.map(bytesToHex).sort());
  }
});
