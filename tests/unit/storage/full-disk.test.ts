import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '#core/types/day.ts';
import { wantBack } from '#storage/board-return.ts';
import { commitChange } from '#storage/commit.ts';
import { takeLead } from '#storage/lead.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { mergeRecords, withRoom } from '#storage/record-store.ts';
import { createRelayRow } from '#storage/relay-row.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { authorOf } from './board-model.ts';
import { dayRows, firstDay } from './day-rows.ts';

const token = 'leader';

let db: WallflowerDatabase;
const put = IDBObjectStore.prototype.put;
const add = IDBObjectStore.prototype.add;
const perRow = 400;

/** A disk that takes so many bytes of records and then no more, until some are deleted. */
function limitDisk(bytes: () => number): void {
  const refuse = (store: IDBObjectStore) => {
    const isBoard = ['segments', 'postings', 'chunks'].includes(store.name);
    if (isBoard && heldRows() * perRow >= bytes()) {
      throw new DOMException('No room', 'QuotaExceededError');
    }
  };
  IDBObjectStore.prototype.put = function (...args) {
    refuse(this);
    return put.apply(this, args);
  };
  IDBObjectStore.prototype.add = function (...args) {
    refuse(this);
    return add.apply(this, args);
  };
}

function heldRows(): number {
  return db.board.documents.shownCount;
}

beforeEach(async () => {
  db = new WallflowerDatabase(`full-disk-${Math.random()}`);
  await takeLead(db, token);
});

afterEach(async () => {
  IDBObjectStore.prototype.put = put;
  IDBObjectStore.prototype.add = add;
  await db.delete();
});

/** So many entries of one day, each of another author's slot. */
async function shownDays(): Promise<readonly number[]> {
  const { board } = db;
  await board.openAll();
  return board.documents.segments.flatMap((segment) =>
    segment === null
      ? []
      : Array.from(segment.days).filter((_, local) => segment.shown[local] === 1),
  );
}

describe('a device that gives no more room', () => {
  it('lets go of the oldest, takes in the newest, says so, and wants back nothing that it let go of', async () => {
    for (let day = 0; day < 10; day++) await mergeRecords(db, dayRows(day, 64));
    limitDisk(() => 640 * perRow);
    const changed = await mergeRecords(db, dayRows(10, 64));
    expect(changed).toHaveLength(64);
    const days = await shownDays();
    expect(Math.min(...days)).toBeGreaterThan(firstDay);
    expect(Math.max(...days)).toBe(firstDay + 10);
    expect(db.board.limits).toMatchObject({ full: true, leftOut: 704 - days.length });
    expect(await mergeRecords(db, dayRows(0, 64))).toEqual([]);
  });

  it('makes room for the first write after a start, before the board was read', async () => {
    for (let day = 0; day < 10; day++) await mergeRecords(db, dayRows(day, 64));
    db.close();
    db = new WallflowerDatabase(db.name);
    let refusals = 0;
    const write = async () => {
      if (refusals++ === 0) throw new DOMException('No room', 'QuotaExceededError');
      return takeLead(db, token);
    };
    await withRoom(db, write);
    expect(refusals).toBe(2);
    expect(heldRows()).toBeLessThan(640);
    expect(Math.max(...(await shownDays()))).toBe(firstDay + 9);
  });

  it('remembers after a restart what it let go of, and shows no row without its record', async () => {
    // Segments of five days: some of the oldest go, the others stay.
    for (const days of [
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
    ]) {
      await mergeRecords(
        db,
        days.flatMap((day) => dayRows(day, 64)),
      );
    }
    limitDisk(() => 640 * perRow);
    await mergeRecords(db, dayRows(10, 64));
    const { limits } = db.board;
    const shown = heldRows();
    db.close();
    db = new WallflowerDatabase(db.name);
    await db.board.openAll();
    expect(db.board.limits).toEqual(limits);
    expect(heldRows()).toBe(shown);
  });

  it('takes all of it back once there is room, and asks the relays anew for it, at most once a week', async () => {
    const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (const half of [days.slice(0, 5), days.slice(5)]) {
      await mergeRecords(
        db,
        half.flatMap((day) => dayRows(day, 64)),
      );
    }
    limitDisk(() => 640 * perRow);
    await mergeRecords(db, dayRows(10, 64));
    await db.relays.put({
      ...createRelayRow({ origin: 'https://relay.example' as never, home: true, addedMs: 1 }),
      epoch: new Uint8Array(16) as never,
      sequence: 7 as never,
      heldPacks: ['a pack'],
    });
    const gone = 704 - heldRows();
    expect(gone).toBeGreaterThan(0);

    IDBObjectStore.prototype.put = put;
    IDBObjectStore.prototype.add = add;
    const today = addDays(firstDay, 10);
    expect(await wantBack(db, token, today)).toBe(true);
    expect(db.board.limits).toMatchObject({ keepFrom: 0, leftOut: 0, full: false });
    const [relay] = await db.relays.toArray();
    expect(relay).toMatchObject({ epoch: null, sequence: 0, heldPacks: [] });
    const back = await mergeRecords(
      db,
      days.flatMap((day) => dayRows(day, 64)),
    );
    expect(back).toHaveLength(gone);
    expect(heldRows()).toBe(704);

    await db.board.changeLimits({ full: true });
    expect(await wantBack(db, token, addDays(today, 6))).toBe(false);
    expect(await wantBack(db, token, addDays(today, 7))).toBe(true);
  });

  it('keeps what matters however old it is', async () => {
    const mine = dayRows(0, 64);
    const saved = dayRows(1, 64);
    await mergeRecords(db, mine);
    await mergeRecords(db, saved);
    for (let day = 2; day < 10; day++) await mergeRecords(db, dayRows(day, 64));
    const address = Buffer.from(saved[5]?.address ?? '', 'base64url');
    db.board.whatMatters = () =>
      Promise.resolve({ authors: [authorOf(0).key], addresses: [new Uint8Array(address)] });
    limitDisk(() => 640 * perRow);
    await mergeRecords(db, dayRows(10, 64));
    expect(await db.board.getAt(mine[3]?.address ?? ('' as never))).toBeDefined();
    expect(await db.board.getAt(saved[5]?.address ?? ('' as never))).toBeDefined();
    expect(db.board.limits.leftOut).toBeGreaterThan(0);
  });

  it('lets go of nothing and says that there is no room while the vault keeps what matters to itself', async () => {
    for (let day = 0; day < 10; day++) await mergeRecords(db, dayRows(day, 64));
    db.board.whatMatters = () => Promise.resolve(null);
    limitDisk(() => 640 * perRow);
    const fault = await mergeRecords(db, dayRows(10, 64)).catch(storageFaultOf);
    expect(fault).toBe('storage-full');
    expect(heldRows()).toBe(640);
    expect(db.board.limits.full).toBe(true);
  });

  it('makes room for an own entry too, and writes it with its outbox row or not at all', async () => {
    for (let day = 0; day < 10; day++) await mergeRecords(db, dayRows(day, 64));
    limitDisk(() => 640 * perRow);
    const [own] = dayRows(10, 1, 60);
    if (own === undefined) throw new Error('no row');
    await commitChange(db, token, {
      records: [own],
      seal: [{ id: 'a', bytes: new Uint8Array(1) }],
    });
    expect(await db.board.getAt(own.address)).toBeDefined();
    limitDisk(() => 0);
    const [other] = dayRows(11, 1, 60);
    if (other === undefined) throw new Error('no row');
    const change = { records: [other], seal: [{ id: 'b', bytes: new Uint8Array(1) }] };
    expect(await commitChange(db, token, change).catch(storageFaultOf)).toBe('storage-full');
    expect(await db.sealed.get('b')).toBeUndefined();
    expect(await db.board.getAt(other.address)).toBeUndefined();
  });
});
