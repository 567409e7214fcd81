import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, type Day } from '#core/types/day.ts';
import type { Stars } from '#core/types/trust-terms.ts';
import { personaText } from '#engine/addresses.ts';
import { TrustIndex } from '#engine/trust-index.ts';
import { mergeSegments } from '#storage/board-compaction.ts';
import { WallflowerDatabase, type RecordRow } from '#storage/database.ts';
import { takeLead } from '#storage/lead.ts';
import { expireRecords, mergeRecords } from '#storage/record-store.ts';
import { attestationRow, authorOf, charterRow } from '../storage/board-model.ts';

const day = 20_778 as Day;
const token = 'leader';
const root = 90;
const steward = 1;
const second = 2;
const somebody = 7;

let db: WallflowerDatabase;
let trust: TrustIndex;

beforeEach(async () => {
  db = new WallflowerDatabase(`trust-${Math.random()}`);
  await takeLead(db, token);
  await expireRecords(db, day);
  trust = new TrustIndex(db.board, authorOf(root).key);
});

afterEach(() => db.delete());

const take = (...rows: readonly RecordRow[]) => mergeRecords(db, rows);

function charter(stewards: readonly number[], rev = 0, lifetimeDays = 180): RecordRow {
  return charterRow({ author: root, rev, day, until: addDays(day, lifetimeDays) }, stewards);
}

interface Given {
  readonly by?: number;
  readonly to?: number;
  readonly slot?: number;
  readonly rev?: number;
  readonly after?: number;
  readonly for?: number;
}

function given(stars: Stars | null, given: Given = {}): RecordRow {
  const { by = steward, to = somebody, slot = 1, rev = 0, after = 0, for: days = 90 } = given;
  const posted = addDays(day, after);
  const place = { author: by, slot, rev, day: posted, until: addDays(posted, days) };
  return attestationRow(place, to, stars);
}

async function starsOf(number: number): Promise<number | undefined> {
  return (await trust.read()).stars.get(personaText(authorOf(number).key))?.stars;
}

describe('Stars on a board', () => {
  it('are those of the charter’s stewards, and of nobody else', async () => {
    await take(charter([steward]), given(4), given(5, { by: second, to: 8 }));
    expect(await starsOf(somebody)).toBe(4);
    expect(await starsOf(8)).toBeUndefined();
  });

  it('count for nothing without a charter, or by the charter of others', async () => {
    await take(given(4));
    expect(await starsOf(somebody)).toBeUndefined();
    const other = charterRow({ author: 91, rev: 0, day, until: addDays(day, 180) }, [steward]);
    await take(other);
    expect(await starsOf(somebody)).toBeUndefined();
    await take(charter([steward]));
    expect(await starsOf(somebody)).toBe(4);
  });

  it('go with the steward who leaves the charter', async () => {
    await take(charter([steward, second]), given(4));
    expect(await starsOf(somebody)).toBe(4);
    await take(charter([second], 1));
    expect(await starsOf(somebody)).toBeUndefined();
  });

  it('go with the charter when it runs out', async () => {
    await take(charter([steward], 0, 30), given(4));
    expect(await starsOf(somebody)).toBe(4);
    await expireRecords(db, addDays(day, 31));
    expect(await trust.read()).toMatchObject({ charter: null });
    expect(await starsOf(somebody)).toBeUndefined();
  });

  it('go out on their last day, although nothing else changes', async () => {
    await take(charter([steward]), given(4, { for: 30 }));
    await expireRecords(db, addDays(day, 30));
    expect(await starsOf(somebody)).toBe(4);
    await expireRecords(db, addDays(day, 31));
    expect(await starsOf(somebody)).toBeUndefined();
  });

  it('are changed and taken back by who gave them', async () => {
    await take(charter([steward]), given(4));
    await take(given(2, { rev: 1 }));
    expect(await starsOf(somebody)).toBe(2);
    await take(given(null, { rev: 2 }));
    expect(await starsOf(somebody)).toBeUndefined();
  });

  it('are given to others only', async () => {
    await take(charter([steward]), given(5, { to: steward }));
    expect(await starsOf(steward)).toBeUndefined();
  });

  it('keep a warning before a second steward’s later praise', async () => {
    await take(charter([steward, second]), given(0), given(5, { by: second, after: 1 }));
    expect(await starsOf(somebody)).toBe(0);
  });

  it('are there again after the board was put together, and after a start', async () => {
    await take(charter([steward]), given(4));
    await take(given(1, { to: 8, slot: 2 }));
    const segments = db.board.documents.segments.filter((segment) => segment !== null);
    await mergeSegments(db, token, segments);
    expect([await starsOf(somebody), await starsOf(8)]).toEqual([4, 1]);
    db.close();
    db = new WallflowerDatabase(db.name);
    await db.board.openAll();
    trust = new TrustIndex(db.board, authorOf(root).key);
    expect([await starsOf(somebody), await starsOf(8)]).toEqual([4, 1]);
    expect((await trust.read()).charter?.name).toBe('The house');
  });
});
