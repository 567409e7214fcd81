import { expect, test, type Page } from '@playwright/test';
import { createVault, postRequest, requestTitle } from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'seven lamps over a quiet harbour';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp();
});
test.afterAll(() => relay.throwAway());

test.beforeEach(async () => {
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await createVault(phone.page, passphrase);
  await postRequest(phone.page, { title: requestTitle, text: 'Two pages.' });
});
test.afterEach(() => phone.throwAway());

/** Nothing is on the screen, and Back brings nothing back. */
async function expectNothing(page: Page): Promise<void> {
  await expect(page).toHaveURL('about:blank');
  await page.goBack().catch(() => null);
  await expect.poll(() => page.locator('body').textContent()).toBe('');
  expect(await page.title()).toBe('');
}

test('leaves at once, and going back brings nothing back', async () => {
  await phone.page.getByRole('button', { name: 'Leave now' }).click();
  await expectNothing(phone.page);
});

test('leaves from within a dialog, and the vault is locked afterwards', async () => {
  const { page } = phone;
  await page.getByRole('button', { name: 'Language and look' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave now' }).click();
  await expectNothing(page);
  await phone.goto('/me');
  await expect(page.getByRole('button', { name: 'Unlock' })).toBeVisible();
});
