import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DraftId } from '#core/types/ids.ts';
import type { EntryFields } from '#engine/api/entry-calls.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { takeLead } from '#storage/lead.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { Device, unwrap } from '../../support/engine-in-node.ts';
import { SmallStorage } from '../../support/small-storage.ts';
import { TestClock } from '../../support/test-clock.ts';
import { camera } from '../storage/day-rows.ts';

const fields: EntryFields = { ...camera, kind: 'request', lifetimeDays: 90 };

/** More was taken than the ballast gives back. */
const overrun = -5_000_000;

let storage: SmallStorage;
let device: Device;

beforeEach(async () => {
  storage = new SmallStorage();
  storage.leave(100_000_000);
  const noRelay = () => Promise.reject(new TypeError('no link'));
  device = new Device({ origin: 'http://relay.test', clock: new TestClock(), fetch: noRelay });
  await device.startWithVault();
});

afterEach(() => {
  device.kill();
  storage.restore();
});

/** Opens the vault again where nothing can be written; the draft that is in it. */
async function openWithoutMark(): Promise<DraftId> {
  const draft = unwrap(await device.api.saveDraft(null, fields, null));
  device.kill();
  storage.leave(overrun);
  await device.start();
  await device.unlock();
  return draft;
}

describe('a device without a byte of room', () => {
  it('starts with a locked vault and opens it, with all that was in it', async () => {
    const draft = unwrap(await device.api.saveDraft(null, fields, null));
    device.kill();
    storage.leave(0);
    await device.start();
    expect(unwrap(await device.api.status()).vault).toBe('locked');
    await device.unlock();
    const drafts = unwrap(await device.api.listDrafts());
    expect(drafts.map(({ id }) => id)).toEqual([draft]);
  });

  it('opens with a locked vault where not even the mark of the leader can be written', async () => {
    const draft = await openWithoutMark();
    const longer = { ...fields, text: 'Somebody who lends a camera for a month.' };
    const refused = await device.api.saveDraft(draft, longer, null);
    expect(refused).toEqual({ ok: false, error: { code: 'storage-full' } });
    storage.leave(100_000_000);
    unwrap(await device.api.saveDraft(draft, longer, null));
    await device.restart();
    const [kept] = unwrap(await device.api.listDrafts());
    expect(kept?.fields.text).toBe(longer.text);
  });

  it('writes nothing without the mark once another engine has set its own', async () => {
    const draft = await openWithoutMark();
    storage.leave(100_000_000);
    const db = new WallflowerDatabase(device.name);
    await takeLead(db, 'another');
    db.close();
    const late = await device.api.saveDraft(draft, { ...fields, text: 'Too late.' }, null);
    expect(late).toEqual({ ok: false, error: { code: 'engine-gone' } });
  });

  it('does not read without the mark where another engine may wake', async () => {
    device.kill();
    storage.leave(overrun);
    const start = device.start({ isAlone: false });
    expect(await start.catch(storageFaultOf)).toBe('storage-full');
    await device.start();
  });

  it('says that it is full when a draft finds no room, and keeps the draft as it was', async () => {
    const draft = unwrap(await device.api.saveDraft(null, fields, null));
    storage.leave(0);
    const longer = { ...fields, text: 'Somebody who lends a camera for a month.' };
    const answer = await device.api.saveDraft(draft, longer, null);
    expect(answer).toEqual({ ok: false, error: { code: 'storage-full' } });
    await device.restart();
    const [kept] = unwrap(await device.api.listDrafts());
    expect(kept?.fields.text).toBe(fields.text);
    unwrap(await device.api.saveDraft(draft, longer, null));
  });

  it('says that it is full when a vault finds no room, and has none then', async () => {
    const noRelay = () => Promise.reject(new TypeError('no link'));
    const other = new Device({
      origin: 'http://relay.test',
      clock: new TestClock(),
      fetch: noRelay,
    });
    await other.start();
    storage.leave(0);
    const answer = await other.api.createVault(other.passphrase);
    expect(answer).toEqual({ ok: false, error: { code: 'storage-full' } });
    expect(unwrap(await other.api.status()).vault).toBe('missing');
    other.kill();
  });
});
