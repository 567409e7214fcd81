import { expect, test, type Page } from '@playwright/test';
import type { PathTrouble } from '../support/link-troubles.ts';
import {
  createVault,
  lookForNews,
  openEntry,
  postRequest,
  requestTitle,
  walkTo,
} from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'nine copper bells ring under water';
const portalWords = 'Another page answers in this relay';

let relay: ServedApp;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp({ demo: true });
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.waitForShell();
  await expect(firstEntry(phone.page)).toBeVisible();
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

const firstEntry = (page: Page) => page.getByRole('main').getByRole('article').first();

test('a captive portal is recognised, named, and costs nothing', async () => {
  const { page } = phone;
  await createVault(page, passphrase);
  phone.link.set({ portal: true });
  await postRequest(page, { title: requestTitle, text: 'Two pages, before Friday.' });
  await expect(page.getByText('Waiting on this phone').first()).toBeVisible();

  await lookForNews(page);
  await expect(page.getByText(portalWords)).toBeVisible();
  await expect(page.getByText('Airport Wi-Fi')).toHaveCount(0);
  await walkTo(page, 'Board');
  await expect(firstEntry(page)).toBeVisible();

  phone.link.heal();
  await lookForNews(page);
  await expect(page.getByText(portalWords)).toHaveCount(0);
  await openEntry(page, requestTitle);
  await expect(page.getByText('On the relay').first()).toBeVisible();
});

test('the app opens behind a captive portal', async () => {
  phone.link.set({ portal: true });
  for (const path of ['/', '/network', '/learn']) {
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(phone.page.getByText('Airport Wi-Fi')).toHaveCount(0);
  }
});

const damages: readonly [string, PathTrouble['does']][] = [
  ['cut short', { kind: 'truncate', afterBytes: 900 }],
  ['altered in one byte', { kind: 'alter', offset: 40 }],
  ['reset', { kind: 'reset' }],
];

for (const [what, does] of damages) {
  test(`answers of the relay that are ${what} lose nothing`, async () => {
    const { page } = phone;
    await createVault(page, passphrase);
    phone.link.set({ paths: [{ request: / \/v1\//, does }] });
    await postRequest(page, { title: requestTitle, text: 'Two pages, before Friday.' });
    await lookForNews(page);
    await walkTo(page, 'Board');
    await expect(firstEntry(page)).toBeVisible();

    phone.link.heal();
    await lookForNews(page);
    await openEntry(page, requestTitle);
    await expect(page.getByText('On the relay').first()).toBeVisible();
    await walkTo(page, 'Board');
    await expect(page.getByRole('main').getByRole('link', { name: requestTitle })).toHaveCount(1);
  });
}

test('a first visit whose board arrives damaged shows it whole once the link is good', async () => {
  const other = await openPhone(relay.origin);
  const request = / \/v1\/board\//;
  other.link.set({ paths: [{ request, does: { kind: 'alter', offset: 3_000 } }] });
  await other.goto('/');
  await expect.poll(() => other.link.requests.some((line) => request.test(line))).toBe(true);
  other.link.heal();
  await lookForNews(other.page);
  await walkTo(other.page, 'Board');
  await expect(firstEntry(other.page)).toBeVisible();
  const countOf = (page: Page) => page.getByText(/^\d+ entries$/).innerText();
  await walkTo(phone.page, 'Board');
  expect(await countOf(other.page)).toBe(await countOf(phone.page));
  await other.throwAway();
});
