import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryContent } from '#core/records/entry.ts';
import { addDays, type Day } from '#core/types/day.ts';
import { commitChange } from '#storage/commit.ts';
import { takeLead } from '#storage/lead.ts';
import { encodeChunk } from '#storage/board-chunk.ts';
import { mergeSegments, tidyBoard } from '#storage/board-compaction.ts';
import type { SegmentRow } from '#storage/board-segment.ts';
import { WallflowerDatabase, type RecordRow } from '#storage/database.ts';
import { expireRecords, knownRevisions, mergeRecords } from '#storage/record-store.ts';
import { NotLeaderError } from '#storage/storage-fault.ts';
import { entryRow, withdrawalRow } from './board-model.ts';

const firstDay = 20_700 as Day;
const token = 'leader';
const secret = 'Wolkenbank';
const words: EntryContent = {
  title: 'A camera',
  text: `Somebody who lends a camera in ${secret}.`,
  language: 'en',
  country: '',
  skills: ['film'],
  urgency: 'week',
};

let db: WallflowerDatabase;

beforeEach(async () => {
  db = new WallflowerDatabase(`tables-${Math.random()}`);
  await takeLead(db, token);
});

afterEach(() => db.delete());

function entry(slot: number, rev = 0, content = words): RecordRow {
  const author = Math.floor(slot / 256);
  const place = { author, slot: slot % 256, rev, day: firstDay, until: addDays(firstDay, 30) };
  return entryRow(place, content);
}

async function diskHolds(text: string): Promise<boolean> {
  const values = [
    ...(await db.chunks.toArray()),
    ...(await db.postings.toArray()).map(({ terms }) => terms),
  ];
  return values.some((bytes) =>
    Buffer.from(bytes).toString('utf8').toLowerCase().includes(text.toLowerCase()),
  );
}

describe('the board’s tables', () => {
  it('take over what version 1 kept a row a record, floors too, and lose nothing', async () => {
    db.close();
    const before = new Dexie(db.name);
    before.version(1).stores({
      records: 'address, until',
      floors: 'address, until',
      relays: 'origin',
      outbox: '++id, state',
      sealed: 'id',
      settings: 'key',
    });
    const own = entry(1);
    const gone = entry(2, 7);
    await Dexie.delete(db.name);
    await before.table('records').add(own);
    await before.table('floors').add({
      address: gone.address,
      rev: gone.rev,
      id: gone.id,
      until: addDays(firstDay, 181),
    });
    before.close();
    db = new WallflowerDatabase(db.name);
    expect((await db.board.getAt(own.address))?.bytes).toEqual(own.bytes);
    expect(await mergeRecords(db, [entry(2, 6), entry(2, 7)])).toEqual([]);
    expect(await mergeRecords(db, [entry(2, 8)])).toHaveLength(1);
    expect(await db.records.count()).toBe(0);
    expect(await db.floors.count()).toBe(0);
  });

  it('remember what won at an address after it expired, until its floor has had its time', async () => {
    await mergeRecords(db, [entry(1, 5)]);
    expect(await expireRecords(db, addDays(firstDay, 31))).toBe(true);
    await tidyBoard(db, token);
    db.close();
    db = new WallflowerDatabase(db.name);
    await takeLead(db, token);
    expect(await db.board.getAt(entry(1).address)).toBeUndefined();
    expect(await mergeRecords(db, [entry(1, 4), entry(1, 5)])).toEqual([]);
    const address = new Uint8Array(Buffer.from(entry(1).address, 'base64url'));
    expect(await knownRevisions(db, [address as never])).toMatchObject([{ rev: 5 }]);
    await expireRecords(db, addDays(firstDay, 182));
    await tidyBoard(db, token);
    expect(await db.segments.count()).toBe(0);
    expect(await knownRevisions(db, [address as never])).toEqual([undefined]);
  });

  it('hold no byte of an expired record nor of its words once they are tidied', async () => {
    await mergeRecords(db, [entry(1)]);
    expect(await diskHolds(secret)).toBe(true);
    await expireRecords(db, addDays(firstDay, 31));
    await tidyBoard(db, token);
    expect(await diskHolds(secret)).toBe(false);
  });

  it('hold no byte of a record that was withdrawn or superseded, also where most of its segment stays', async () => {
    const others = Array.from({ length: 100 }, (_, slot) =>
      entry(slot + 10, 0, { ...words, text: 'else' }),
    );
    await mergeRecords(db, [entry(1), entry(2), ...others]);
    await mergeRecords(db, [
      withdrawalRow({ author: 0, slot: 1, rev: 1, day: firstDay, until: firstDay }),
      entry(2, 1, { ...words, text: 'else' }),
    ]);
    await tidyBoard(db, token);
    const chunks = await db.chunks.toArray();
    expect(chunks.some((chunk) => Buffer.from(chunk).toString('utf8').includes(secret))).toBe(
      false,
    );
    expect(db.board.documents.shownCount).toBe(101);
    expect((await db.board.getAt(entry(10).address))?.bytes).toBeDefined();
  });

  it('put many small segments together, so that there are never many', async () => {
    for (let slot = 0; slot < 120; slot++) {
      await mergeRecords(db, [entry(slot)]);
      if (slot % 30 === 29) await tidyBoard(db, token);
    }
    expect(await db.segments.count()).toBeLessThan(30);
    expect(db.board.documents.shownCount).toBe(120);
    expect((await db.board.getAt(entry(17).address))?.bytes).toEqual(entry(17).bytes);
  });

  it('come to an end of putting together where one is tiny and the others are not', async () => {
    const slots = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => entry(from + index));
    for (let part = 0; part < 24; part++) await mergeRecords(db, slots(part * 260, 260));
    await mergeRecords(db, slots(24 * 260, 1));
    await tidyBoard(db, token);
    expect(await db.segments.count()).toBeLessThan(24);
    expect(db.board.documents.shownCount).toBe(24 * 260 + 1);
  });

  it('read segments that lie 64 records to a value, and write them anew with fewer', async () => {
    const rows = Array.from({ length: 150 }, (_, slot) => entry(slot));
    await mergeRecords(db, rows);
    const [segment] = db.board.documents.segments;
    if (!segment) throw new Error('No segment.');
    const { id } = segment;
    const records = await db.board.readRecords(rows.map((_, local) => local));
    const { chunkDocuments = 0, ...before } = (await db.segments.get(id)) ?? {};
    expect(chunkDocuments).toBeLessThan(64);
    await db.chunks.clear();
    await db.segments.put(before as SegmentRow);
    for (const start of [0, 64, 128]) {
      const part = records.slice(start, start + 64).map((record) => record ?? new Uint8Array(0));
      await db.chunks.put(encodeChunk(part), id * 128 + start / 64);
    }
    db.close();
    db = new WallflowerDatabase(db.name);
    await takeLead(db, token);
    const expectAll = async () => {
      for (const row of rows) expect((await db.board.getAt(row.address))?.bytes).toEqual(row.bytes);
    };
    await expectAll();
    await mergeRecords(db, [entry(200)]);
    await mergeSegments(
      db,
      token,
      db.board.documents.segments.filter((one) => one !== null),
    );
    await expectAll();
    expect(await db.segments.toArray()).toMatchObject([{ count: 151, chunkDocuments }]);
    expect(await db.chunks.count()).toBe(Math.ceil(151 / chunkDocuments));
  });

  it('are changed by nobody who leads no more', async () => {
    for (let slot = 0; slot < 30; slot++) await mergeRecords(db, [entry(slot)]);
    const before = await db.segments.toCollection().primaryKeys();
    await takeLead(db, 'another');
    await expect(tidyBoard(db, token)).rejects.toBeInstanceOf(NotLeaderError);
    const change = commitChange(db, token, { records: [entry(40)] });
    await expect(change).rejects.toBeInstanceOf(NotLeaderError);
    expect(await db.segments.toCollection().primaryKeys()).toEqual(before);
    expect(await db.board.getAt(entry(40).address)).toBeUndefined();
  });
});
