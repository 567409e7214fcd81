import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import {
  createVault,
  openEntry,
  postRequest,
  requestTitle,
  walkTo,
} from '../support/phone-actions.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const oldPassphrase = 'grey gulls over the old harbour';
const newPassphrase = 'seven lamps on a narrow stair';

let app: ServedApp;
const phones: Phone[] = [];

test.beforeEach(async () => {
  test.setTimeout(240_000);
  app = await serveApp();
});

test.afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.throwAway();
  await app.throwAway();
});

async function newPhone(passphrase: string): Promise<Page> {
  const phone = await openPhone(app.origin);
  phones.push(phone);
  await phone.goto('/');
  await createVault(phone.page, passphrase);
  return phone.page;
}

async function openBackup(page: Page): Promise<void> {
  await walkTo(page, 'Me');
  await page.getByRole('link', { name: 'Recovery and backup' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Recovery and backup' })).toBeVisible();
}

test('A lost phone: words on paper and a file bring the persona back on another', async () => {
  const old = await newPhone(oldPassphrase);
  await postRequest(old, { title: requestTitle, text: 'Two pages, before Friday.' });
  await openBackup(old);
  await expect(old.getByText('First write down the recovery words')).toBeVisible();
  await old.getByRole('button', { name: 'Show the words' }).click();
  const items = old.getByRole('main').getByRole('listitem');
  await expect(items).toHaveCount(12);
  const words = await items.allInnerTexts();
  await old.getByRole('button', { name: 'I have written them down' }).click();
  await expect(items).toHaveCount(0);

  const typed = old.getByLabel('Type the twelve words');
  await typed.fill(words.map((word, index) => (index === 2 ? 'zebra' : word)).join(' '));
  await old.getByRole('button', { name: 'Compare' }).click();
  await expect(old.getByText('Word 3 is not the one')).toBeVisible();
  await typed.fill(words.join(' '));
  await old.getByRole('button', { name: 'Compare' }).click();
  await expect(old.getByText('You have typed them back')).toBeVisible();

  const saving = old.waitForEvent('download');
  await old.getByRole('button', { name: 'Save backup file' }).click();
  const download = await saving;
  expect(download.suggestedFilename()).not.toMatch(/wallflower|backup/i);
  const file = await download.path();
  const bytes = await readFile(file);
  expect(bytes.includes(requestTitle)).toBe(false);
  const axe = await new AxeBuilder({ page: old }).analyze();
  expect(axe.violations).toEqual([]);

  const fresh = await newPhone(newPassphrase);
  await openBackup(fresh);
  await fresh.getByLabel('Backup file').setInputFiles(file);
  const fields = fresh.getByLabel('Its recovery words');
  await fields.fill(words.slice(0, 11).join(' '));
  await fresh.getByRole('button', { name: 'Look inside' }).click();
  await expect(fresh.getByText('These are not the recovery words')).toBeVisible();
  await fields.fill(words.join(' '));
  await fresh.getByRole('button', { name: 'Look inside' }).click();
  await fresh.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(fresh.getByText('Restored.')).toBeVisible();
  await openEntry(fresh, requestTitle);
  await expect(fresh.getByRole('button', { name: 'Withdraw' })).toBeVisible();
});
