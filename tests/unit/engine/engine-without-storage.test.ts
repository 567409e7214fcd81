import { expect, test } from 'vitest';
import { createEngineWithoutStorage } from '#engine/engine-without-storage.ts';
import { StorageSilentError } from '#storage/storage-fault.ts';

const none = () => Promise.resolve();

test('says why it is there', async () => {
  const full = createEngineWithoutStorage(new DOMException('', 'QuotaExceededError'), none);
  expect(await full.status()).toEqual({ ok: false, error: { code: 'storage-full' } });
  const closed = createEngineWithoutStorage(new DOMException('', 'UnknownError'), none);
  expect(await closed.listDrafts()).toEqual({ ok: false, error: { code: 'storage-unavailable' } });
  const silent = createEngineWithoutStorage(new StorageSilentError(), none);
  expect(await silent.status()).toEqual({ ok: false, error: { code: 'storage-silent' } });
});

test('erases, and never claims to have erased what it could not', async () => {
  const erased: string[] = [];
  const cause = new DOMException('', 'UnknownError');
  await createEngineWithoutStorage(cause, async () => {
    await none();
    erased.push('all');
  }).eraseDevice();
  expect(erased).toEqual(['all']);
  const refused = createEngineWithoutStorage(cause, () => Promise.reject(cause)).eraseDevice();
  await expect(refused).rejects.toBe(cause);
});

test('gives no answer to a read that has no form for a fault', async () => {
  const engine = createEngineWithoutStorage(new DOMException('', 'UnknownError'), none);
  const late = new Promise((resolve) => setTimeout(resolve, 20, 'none'));
  expect(await Promise.race([engine.readNetwork(), engine.syncNow(), late])).toBe('none');
});
