import { expect, test, type Locator } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
  phone = await openPhone(relay.origin, { locale: 'ar' });
});

test.afterAll(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

test('an empty search box runs the way its page does, and what is typed its own way', async () => {
  await phone.goto('/');
  const box = phone.page.getByRole('searchbox');
  await expect(phone.page.getByRole('article').first()).toBeVisible();
  const edges = await box.boundingBox();
  if (edges === null) throw new Error('There is no search box.');
  const { x, y, width, height } = edges;
  // Beside the cross that clears the box, where neither its words nor a short Arabic word reach.
  const clip = { x: x + 0.18 * width, y, width: 0.15 * width, height };
  const leftSide = () => phone.page.screenshot({ clip });
  const empty = await leftSide();
  const isEmptyWith = async (text: string) => {
    await box.fill(text);
    await box.blur();
    return empty.equals(await leftSide());
  };
  expect(await isEmptyWith('lawyer')).toBe(false);
  expect(await isEmptyWith('محام')).toBe(true);
  expect(await isEmptyWith('')).toBe(true);
});

test('a touch on the search box brings it to the top, so that a keyboard covers less of what is found', async () => {
  const { page } = phone;
  const session = await phone.context.newCDPSession(page);
  const box = page.getByRole('searchbox');
  const topOf = async (what: Locator) => (await what.boundingBox())?.y ?? Number.NaN;
  const first = page.getByRole('article').first();
  await phone.goto('/');
  await first.waitFor();
  const [boxBefore, firstBefore] = [await topOf(box), await topOf(first)];
  await box.focus();
  expect(await topOf(box)).toBe(boxBefore);
  await box.blur();

  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await box.focus();
  const top = await topOf(box);
  const header = await page.locator('header').first().boundingBox();
  expect(top).toBeGreaterThan((header?.y ?? 0) + (header?.height ?? 0));
  expect(top).toBeLessThan(100);
  expect(await topOf(first)).toBeLessThan(firstBefore - 100);

  await box.fill('qqqqzzzz');
  await expect(first).toHaveCount(0);
  expect(await topOf(box)).toBe(top);
  await box.press('Enter');
  await expect(box).not.toBeFocused();
  expect(await topOf(box)).toBe(top);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await session.detach();
});
