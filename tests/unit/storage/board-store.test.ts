import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryContent } from '#core/records/entry.ts';
import { queryWords } from '#core/search/words.ts';
import {
  requestStatuses,
  skillCodes,
  skills,
  statusCodes,
  urgencies,
  urgencyCodes,
  type RequestStatus,
} from '#core/types/board-terms.ts';
import { addDays, type Day } from '#core/types/day.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { takeLead } from '#storage/lead.ts';
import { mergeSegments, tidyBoard } from '#storage/board-compaction.ts';
import { localOf } from '#storage/board-documents.ts';
import type { ColumnQuery } from '#storage/board-query.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { expireRecords, mergeRecords } from '#storage/record-store.ts';
import { BoardModel, entryRow, hasWords, statusRow, withdrawalRow } from './board-model.ts';

const firstDay = 20_700 as Day;
const token = 'leader';
let opened: WallflowerDatabase[] = [];
let count = 0;

async function openDatabase(name = `board-${count++}`): Promise<WallflowerDatabase> {
  const db = new WallflowerDatabase(name);
  opened.push(db);
  await takeLead(db, token);
  return db;
}

afterEach(async () => {
  for (const db of opened) db.close();
  for (const db of opened) await db.delete();
  opened = [];
});

const anything: ColumnQuery = {
  words: [],
  kind: null,
  skill: null,
  language: null,
  country: null,
  urgency: null,
  status: null,
  fromDay: null,
  afterArrival: null,
  onlyDocuments: null,
  onlyAuthors: null,
  match: null,
};

async function find(
  db: WallflowerDatabase,
  query: Partial<ColumnQuery>,
  offset = 0,
  limit = 1_000,
) {
  await db.board.openAll();
  const page = await db.board.query({ ...anything, ...query }, offset, limit);
  const addresses = page.documents.map((document) =>
    bytesToBase64Url(db.board.documents.segmentOf(document).addressOf(localOf(document))),
  );
  expect(page.records).not.toContain(undefined);
  return { addresses, total: page.total };
}

const vocabulary = [
  'lawyer',
  'camera',
  'Müller',
  'asylum',
  'translate',
  'transport',
  'visa',
  'ÉCOLE',
];
const content: fc.Arbitrary<EntryContent> = fc.record({
  title: fc.constantFrom(...vocabulary),
  text: fc
    .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 5 })
    .map((words) => words.join(' ')),
  language: fc.constantFrom('en', 'fa', 'my'),
  country: fc.constantFrom('', 'KE', 'IR'),
  skills: fc.subarray([...skills], { minLength: 1, maxLength: 4 }),
  urgency: fc.constantFrom(...urgencies),
});
const place = fc.record({
  author: fc.nat(4),
  slot: fc.nat(2),
  rev: fc.nat(3),
  day: fc.nat(20).map((days) => addDays(firstDay, days)),
  until: fc.nat(30).map((days) => addDays(firstDay, 20 + days)),
});
const record = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('entry' as const),
      place,
      content,
      kind: fc.constantFrom('request' as const, 'offer' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('withdrawal' as const), place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('status' as const),
      place,
      status: fc.constantFrom(...requestStatuses),
    }),
  },
);
/** Most wishes are open, so that most questions have answers. */
function seldom<T>(...values: readonly T[]): fc.Arbitrary<T | null> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );
}
const query = fc.record({
  text: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc.constantFrom('lawyer', 'trans', 'camera visa', 'ecole mull', 'asylum ', 'no'),
    },
  ),
  kind: seldom('request' as const, 'offer' as const),
  skill: seldom(...skills.slice(0, 3)),
  language: seldom('en', 'fa', 'fr'),
  country: seldom('KE'),
  urgency: seldom(...urgencies.slice(0, 2)),
  status: seldom<RequestStatus>('open', 'helped'),
  fromDay: seldom(firstDay + 10),
  offset: fc.nat(12),
  limit: fc.integer({ min: 1, max: 30 }),
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('merge' as const),
      records: fc.array(record, { minLength: 1, maxLength: 12, size: 'max' }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('query' as const), query }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('expire' as const), days: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'tidy' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'merge-all' as const }) },
);

describe('the board’s store', () => {
  it('answers as a map and a loop would, whatever comes, goes, is put together or restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 8, maxLength: 25, size: 'max' }),
        async (steps) => {
          let db = await openDatabase();
          const model = new BoardModel();
          let today = firstDay;
          for (const one of steps) {
            switch (one.type) {
              case 'merge': {
                const rows = one.records.map((made) => {
                  if (made.type === 'status') {
                    const row = statusRow(made.place, made.status);
                    model.addStatus(row, made.status);
                    return row;
                  }
                  const { author, slot } = made.place;
                  if (made.type === 'withdrawal') {
                    const row = withdrawalRow(made.place);
                    model.addEntry(row, { author, slot, kind: 'request', entry: null });
                    return row;
                  }
                  const row = entryRow(made.place, made.content, made.kind);
                  model.addEntry(row, { author, slot, kind: made.kind, entry: made.content });
                  return row;
                });
                await mergeRecords(db, rows);
                break;
              }
              case 'expire':
                today = addDays(today, one.days);
                await expireRecords(db, today);
                model.expire(today);
                break;
              case 'restart':
                db.close();
                db = await openDatabase(db.name);
                break;
              case 'tidy':
                await tidyBoard(db, token);
                break;
              case 'merge-all':
                await db.board.openAll();
                await mergeSegments(
                  db,
                  token,
                  db.board.documents.segments.filter((segment) => segment !== null),
                );
                break;
              case 'query': {
                const {
                  text,
                  kind,
                  skill,
                  language,
                  country,
                  urgency,
                  status,
                  fromDay,
                  offset,
                  limit,
                } = one.query;
                const expected = model.find(
                  (entry, facts, itsStatus) =>
                    hasWords(entry, text.trimEnd()) === true &&
                    (!text.endsWith(' ') ||
                      ` ${entry.title} ${entry.text} `.includes(` ${text}`)) &&
                    (kind === null || facts.kind === kind) &&
                    (skill === null || entry.skills.includes(skill)) &&
                    (language === null || entry.language === language) &&
                    (country === null || entry.country === country) &&
                    (urgency === null || entry.urgency === urgency) &&
                    (status === null || itsStatus === status) &&
                    (fromDay === null || facts.row.day >= fromDay),
                );
                const found = await find(
                  db,
                  {
                    words: queryWords(text),
                    kind: kind && recordKinds[kind],
                    skill: skill && 1 << skillCodes[skill],
                    language,
                    country,
                    urgency: urgency && urgencyCodes[urgency],
                    status: status && statusCodes[status],
                    fromDay,
                  },
                  offset,
                  limit,
                );
                expect(found.addresses).toEqual(expected.slice(offset, offset + limit));
                expect(found.total).toBe(expected.length);
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
