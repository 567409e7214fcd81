import { zstdCompressSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { encodePack, packHeader } from '#core/records/pack.ts';
import { decodeRecord, encodeRecord, type SignedRecord } from '#core/records/record.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';
import { requestOf as requestOnDay } from '../relay/people.ts';
import {
  startLyingRelay,
  type Lie,
  type LyingRelay,
  type ToldPack,
} from '../support/lying-relay.ts';
import { lookForNews, openEntry, walkTo } from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const badRecords = 'It sent entries that do not prove themselves.';
const oldRevisions = 'It sends older versions of entries again and again.';
const badAnswers = 'It answers in a way this app does not understand.';
const misbehaves = 'Something is wrong with it';
const answers = 'Answers';

const today = dayOf(Date.now());
const requestOf = (number: number, facts: Parameters<typeof requestOnDay>[1] = {}) =>
  requestOnDay(number, { day: today, ...facts });

const heldTitle = 'Request 2, put right';
const board = [
  requestOf(1),
  requestOf(2, { rev: 2, title: heldTitle }),
  requestOf(3, { author: 2 }),
];

let relay: ServedApp;
let liar: LyingRelay;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  await publish(board);
  liar = await startLyingRelay(relay.origin);
  phone = await openPhone(liar.origin);
  await phone.goto('/');
  await phone.waitForShell();
  await lookForNews(phone.page);
  await expectBoard(['Request 1', heldTitle, 'Request 3']);
});

test.afterEach(async () => {
  await phone.throwAway();
  await liar.close();
  await relay.throwAway();
});

async function publish(records: readonly Bytes[]): Promise<void> {
  const answer = await fetch(`${relay.origin}/v1/records`, {
    method: 'POST',
    headers: { 'content-type': cborSequenceType },
    body: concatBytes(...records),
  });
  expect(answer.status).toBe(200);
}

/** The titles on the board, once there are as many as it says; what has just come may not be among them yet. */
async function boardTitles(page: Page): Promise<readonly string[]> {
  await walkTo(page, 'Board');
  const count = page.getByText(/^\d+ entr(y|ies)$/);
  const headings = page.getByRole('main').getByRole('article').getByRole('heading');
  await expect(async () => {
    expect(await headings.count()).toBe(Number.parseInt(await count.innerText(), 10));
  }).toPass({ timeout: 20_000 });
  return (await headings.allTextContents()).map((title) => title.trim()).sort();
}

/** The board comes to hold these and no others. */
async function expectBoard(titles: readonly string[]): Promise<void> {
  await expect.poll(() => boardTitles(phone.page), { timeout: 20_000 }).toEqual(titles);
}

const adding =
  (...records: readonly Uint8Array[]): Lie =>
  (honest) => ({ ...honest, records: [...honest.records, ...records] });

/** Has the phone ask a relay that lies every time. */
async function hear(lie: Lie): Promise<void> {
  const before = liar.told;
  liar.tell(lie);
  await lookForNews(phone.page);
  expect(liar.told).toBeGreaterThan(before);
}

async function expectRelayToBe(health: string, sentence?: string): Promise<void> {
  const { page } = phone;
  await walkTo(page, 'Network');
  const card = page.getByRole('article').filter({ hasText: liar.origin });
  await expect(card.getByText(health, { exact: true })).toBeVisible();
  if (sentence === undefined) await expect(card).not.toContainText(misbehaves);
  else await expect(card).toContainText(sentence);
}

/** The board is what it was, now and after a reload, and every entry can be read. */
async function expectTheSameBoard(): Promise<void> {
  const { page } = phone;
  const titles = ['Request 1', heldTitle, 'Request 3'];
  expect(await boardTitles(page)).toEqual(titles);
  await openEntry(page, heldTitle);
  await expect(page.getByText('Two people to read a letter.')).toBeVisible();
  await phone.goto('/');
  expect(await boardTitles(page)).toEqual(titles);
}

/** Once it is honest again, what is new comes in, and no lie with it. */
async function expectNewsFromHonesty(): Promise<void> {
  liar.beHonest();
  await publish([requestOf(90, { title: 'Request after the lies' })]);
  await lookForNews(phone.page);
  await expectRelayToBe(answers);
  await expectBoard(['Request 1', heldTitle, 'Request 3', 'Request after the lies']);
}

function takeApart(bytes: Uint8Array): SignedRecord {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new Error('A record of the test’s own does not decode.');
  return record.value;
}

function withSignatureOf(record: Bytes, other: Bytes): Bytes {
  return encodeRecord({ ...takeApart(record), signature: takeApart(other).signature });
}

function forgeAuthor(record: Bytes, other: Bytes): Bytes {
  return encodeRecord({ ...takeApart(record), author: takeApart(other).author });
}

/** One byte of the title says something else. */
function alterTitle(record: Bytes, title: string): Bytes {
  const at = Buffer.from(record).indexOf(title);
  if (at < 0) throw new Error('The title is not in the record.');
  return record.map((byte, index) => (index === at ? byte ^ 1 : byte)) as Bytes;
}

test('a true record that the relay adds is taken in', async () => {
  await hear(adding(requestOf(50, { title: 'Added and true' })));
  await expectRelayToBe(answers);
  await expect.poll(() => boardTitles(phone.page)).toContain('Added and true');
});

const badRecordLies: readonly [string, Lie][] = [
  [
    'with the signatures of other records',
    adding(
      withSignatureOf(requestOf(51), requestOf(52)),
      withSignatureOf(requestOf(52), requestOf(51)),
      withSignatureOf(requestOf(2, { rev: 3, title: 'Request 2, taken over' }), requestOf(51)),
    ),
  ],
  ['altered in one byte', adding(alterTitle(requestOf(53), 'Request 53'))],
  ['in the name of somebody else', adding(forgeAuthor(requestOf(54), requestOf(3, { author: 2 })))],
  ['that are no records', adding(new Uint8Array([1]), new Uint8Array(0))],
];

for (const [what, lie] of badRecordLies) {
  test(`records ${what} are thrown away, and the relay is named for it`, async () => {
    await hear(lie);
    await expectRelayToBe(misbehaves, badRecords);
    await expectTheSameBoard();
    await expectNewsFromHonesty();
  });
}

test('a record that was damaged once in passing comes with a later visit', async () => {
  const title = 'Request 80, damaged';
  liar.tell((honest) => ({
    ...honest,
    records: honest.records.map((record) =>
      Buffer.from(record).includes(title) ? alterTitle(record as Bytes, title) : record,
    ),
  }));
  await publish([requestOf(80, { title })]);
  await lookForNews(phone.page);
  expect(await boardTitles(phone.page)).not.toContain(title);
  liar.beHonest();
  await lookForNews(phone.page);
  await expect.poll(() => boardTitles(phone.page)).toContain(title);
});

const quietLies: readonly [string, Lie][] = [
  ['an older revision of what is held', adding(requestOf(2, { rev: 1, title: 'Request 2' }))],
  [
    'a record dated days ahead',
    adding(
      requestOf(55, { day: addDays(today, 3) }),
      requestOf(2, { rev: 9, day: addDays(today, 3), title: 'Request 2 of next week' }),
    ),
  ],
];

for (const [what, lie] of quietLies) {
  test(`${what} changes nothing`, async () => {
    await hear(lie);
    await expectRelayToBe(answers);
    await expectTheSameBoard();
    await expectNewsFromHonesty();
  });
}

test('the same older revision, sent again and again, gets the relay named', async () => {
  const lie = adding(requestOf(2, { rev: 1, title: 'Request 2' }));
  await hear(lie);
  await hear(lie);
  await expectRelayToBe(misbehaves, oldRevisions);
  await expectTheSameBoard();
  await expectNewsFromHonesty();
});

test('what a relay did stays said until it has brought a clean board', async () => {
  await hear(adding(alterTitle(requestOf(53), 'Request 53')));
  await expectRelayToBe(misbehaves, badRecords);
  await phone.goto('/');
  await expectRelayToBe(misbehaves, badRecords);
});

const otherEpoch = new Uint8Array(16).fill(7);
const brokenAnswers: readonly [string, Lie][] = [
  ['a cursor that goes backwards', (honest) => ({ ...honest, next: 0 })],
  ['a list that never ends', (honest) => ({ ...honest, more: true, records: [] })],
  ['a list that never ends, of records that are held', (honest) => ({ ...honest, more: true })],
  ['another epoch than the one it greets with', (honest) => ({ ...honest, epoch: otherEpoch })],
];

for (const [what, lie] of brokenAnswers) {
  test(`${what} ends the visit, and the relay is named for it`, async () => {
    await hear(lie);
    await expectRelayToBe(misbehaves, badAnswers);
    await expectTheSameBoard();
    await expectNewsFromHonesty();
  });
}

test('a list that never ends and always moves on leaves the page free, and does no lasting harm', async () => {
  const { page } = phone;
  liar.tell((honest) => ({ ...honest, next: honest.next + liar.told, more: true }));
  await walkTo(page, 'Network');
  await page.getByRole('button', { name: 'Look for news now' }).click();
  await expect.poll(() => liar.told).toBeGreaterThan(20);
  await expectTheSameBoard();

  liar.beHonest();
  await publish([requestOf(90, { title: 'Request after the lies' })]);
  await expect(async () => {
    await lookForNews(page);
    expect(await boardTitles(page)).toContain('Request after the lies');
  }).toPass({ timeout: 60_000 });
  await expectRelayToBe(answers);
});

const packed = (body: Bytes, facts: Partial<ToldPack> = {}): ToldPack => ({
  hash: sha256Bytes(body),
  bytes: body.length,
  body,
  ...facts,
});
const truePack = encodePack([takeApart(requestOf(60))]);
const heldPack = encodePack([takeApart(requestOf(1))]);
const hostilePacks: readonly [string, string, readonly ToldPack[]][] = [
  ['is not its hash', badAnswers, [packed(heldPack, { hash: sha256Bytes(truePack) })]],
  [
    'unpacks to 64 MB',
    badAnswers,
    [packed(concatBytes(packHeader('zstd'), zstdCompressSync(new Uint8Array(64_000_000))))],
  ],
  ['is one of more than any phone holds', badAnswers, [packed(truePack, { bytes: 4_000_000_000 })]],
  ['is never there', badAnswers, [packed(truePack, { body: null })]],
  [
    'holds what nobody signed',
    badRecords,
    [packed(encodePack([takeApart(withSignatureOf(requestOf(61), requestOf(62)))]))],
  ],
];

for (const [what, sentence, packs] of hostilePacks) {
  test(`a pack that ${what} changes nothing, and the relay is named for it`, async () => {
    liar.tellPacks(packs);
    await lookForNews(phone.page);
    expect(liar.told).toBeGreaterThan(0);
    await expectRelayToBe(misbehaves, sentence);
    await expectTheSameBoard();
    await expectNewsFromHonesty();
  });
}
