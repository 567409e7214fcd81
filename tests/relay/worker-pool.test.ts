import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { decodePack } from '#core/records/pack-reader.ts';
import { maxPackBytes } from '#core/records/pack.ts';
import { encodeRecord, maxBodyBytes } from '#core/records/record.ts';
import { concatBytes } from '#core/types/bytes.ts';
import type { PersonaKey, Signature } from '#core/types/ids.ts';
import { WorkerPool } from '#relay/workers/worker-pool.ts';
import { crypto, requestOf, seedOf, today } from './people.ts';

let pool: WorkerPool;
beforeEach(() => {
  pool = new WorkerPool(2);
});
afterEach(async () => {
  await pool.close();
});

test('the largest packs are sealed within the memory of a worker, one after another', async () => {
  const author = new Uint8Array(32) as PersonaKey;
  const signature = new Uint8Array(64) as Signature;
  const count = Math.floor((maxPackBytes - 65_536) / (maxBodyBytes + 104));
  const records = Array.from({ length: count }, (_, number) =>
    encodeRecord({ author, signature, body: new Uint8Array(maxBodyBytes).fill(number) }),
  );
  for (let turn = 0; turn < 5; turn++) {
    const { hash, bytes } = await pool.sealPack(records, 'sealed');
    expect(bytes.length).toBeLessThanOrEqual(maxPackBytes);
    expect(hash).toEqual(sha256Bytes(bytes));
    const decoded = decodePack(bytes);
    if (!decoded.ok) throw new Error(decoded.error.code);
    const held = Buffer.concat(decoded.value.map(encodeRecord));
    expect(held.equals(Buffer.concat(records))).toBe(true);
  }
});

test('a post is checked while a pack is being sealed, though there is one thread for posts', async () => {
  const single = new WorkerPool(1);
  const records = Array.from({ length: 1_000 }, (_, number) => requestOf(number));
  const order: string[] = [];
  const sealing = single.sealPack(records, 'sealed').then(() => order.push('sealed'));
  const checking = single.checkPost(requestOf(1), today).then(() => order.push('checked'));
  await Promise.all([sealing, checking]);
  expect(order).toEqual(['checked', 'sealed']);
  await single.close();
});

test('many posts at once each get the answer to their own records', async () => {
  const posts = Array.from({ length: 60 }, (_, number) => requestOf(number));
  const checks = await Promise.all(posts.map((post) => pool.checkPost(post, today)));
  for (const [index, check] of checks.entries()) {
    if (check.code !== 'checked') throw new Error(check.code);
    const [record] = check.records;
    expect(record && 'proved' in record && record.proved.bytes).toEqual(posts[index]);
  }
});

test('a post that cannot be told apart harms none beside it', async () => {
  const [broken, whole, tooMany] = await Promise.all([
    pool.checkPost(Uint8Array.of(0xff), today),
    pool.checkPost(requestOf(1), today),
    pool.checkPost(new Uint8Array(101), today),
  ]);
  expect([broken.code, whole.code, tooMany.code]).toEqual(['malformed', 'checked', 'too-large']);
});

test('each signature is judged by itself', async () => {
  const seed = seedOf(1);
  const key = crypto.personaKey(seed);
  const message = concatBytes(Uint8Array.of(1, 2, 3));
  const signature = crypto.sign(seed, message);
  const claims = [
    { key, message, signature },
    { key, message: Uint8Array.of(1, 2, 4), signature },
    { key: new Uint8Array(32), message, signature },
  ];
  expect(await pool.verify(claims)).toEqual([true, false, false]);
});

test('a pool that was closed takes nothing more', async () => {
  await pool.close();
  await expect(pool.verify([])).rejects.toThrow('too much work waits');
});
