import { beforeAll, describe, expect, it } from 'vitest';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { entryToContent, type EntryContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import type { SignedRecord } from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaSeed, Slot } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { BoardIndex } from '#engine/board-index.ts';
import type { BoardQuery } from '#engine/api/board-calls.ts';
import { toRecordRow } from '#sync/record-intake.ts';

const day = 20_778 as Day;
const seed = new Uint8Array(32).fill(7) as PersonaSeed;
let crypto: CryptoPort;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
});

const anything: BoardQuery = {
  text: '',
  kind: null,
  skill: null,
  language: null,
  country: null,
  urgency: null,
  savedOnly: false,
  mineOnly: false,
  offset: 0,
  limit: 20,
};
const nobody = { isMine: () => false, isSaved: () => false };

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

function slot(number: number): Slot {
  return Uint8Array.of(1, 0, 0, number) as Slot;
}

function row(record: SignedRecord) {
  const checked = checkSignedRecord(record);
  if (!checked.ok) throw new Error(checked.error.code);
  return toRecordRow(checked.value);
}

function post(number: number, entry: EntryContent, rev = 0, posted: Day = day) {
  const signer = { key: crypto.personaKey(seed), seed };
  const header = {
    kind: recordKinds.request,
    slot: slot(number),
    rev,
    day: posted,
    until: addDays(posted, 30),
  };
  return row(composeRecord(crypto, signer, header, entryToContent(entry)));
}

function boardOf(...rows: ReturnType<typeof row>[]) {
  const board = new BoardIndex();
  board.take(rows);
  return board;
}

function titles(board: BoardIndex, query: Partial<BoardQuery>) {
  return board.find({ ...anything, ...query }, nobody).map(({ entry }) => entry.title);
}

describe('the board in memory', () => {
  it('shows the newest day first', () => {
    const board = boardOf(post(1, lawyer), post(2, translator, 0, addDays(day, 1)));
    expect(titles(board, {})).toEqual([translator.title, lawyer.title]);
  });

  it('finds by words in any order, whatever their case and accents', () => {
    const board = boardOf(post(1, lawyer), post(2, translator));
    expect(titles(board, { text: 'GENEVE appeal' })).toEqual([lawyer.title]);
    expect(titles(board, { text: 'geneve berlin' })).toEqual([]);
  });

  it('takes Arabic letter forms for one another', () => {
    const board = boardOf(post(1, lawyer), post(2, translator));
    expect(titles(board, { text: 'الانجليزيه' })).toEqual([translator.title]);
  });

  it('filters by skill, language, country and urgency together', () => {
    const board = boardOf(post(1, lawyer), post(2, translator));
    expect(
      titles(board, { skill: 'asylum', language: 'en', country: 'ER', urgency: 'week' }),
    ).toEqual([lawyer.title]);
    expect(titles(board, { skill: 'asylum', language: 'ar' })).toEqual([]);
  });

  it('lets a withdrawal take an entry away', () => {
    const board = boardOf(post(1, lawyer));
    const signer = { key: crypto.personaKey(seed), seed };
    const header = { kind: recordKinds.request, slot: slot(1), rev: 1, day };
    board.take([row(composeWithdrawal(crypto, signer, header))]);
    expect(titles(board, {})).toEqual([]);
  });

  it('shows where a request stands, as its author says', () => {
    const board = boardOf(post(1, lawyer));
    const signer = { key: crypto.personaKey(seed), seed };
    const header = {
      kind: recordKinds.status,
      slot: slot(1),
      rev: 0,
      day,
      until: addDays(day, 30),
    };
    board.take([row(composeRecord(crypto, signer, header, statusToContent({ status: 'helped' })))]);
    const [entry] = board.find(anything, nobody);
    expect(entry && board.statusOf(entry)).toBe('helped');
  });
});
