import { expect, test } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp();
  phone = await openPhone(relay.origin, { locale: 'ar' });
});

test.afterAll(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

test('an empty search box runs the way its page does, and what is typed its own way', async () => {
  await phone.goto('/');
  const box = phone.page.getByRole('searchbox');
  await expect(box).toHaveCSS('direction', 'rtl');
  await box.fill('lawyer');
  await expect(box).toHaveCSS('direction', 'ltr');
  await box.fill('محام');
  await expect(box).toHaveCSS('direction', 'rtl');
  await box.fill('');
  await expect(box).toHaveCSS('direction', 'rtl');
});
