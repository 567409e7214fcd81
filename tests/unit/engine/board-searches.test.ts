import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryFields } from '#engine/api/entry-calls.ts';
import type { BoardQuery } from '#engine/api/board-calls.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { mergeRecords } from '#storage/record-store.ts';
import { anyTerms } from '../../support/any-terms.ts';
import { entryRow } from '../storage/board-model.ts';
import { Device, unwrap } from '../../support/engine-in-node.ts';
import { TestClock } from '../../support/test-clock.ts';

const query: BoardQuery = { ...anyTerms, offset: 0, limit: 20 };
const lawyer: EntryFields = {
  kind: 'request',
  title: 'A lawyer for an appeal',
  text: 'The hearing is in three weeks.',
  language: 'en',
  country: 'ER',
  skills: ['legal', 'asylum'],
  urgency: 'week',
  lifetimeDays: 30,
};
const camera: EntryFields = {
  ...lawyer,
  title: 'Lend me a camera',
  text: 'For a film about a trial.',
  language: 'fr',
  country: '',
  skills: ['film'],
};

let device: Device;

beforeEach(async () => {
  const offline = () => Promise.reject(new TypeError('no link'));
  device = new Device({ origin: 'http://127.0.0.1:9', clock: new TestClock(), fetch: offline });
  await device.startWithVault();
});

afterEach(() => {
  device.kill();
});

async function post(fields: EntryFields) {
  return unwrap(await device.api.postEntry(fields, { kind: 'new' }));
}

describe('searches that are kept', () => {
  it('count what has come in since they were looked at, also over a restart', async () => {
    await post(lawyer);
    const id = unwrap(await device.api.saveSearch({ ...anyTerms, text: 'camera', skill: 'film' }));
    const fresh = async () => unwrap(await device.api.listSavedSearches()).map((one) => one.fresh);
    expect(await fresh()).toEqual([0]);
    await post(camera);
    await post(lawyer);
    expect(await fresh()).toEqual([1]);
    await device.restart();
    expect(await fresh()).toEqual([1]);
    unwrap(await device.api.markSearchSeen(id));
    expect(await fresh()).toEqual([0]);
    await device.restart();
    expect(await fresh()).toEqual([0]);
    unwrap(await device.api.removeSavedSearch(id));
    expect(await fresh()).toEqual([]);
  });

  it('lie in no table in the clear', async () => {
    unwrap(await device.api.saveSearch({ ...anyTerms, text: 'Wolkenbank' }));
    const db = new WallflowerDatabase(device.name);
    const values = (await Promise.all(db.tables.map((table) => table.toArray()))).flat();
    db.close();
    const texts = values.flatMap((value: Record<string, unknown>) =>
      Object.values(value).map((field) =>
        field instanceof Uint8Array ? Buffer.from(field).toString('latin1') : JSON.stringify(field),
      ),
    );
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter((text) => text?.toLowerCase().includes('wolkenbank'))).toEqual([]);
  });

  it('need the open vault', async () => {
    await device.api.lockVault();
    expect(await device.api.listSavedSearches()).toEqual({
      ok: false,
      error: { code: 'vault-locked' },
    });
  });
});

describe('what suits the helper of this device', () => {
  it('comes first when asked for', async () => {
    const mine = await post(camera);
    const suits = await post(lawyer);
    const profile = { skills: ['asylum', 'press'], languages: ['en'], countries: ['ER'] } as const;
    unwrap(await device.api.saveMatchProfile(profile));
    expect(unwrap(await device.api.readMatchProfile())).toEqual(profile);
    const page = await device.api.queryBoard({ ...query, sort: 'match' });
    expect(page.rows.map(({ address }) => address)).toEqual([suits, mine]);
    expect(page.rows.map(({ matches }) => matches)).toEqual([[], []]);
    unwrap(await device.api.saveMatchProfile({ skills: ['film'], languages: [], countries: [] }));
    const turned = await device.api.queryBoard({ ...query, sort: 'match' });
    expect(turned.rows.map(({ address }) => address)).toEqual([mine, suits]);
  });
});

describe('why an entry suits', () => {
  it('is said of others’ entries, in the helper’s own terms', async () => {
    const db = new WallflowerDatabase(device.name);
    const place = { author: 1, slot: 1, rev: 0, day: dayOf(new TestClock().nowMs) };
    await mergeRecords(db, [entryRow({ ...place, until: addDays(place.day, 30) }, lawyer)]);
    db.close();
    await device.restart();
    const profile = { skills: ['asylum', 'press'], languages: ['en'], countries: ['KE'] } as const;
    unwrap(await device.api.saveMatchProfile(profile));
    const { rows } = await device.api.queryBoard(query);
    expect(rows.map(({ matches }) => matches)).toEqual([
      [
        { kind: 'skill', skill: 'asylum' },
        { kind: 'language', language: 'en' },
      ],
    ]);
    await device.api.lockVault();
    const [row] = (await device.api.queryBoard(query)).rows;
    expect(row?.matches).toEqual([]);
  });
});

describe('the board’s filters that only the vault knows', () => {
  it('show what is saved and what is mine, and nothing of either while it is locked', async () => {
    const address = await post(lawyer);
    await post(camera);
    unwrap(await device.api.saveEntry(address, true));
    const titles = async (change: Partial<BoardQuery>) =>
      (await device.api.queryBoard({ ...query, ...change })).rows.map(({ title }) => title);
    expect(await titles({ savedOnly: true })).toEqual([lawyer.title]);
    expect(await titles({ mineOnly: true, text: 'camera' })).toEqual([camera.title]);
    await device.api.lockVault();
    expect(await titles({ savedOnly: true })).toEqual([]);
    expect(await titles({ mineOnly: true })).toEqual([]);
    expect(await titles({})).toHaveLength(2);
  });
});
