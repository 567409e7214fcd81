import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ballast } from '#storage/ballast.ts';
import { takeLead } from '#storage/lead.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { mergeRecords } from '#storage/record-store.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { SmallStorage } from '../../support/small-storage.ts';
import { dayRows } from './day-rows.ts';

const ballastBytes = 4_194_304;
const plenty = 100_000_000;

let storage: SmallStorage;
let db: WallflowerDatabase;

beforeEach(() => {
  storage = new SmallStorage();
  db = new WallflowerDatabase(`ballast-${Math.random()}`);
});

afterEach(async () => {
  storage.restore();
  await db.delete();
});

describe('the ballast', () => {
  it('lies where there is room, is given back whole where there is none, and lies again when there is', async () => {
    storage.leave(plenty);
    const ballast = new Ballast();
    expect(await ballast.lay()).toBe(true);
    expect(storage.fileBytes).toBe(ballastBytes);
    storage.leave(1_000);
    expect(await ballast.lay()).toBe(false);
    expect(storage.fileBytes).toBeUndefined();
    expect(await ballast.lay()).toBe(false);
    storage.leave(plenty);
    expect(await ballast.lay()).toBe(true);
    expect(storage.fileBytes).toBe(ballastBytes);
  });

  it('is laid whole or not at all', async () => {
    storage.leave(ballastBytes);
    expect(await new Ballast().lay()).toBe(false);
    expect(storage.fileBytes).toBeUndefined();
  });

  const folder = { getFileHandle: () => Promise.resolve({}) };
  it.each([
    ['no storage of files', undefined],
    ['no files that a worker writes in place', { getDirectory: () => Promise.resolve(folder) }],
  ])('stops nothing where a browser has %s', async (_, fileStorage) => {
    vi.stubGlobal('navigator', { storage: fileStorage });
    const ballast = new Ballast();
    expect(await ballast.lay()).toBe(true);
    expect(ballast.isLaid).toBe(true);
  });
});

describe('a full device with a locked vault', () => {
  beforeEach(async () => {
    storage.leave(plenty);
    await db.ballast.lay();
    for (let day = 0; day < 4; day++) await mergeRecords(db, dayRows(day));
    db.board.whatMatters = () => Promise.resolve(null);
    storage.leave(0);
  });

  it('writes what its start needs in the ballast’s place', async () => {
    expect(await takeLead(db, 'leader').catch(storageFaultOf)).toBe('storage-full');
    await db.ballast.lay();
    await takeLead(db, 'leader');
    expect(await db.settings.get('leader')).toEqual({ key: 'leader', value: 'leader' });
  });

  it('leaves that place alone when records come in, says that there is no room, and keeps what it has', async () => {
    await db.ballast.lay();
    storage.refused = 0;
    expect(await mergeRecords(db, dayRows(5)).catch(storageFaultOf)).toBe('storage-full');
    expect(storage.refused).toBe(0);
    expect(db.board.documents.shownCount).toBe(256);
    expect(db.board.limits.full).toBe(true);
  });

  it('takes records in again once there is room for the ballast too', async () => {
    await db.ballast.lay();
    storage.leave(plenty);
    expect(await mergeRecords(db, dayRows(5))).toHaveLength(64);
    expect(storage.fileBytes).toBe(ballastBytes);
  });

  it('gives the ballast back first and then the oldest, once the vault says what matters', async () => {
    db.board.whatMatters = () => Promise.resolve({ authors: [], addresses: [] });
    storage.leave('not-a-byte');
    expect(await mergeRecords(db, dayRows(5))).toHaveLength(64);
    expect(db.board.documents.shownCount).toBeLessThan(320);
  });
});

it('a disk that is full to the last byte is told by Chromium’s words', () => {
  const words =
    'Connection is closing because of: IO error: 000003.log: FILE_ERROR_NO_SPACE (3::WritableFileAppend::8)';
  expect(storageFaultOf(new DOMException(words, 'UnknownError'))).toBe('storage-full');
  expect(storageFaultOf(new DOMException('IO error', 'UnknownError'))).toBe('storage-unavailable');
});
