import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryContent } from '#core/records/entry.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { SearchTerms } from '#engine/api/board-calls.ts';
import { BoardIndex } from '#engine/board-index.ts';
import { toColumnQuery } from '#engine/board-terms-query.ts';
import type { EngineContext } from '#engine/engine-context.ts';
import { WallflowerDatabase, type RecordRow } from '#storage/database.ts';
import { mergeRecords } from '#storage/record-store.ts';
import { anyTerms } from '../../support/any-terms.ts';
import { entryRow, profileRow, statusRow, withdrawalRow } from '../storage/board-model.ts';

const day = 20_778 as Day;
const lawyer: EntryContent = {
  title: 'Lawyer for an asylum appeal',
  text: 'The hearing is in Genève in three weeks.',
  language: 'en',
  country: 'ER',
  skills: ['legal', 'asylum'],
  urgency: 'week',
};
const translator: EntryContent = {
  title: 'أبحث عن مترجمة إلى الإنجليزية',
  text: 'رسالة من صفحتين.',
  language: 'ar',
  country: 'SY',
  skills: ['translation'],
  urgency: 'whenever',
};

let db: WallflowerDatabase;
let board: BoardIndex;

beforeEach(() => {
  db = new WallflowerDatabase(`board-index-${Math.random()}`);
  board = new BoardIndex(db.board);
});

afterEach(() => db.delete());

function placed(slot: number, rev = 0, posted: Day = day) {
  return { author: 0, slot, rev, day: posted, until: addDays(posted, 30) };
}

async function fill(...rows: readonly RecordRow[]): Promise<void> {
  await mergeRecords(db, rows);
}

async function titles(terms: Partial<SearchTerms>): Promise<readonly string[]> {
  const context = { board, vault: null, clock: () => day * 86_400_000 } as unknown as EngineContext;
  const query = toColumnQuery(context, { ...anyTerms, ...terms }, null);
  return (await board.find(query, 0, 20)).entries.map(({ entry }) => entry.title);
}

describe('the board in memory', () => {
  it('needs no word from the disk for a search that was made ready', async () => {
    await fill(entryRow(placed(1), lawyer));
    const again = new WallflowerDatabase(db.name);
    board = new BoardIndex(again.board);
    await board.store.readyWords();
    await again.postings.clear();
    expect(await titles({ text: 'hearing' })).toEqual([lawyer.title]);
    again.close();
  });

  it('shows the newest day first', async () => {
    await fill(entryRow(placed(1), lawyer), entryRow(placed(2, 0, addDays(day, 1)), translator));
    expect(await titles({})).toEqual([translator.title, lawyer.title]);
  });

  it('finds by words in any order, whatever their case and accents', async () => {
    await fill(entryRow(placed(1), lawyer), entryRow(placed(2), translator));
    expect(await titles({ text: 'GENEVE appeal' })).toEqual([lawyer.title]);
    expect(await titles({ text: 'geneve berlin' })).toEqual([]);
  });

  it('takes Arabic letter forms for one another, and a word with its article for one without', async () => {
    await fill(entryRow(placed(1), lawyer), entryRow(placed(2), translator));
    expect(await titles({ text: 'الانجليزيه' })).toEqual([translator.title]);
    expect(await titles({ text: 'انجليزية' })).toEqual([translator.title]);
  });

  it('filters by skill, language, country and urgency together', async () => {
    await fill(entryRow(placed(1), lawyer), entryRow(placed(2), translator));
    const terms = { skill: 'asylum', language: 'en', country: 'ER', urgency: 'week' } as const;
    expect(await titles(terms)).toEqual([lawyer.title]);
    expect(await titles({ skill: 'asylum', language: 'ar' })).toEqual([]);
  });

  it('filters by age', async () => {
    await fill(entryRow(placed(1, 0, addDays(day, -3)), lawyer), entryRow(placed(2), translator));
    expect(await titles({ maxAgeDays: 3 })).toEqual([translator.title, lawyer.title]);
    expect(await titles({ maxAgeDays: 2 })).toEqual([translator.title]);
  });

  it('lets a withdrawal take an entry away', async () => {
    await fill(entryRow(placed(1), lawyer));
    await fill(withdrawalRow(placed(1, 1)));
    expect(await titles({})).toEqual([]);
    expect(board.size).toBe(0);
  });

  it('shows where a request stands and who its author says to be', async () => {
    await fill(entryRow(placed(1), lawyer), profileRow(placed(0), 'Wren'));
    await fill(statusRow(placed(1), 'helped'));
    expect(await titles({ status: 'helped' })).toEqual([lawyer.title]);
    const address = entryRow(placed(1), lawyer).address;
    expect(board.get(address)).toMatchObject({ status: 'helped', authorName: 'Wren' });
  });

  it('tells which languages and countries occur, most frequent first', async () => {
    await fill(
      entryRow(placed(1), lawyer),
      entryRow(placed(2), translator),
      entryRow(placed(3), translator),
    );
    expect(board.facets()).toEqual({ languages: ['ar', 'en'], countries: ['SY', 'ER'] });
  });
});
