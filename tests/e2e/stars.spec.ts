import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { openPhone, type Phone, type PhoneOptions } from '../support/phone.ts';
import {
  createVault,
  lookForNews,
  openConversation,
  openEntry,
  postRequest,
  requestTitle,
  waitForContactCard,
  walkTo,
} from '../support/phone-actions.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'seven lamps over a quiet harbour';
const signCharter = fileURLToPath(new URL('../../src/relay/sign-charter.ts', import.meta.url));
/** A steward who is nobody on these phones: the relay starts before the real one has a key. */
const strangersKey = Buffer.alloc(32, 7).toString('base64url');

let folder: string;
let relay: ServedApp;
const phones: Phone[] = [];

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallflower-stars-'));
  await nameSteward(strangersKey);
  relay = await serveApp({ flags: ['--charter', join(folder, 'charter.cbor')] });
});

test.afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.throwAway();
  await relay.throwAway();
  await rm(folder, { recursive: true, force: true });
});

/** Signs the charter as its keeper does, on a machine of the keeper's own. */
async function nameSteward(key: string): Promise<void> {
  const flags = [
    '--name',
    'The lighthouse circle',
    '--key',
    'charter.key',
    '--out',
    'charter.cbor',
  ];
  await promisify(execFile)(process.execPath, [signCharter, ...flags, '--steward', key], {
    cwd: folder,
  });
}

async function openPhoneWithVault(options: PhoneOptions = {}): Promise<Phone> {
  const phone = await openPhone(relay.origin, options);
  phones.push(phone);
  await phone.goto('/');
  await createVault(phone.page, passphrase);
  return phone;
}

/** Makes a persona with a public name; gives the key that its owner sends to the charter's keeper. */
async function makePersona({ page, context }: Phone): Promise<string> {
  await page.getByRole('button', { name: 'New persona' }).click();
  await page.getByLabel('Name on this device').fill('Steward');
  await page.getByRole('button', { name: 'Create persona' }).click();
  await page.getByRole('button', { name: 'Public profile' }).click();
  await page.getByLabel('Public name').fill('Heron');
  await page.getByRole('button', { name: 'See what becomes public' }).click();
  await page.getByRole('button', { name: 'Publish profile' }).click();
  await page.getByRole('button', { name: 'Copy key' }).click();
  await expect(page.getByText('Key copied')).toBeVisible();
  return paste(context);
}

/** A phone of somebody whom the charter names. */
async function openSteward(): Promise<Phone> {
  const phone = await openPhoneWithVault();
  const key = await makePersona(phone);
  await lookForNews(phone.page);
  await relay.stop();
  await nameSteward(key);
  await relay.start();
  return phone;
}

/** What a person gets who pastes into another page. */
async function paste(context: BrowserContext): Promise<string> {
  const page = await context.newPage();
  await page.setContent('<textarea autofocus></textarea>');
  await page.getByRole('textbox').press('Control+V');
  const pasted = await page.getByRole('textbox').inputValue();
  await page.close();
  return pasted;
}

async function giveStars(page: Page, stars: RegExp): Promise<void> {
  await page.getByRole('radio', { name: stars }).check();
  await page.getByLabel('How you know').selectOption({ label: 'I have seen papers' });
  await page.getByRole('button', { name: 'Give stars' }).click();
  await expect(page.getByText('The stars are signed')).toBeVisible();
}

async function findEntry(page: Page): Promise<void> {
  await lookForNews(page);
  await openEntry(page, requestTitle);
}

test('a steward vets who asks; others see by whom and how, filter by it, and are warned', async () => {
  const steward = await openSteward();
  const author = await openPhoneWithVault();
  await postRequest(author.page, { title: requestTitle, text: 'Two pages, a hearing next week.' });
  await lookForNews(author.page);

  await findEntry(steward.page);
  await expect(steward.page.getByText('has vetted this person yet')).toBeVisible();
  await steward.page.getByRole('button', { name: 'Vet this person' }).click();
  await giveStars(steward.page, /^4 of 5 stars/);
  await lookForNews(steward.page);

  const reader = await openPhone(relay.origin);
  phones.push(reader);
  await reader.goto('/');
  const { page } = reader;
  const card = page.getByRole('article').filter({ hasText: requestTitle });
  await expect(card.getByText('4 of 5 stars')).toBeAttached();
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Stars').selectOption({ label: '5' });
  await expect(card).toBeHidden();
  await page.getByLabel('Stars').selectOption({ label: '4 or more' });
  await expect(card).toBeVisible();
  await page.getByLabel('Stars').selectOption({ label: 'Any' });
  await openEntry(page, requestTitle);
  await expect(page.getByText(/Given by .?Heron.? on .+, until .+: saw papers/)).toBeVisible();
  await walkTo(page, 'Network');
  const charter = page.getByRole('region', { name: 'Who vets people here' });
  await expect(charter).toContainText('The lighthouse circle');
  await expect(charter).toContainText('Heron');

  await openEntry(steward.page, requestTitle);
  await steward.page.getByRole('button', { name: 'Change stars' }).click();
  await giveStars(steward.page, /^Not trusted by the stewards/);
  await lookForNews(steward.page);
  await findEntry(page);
  await expect(page.getByRole('note').getByText('warns of this person')).toBeVisible();
  await page.getByRole('button', { name: 'Reply privately' }).click();
  await expect(page.getByRole('note').getByText('warns of this person')).toBeVisible();
  await walkTo(author.page, 'Me');
  await lookForNews(author.page);
  await walkTo(author.page, 'Me');
  await expect(author.page.getByText(/Warning by .?Heron.? of /)).toBeVisible();

  await openEntry(steward.page, requestTitle);
  await steward.page.getByRole('button', { name: 'Take stars back' }).click();
  await steward.page.getByRole('dialog').getByRole('button', { name: 'Take stars back' }).click();
  await expect(steward.page.getByText('The stars are taken back')).toBeVisible();
  await lookForNews(steward.page);
  await findEntry(page);
  await expect(page.getByText('has vetted this person yet')).toBeVisible();
  await expect(page.getByText('warns of this person')).toBeHidden();
});

test('who is written to by a stranger sees that person’s stars before deciding', async () => {
  const steward = await openSteward();
  const helper = await openPhoneWithVault();
  await postRequest(helper.page, { title: 'I read charge sheets', text: 'In two languages.' });
  await lookForNews(helper.page);
  await lookForNews(steward.page);
  await openEntry(steward.page, 'I read charge sheets');
  await steward.page.getByRole('button', { name: 'Vet this person' }).click();
  await giveStars(steward.page, /^5 of 5 stars/);
  await lookForNews(steward.page);

  const author = await openPhoneWithVault();
  await postRequest(author.page, { title: requestTitle, text: 'Two pages, a hearing next week.' });
  await lookForNews(author.page);
  await findEntry(helper.page);
  await waitForContactCard(helper.page);
  await helper.page.getByRole('button', { name: 'Reply privately' }).click();
  const known = helper.page.getByLabel('Write as').locator('option', { hasText: '5 of 5 stars' });
  await helper.page.getByLabel('Write as').selectOption(await known.innerText());
  await helper.page.getByLabel('Message', { exact: true }).fill('I can read it tonight.');
  await helper.page.getByRole('button', { name: 'Send' }).click();
  await lookForNews(helper.page);

  await lookForNews(author.page);
  await walkTo(author.page, 'Messages');
  const stranger = author.page.getByRole('article').filter({ hasText: 'I can read it tonight.' });
  await expect(stranger.getByText(/Given by .?Heron.? on /)).toBeVisible();
  await stranger.getByRole('button', { name: 'Accept' }).click();
  await openConversation(author.page);
  await expect(author.page.getByText('5 of 5 stars')).toBeAttached();
});
