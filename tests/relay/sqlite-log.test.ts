import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addDays } from '#core/types/day.ts';
import type { BlobId } from '#core/types/ids.ts';
import { openSqliteLog, type SqliteLog } from '#relay/sqlite/sqlite-log.ts';
import { envelopeOf, fakeRecord, newQueue, roomy, start, today, whole } from './log-fixtures.ts';
import { describeRelayLog } from './relay-log-contract.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallflower-log-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function open(): SqliteLog {
  const log = openSqliteLog(folder, Date.now);
  if (!log.ok) throw new Error(log.error.message);
  return log.value;
}

describeRelayLog('node:sqlite', async () => open());

test('what was stored, its epoch and its secret are there after a restart', async () => {
  const first = open();
  await first.publish([fakeRecord(1)]);
  const { epoch, challengeSecret } = first;
  await first.close();
  const second = open();
  expect(second.epoch).toEqual(epoch);
  expect(second.challengeSecret).toEqual(challengeSecret);
  expect(second.head()).toBe(1);
  expect((await second.since(start, whole)).records).toEqual([fakeRecord(1).bytes]);
  await second.close();
});

test('packs that an earlier relay made leave with its format; the records stay', async () => {
  const first = open();
  await first.publish([fakeRecord(1)]);
  await first.close();
  const earlier = new DatabaseSync(join(folder, 'relay.db'));
  earlier.exec(`
    INSERT INTO packs (last, first, hash, records, size) VALUES (1, 1, x'01', 1, 2);
    INSERT INTO pack_bytes (hash, bytes) VALUES (x'01', x'0102');
    DROP TABLE blobs; DROP TABLE blob_pieces; DELETE FROM counters WHERE name = 'blob-bytes';
    PRAGMA user_version = 1;
  `);
  earlier.close();
  const second = open();
  expect((await second.since(start, whole)).records).toEqual([fakeRecord(1).bytes]);
  await second.close();
  const now = new DatabaseSync(join(folder, 'relay.db'));
  expect(now.prepare('SELECT count(*) AS held FROM packs').get()).toEqual({ held: 0 });
  expect(now.prepare('SELECT count(*) AS held FROM pack_bytes').get()).toEqual({ held: 0 });
  now.close();
});

test('two logs of two folders draw different epochs', async () => {
  const first = open();
  const { epoch } = first;
  await first.close();
  await rm(folder, { recursive: true });
  const second = open();
  expect(second.epoch).not.toEqual(epoch);
  await second.close();
});

test('a folder that a relay has open is refused to another', async () => {
  const first = open();
  const second = openSqliteLog(folder, Date.now);
  expect(second.ok ? 'opened' : second.error.code).toBe('folder-in-use');
  await first.close();
  await open().close();
});

test('writes that come together share a transaction', async () => {
  const log = open();
  await log.createQueue(newQueue(1), today);
  const before = log.groups;
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      log.append(newQueue(1).id, envelopeOf(index), roomy, today),
    ),
  );
  expect(log.groups - before).toBeLessThan(5);
  expect((await log.read(newQueue(1).id, 0, whole)).envelopes).toHaveLength(100);
  await log.close();
});

test('a write that fails takes no other with it, and gives no sequence away', async () => {
  const log = open();
  const broken = { ...fakeRecord(2), rev: Number.NaN };
  const outcomes = await Promise.allSettled([
    log.publish([fakeRecord(1)]),
    log.publish([broken]),
    log.publish([fakeRecord(3)]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await log.since(start, whole)).records).toHaveLength(2);
  expect(log.head()).toBe(2);
  await log.close();
});

test('closing makes durable what waits, and refuses what comes after', async () => {
  const log = open();
  const waiting = log.publish([fakeRecord(1)]);
  await log.close();
  expect(await waiting).toEqual(['accepted']);
  await expect(log.publish([fakeRecord(2)])).rejects.toThrow('closed');
});

test('what has expired, was acknowledged or superseded is in no file any more', async () => {
  const marker = Buffer.from('a marker that nobody else would write down');
  const marked = (bytes: Uint8Array<ArrayBuffer>, letter: string) => {
    bytes.set(marker, 45);
    bytes.set(Buffer.from(letter), 45 + marker.length);
    return bytes;
  };
  const log = open();
  const expired = fakeRecord(1, { until: 3 });
  const superseded = fakeRecord(2);
  const withdrawn = fakeRecord(3);
  for (const record of [expired, superseded, withdrawn]) marked(record.bytes, 'r');
  await log.publish([expired, superseded, withdrawn]);
  await log.createQueue(newQueue(1), today);
  const [acknowledged, forgotten] = [envelopeOf(1), envelopeOf(2)];
  for (const envelope of [acknowledged, forgotten]) {
    marked(envelope.bytes, 'e');
    await log.append(newQueue(1).id, envelope, roomy, today);
  }
  const size = { maxRecords: 3, maxBytes: 1_000_000, stepRecords: 3 };
  const work = await log.nextPackWork(size);
  if (work === undefined) throw new Error('there is a full tail');
  const pack = new Uint8Array(Buffer.concat(work.records));
  await log.storePack(work, { hash: fakeRecord(9).id as never, bytes: pack });
  const blob = marked(new Uint8Array(10_000), 'b');
  const blobId = newQueue(5).id as never as BlobId;
  await log.beginBlob({ id: blobId, size: 10_000, hash: blob.slice(0, 32) }, 10_000, today);
  await log.addToBlob(blobId, 0, blob);
  expect(await countInFiles(marker)).toBeGreaterThan(0);

  await log.publish([fakeRecord(2, { rev: 2 }), fakeRecord(3, { rev: 2, withdrawn: true })]);
  await log.acknowledge(newQueue(1).id, [acknowledged.id]);
  const report = await log.expire(addDays(today, 8));
  expect(report).toMatchObject({ records: 1, envelopes: 1, blobs: 1 });
  const again = await log.nextPackWork(size);
  if (again === undefined) throw new Error('the pack must be sealed again');
  await log.storePack(again, null);
  await log.reclaim();
  expect(await countInFiles(marker)).toBe(0);
  await log.close();
});

async function countInFiles(marker: Buffer): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) count++;
  }
  return count;
}
