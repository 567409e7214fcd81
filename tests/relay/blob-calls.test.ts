import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesToHex } from '#core/codec/text-forms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, msPerDay } from '#core/types/day.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { blobLimits, blobPrice, blobStateSchema } from '#sync/wire/blobs.ts';
import type { Stamp } from '#sync/wire/queues.ts';
import { blobOf, blobStamp, blobStampTarget, pieceOf, type TestBlob } from './blob-people.ts';
import { stampThatFails, today } from './people.ts';
import {
  bodyOf,
  readAnswer,
  readRefusal,
  startTestRelay,
  type TestRelay,
} from './running-relay.ts';

const pieceBytes = blobLimits.pieceBytes;
const small = blobOf(1, 10_000);
const large = blobOf(2, 2 * pieceBytes + 777);

let relay: TestRelay;
beforeEach(async () => {
  relay = await startTestRelay(['--blobs-mb', '1', '--blob-bytes', '900000']);
});
afterEach(async () => {
  await relay.stop();
});

function put(blob: TestBlob, stamp: Stamp | null, offset = 0, length: number = pieceBytes) {
  return relay.call('PUT', blob.path, pieceOf(blob, stamp, offset, length));
}

async function state(response: Promise<Response>) {
  return readAnswer(await response, blobStateSchema);
}

async function refusal(response: Promise<Response>) {
  return readRefusal(await response);
}

async function upload(blob: TestBlob): Promise<void> {
  const stamp = blobStamp(relay.origin, blob);
  for (let at = 0; at < blob.size; at += pieceBytes) await state(put(blob, stamp, at));
}

function get(blob: TestBlob, range?: string) {
  return fetch(relay.origin + blob.path, range === undefined ? {} : { headers: { range } });
}

async function download(blob: TestBlob): Promise<Bytes | number> {
  const response = await get(blob);
  return response.status === 200 ? bodyOf(response) : response.status;
}

test('a blob goes in piece by piece, and comes out once it is whole', async () => {
  const stamp = blobStamp(relay.origin, large);
  expect(await state(put(large, stamp))).toEqual([pieceBytes, false]);
  expect(await refusal(get(large))).toEqual([404, 'not-found']);
  expect(await state(put(large, null, pieceBytes))).toEqual([2 * pieceBytes, false]);
  expect(await state(put(large, null, 2 * pieceBytes))).toEqual([large.size, true]);
  const response = await get(large);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(response.headers.get('content-length')).toBe(String(large.size));
  expect(bytesToHex(await bodyOf(response))).toBe(bytesToHex(large.bytes));
});

test('an empty piece asks how far it is', async () => {
  expect(await refusal(put(large, null, 0, 0))).toEqual([404, 'blob-unknown']);
  const stamp = blobStamp(relay.origin, large);
  expect(await state(put(large, stamp, 0, 0))).toEqual([0, false]);
  await put(large, null);
  expect(await state(put(large, null, 0, 0))).toEqual([pieceBytes, false]);
});

test('a piece that comes again, also half of it new, changes nothing that is held', async () => {
  const stamp = blobStamp(relay.origin, large);
  await put(large, stamp, 0, 20_000);
  expect(await state(put(large, null, 0, 20_000))).toEqual([20_000, false]);
  expect(await state(put(large, null, 10_000, 50_000))).toEqual([60_000, false]);
  expect(await state(put(large, null, 100_000))).toEqual([60_000, false]);
  await put(large, null, 60_000);
  await put(large, null, 60_000 + pieceBytes);
  expect(await state(put(large, null, 5_000, 5_000))).toEqual([large.size, true]);
  expect(await download(large)).toEqual(large.bytes);
});

test('other bytes, another size or another hash under a name are refused, before and after it is whole', async () => {
  const other: TestBlob = { ...blobOf(3, large.size), id: large.id, path: large.path };
  const longer = { ...large, size: large.size + 1 };
  await put(large, blobStamp(relay.origin, large));
  const strangers = () =>
    Promise.all([
      refusal(put({ ...large, bytes: other.bytes }, null, 1_000, 20_000)),
      refusal(put(other, blobStamp(relay.origin, other))),
      refusal(put(longer, blobStamp(relay.origin, longer))),
    ]);
  const conflict = [409, 'blob-conflict'];
  expect(await strangers()).toEqual([conflict, conflict, conflict]);
  await upload(large);
  expect(await strangers()).toEqual([conflict, conflict, conflict]);
  expect(await download(large)).toEqual(large.bytes);
});

test('a blob that is whole but not its hash is thrown away', async () => {
  const lie = { ...small, hash: large.hash };
  expect(await refusal(put(lie, blobStamp(relay.origin, lie)))).toEqual([409, 'blob-conflict']);
  expect(await download(lie)).toBe(404);
  await upload(small);
  expect(await download(small)).toEqual(small.bytes);
});

test('beginning takes a stamp of these days for this blob at this relay; going on takes none', async () => {
  const elsewhere = 'https://other.example' as RelayOrigin;
  const early = blobStamp(relay.origin, small, addDays(today, -2));
  expect(await refusal(put(small, early))).toEqual([403, 'stamp-invalid']);
  const owed = blobStampTarget(relay.origin, small);
  const foreign = [
    blobStampTarget(elsewhere, small),
    blobStampTarget(relay.origin, { ...small, size: 9_999 }),
    blobStampTarget(relay.origin, { ...small, hash: large.hash }),
    blobStampTarget(relay.origin, { ...small, id: large.id }),
  ];
  for (const paidFor of foreign) {
    const stamp = stampThatFails(owed, paidFor);
    expect(await refusal(put(small, stamp))).toEqual([403, 'stamp-too-cheap']);
  }
  expect(await state(put(small, blobStamp(relay.origin, small), 0, 5_000))).toEqual([5_000, false]);
  expect(await state(put(small, null, 5_000))).toEqual([small.size, true]);
});

test('the price grows with the size, so that room costs the same in whatever pieces it is taken', () => {
  const mebibyte = 1_048_576;
  expect([1, 100_000, mebibyte].map((size) => blobPrice(18, size))).toEqual([18, 18, 18]);
  expect([mebibyte + 1, 2 * mebibyte, 25 * mebibyte].map((size) => blobPrice(18, size))).toEqual([
    19, 19, 23,
  ]);
});

test('pieces that bring almost nothing, or reach beyond the end, are refused', async () => {
  const stamp = blobStamp(relay.origin, large);
  const malformed = [400, 'malformed'];
  expect(await refusal(put(large, stamp, 0, blobLimits.leastNewBytes - 1))).toEqual(malformed);
  const [size, hash, , , piece] = pieceOf(small, null, 0, small.size);
  const beyond = [size, hash, blobStamp(relay.origin, small), 1, piece] as const;
  expect(await refusal(relay.call('PUT', small.path, beyond))).toEqual(malformed);
  const long = [size, hash, null, 0, new Uint8Array(pieceBytes + 1)] as const;
  expect((await relay.call('PUT', small.path, long)).status).toBeGreaterThanOrEqual(400);
});

test('a blob above the operator’s limit is refused, and info says where the limit is', async () => {
  expect((await relay.info()).limits.bytesPerBlob).toBe(900_000);
  const big = blobOf(4, 900_001);
  expect(await refusal(put(big, blobStamp(relay.origin, big)))).toEqual([413, 'too-large']);
});

test('when all blobs take too much no other begins, those that have begun are finished, and mail goes on', async () => {
  const first = blobOf(5, 800_000);
  await put(first, blobStamp(relay.origin, first));
  const second = blobOf(6, 300_000);
  const full = await put(second, blobStamp(relay.origin, second));
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await readRefusal(full)).toEqual([507, 'blobs-full']);
  await upload(first);
  expect(await download(first)).toEqual(first.bytes);
  await upload(small);
});

test('a whole blob is gone after 30 days, one that was never finished after 7, and its room is free', async () => {
  await upload(small);
  await put(large, blobStamp(relay.origin, large));
  const days = async (count: number) => {
    relay.clock.nowMs += count * msPerDay;
    await relay.maintain();
    return relay.context.log.sizes();
  };
  expect(await days(7)).toMatchObject({ blobs: 2 });
  expect(await days(1)).toMatchObject({ blobs: 1, blobBytes: small.size });
  expect(await refusal(put(large, null, pieceBytes))).toEqual([404, 'blob-unknown']);
  await days(22);
  expect(await download(small)).toEqual(small.bytes);
  relay.clock.nowMs += msPerDay;
  expect(await download(small)).toBe(404);
  expect(await days(0)).toMatchObject({ blobs: 0, blobBytes: 0 });
  const later = addDays(today, 31);
  const again = put(small, blobStamp(relay.origin, small, later));
  expect(await state(again)).toEqual([small.size, true]);
});

test('any range of it can be asked for, across pieces too', async () => {
  await upload(large);
  const ranges: readonly (readonly [string, number, number])[] = [
    ['bytes=0-0', 0, 1],
    ['bytes=65535-65536', 65_535, 65_537],
    ['bytes=131000-', 131_000, large.size],
    ['bytes=-5', large.size - 5, large.size],
    ['bytes=1-999999', 1, large.size],
  ];
  for (const [range, from, end] of ranges) {
    const response = await get(large, range);
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${end - 1}/${large.size}`);
    expect(await bodyOf(response)).toEqual(large.bytes.slice(from, end));
  }
  const beyond = await get(large, `bytes=${large.size}-`);
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe(`bytes */${large.size}`);
  const head = await fetch(relay.origin + large.path, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(large.size)]);
});

test('a reader who leaves in the middle harms nobody', async () => {
  await upload(large);
  for (let round = 0; round < 5; round++) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(relay.origin).port), '127.0.0.1');
      socket.write(`GET ${large.path} HTTP/1.1\r\nhost: relay\r\n\r\n`);
      socket.once('data', () => socket.resetAndDestroy());
      socket.once('close', () => resolve());
    });
  }
  expect(await download(large)).toEqual(large.bytes);
  expect(relay.logged()).not.toContain('fault');
});

test('no name of a blob is in the log', async () => {
  await upload(small);
  await download(small);
  await expect.poll(() => relay.logged()).toContain('/v1/blobs/:id');
  expect(relay.logged()).not.toContain(small.path.slice(-43, -3));
});

test('the sizes for the operator count blobs', async () => {
  await upload(small);
  const text = await (await fetch(`${relay.origin}/metrics`)).text();
  expect(text).toContain('\nwallflower_blobs 1\n');
  expect(text).toContain(`\nwallflower_blob_bytes ${small.size}\n`);
});
