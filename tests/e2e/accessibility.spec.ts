import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { screenPaths, walkThroughOpenVault } from '../support/all-screens.ts';
import { lookIntoConversation, messageWith, walkTo } from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';
import { firstMessage, introduceTwoPhones, type TwoPhones } from '../support/two-phones.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
});

test.afterAll(async () => {
  await relay.throwAway();
});

let phones: TwoPhones | undefined;

test.afterEach(async () => {
  await phones?.throwAway();
  if (phones === undefined) await phone.throwAway();
  phones = undefined;
});

/** Every fault that axe finds from the top of the screen, as rule and place. */
async function listFaults(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

for (const locale of ['en-GB', 'ar']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every screen in ${locale}, ${colorScheme}, is without a fault`, async () => {
      phone = await openPhone(relay.origin, { locale, colorScheme });
      const faults: Record<string, string[]> = {};
      for (const [name, path] of Object.entries(screenPaths)) {
        await phone.goto(path);
        await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
        if (path === '/') await expect(phone.page.getByRole('article').first()).toBeVisible();
        const found = await listFaults(phone.page);
        if (found.length > 0) faults[name] = found;
      }
      expect(faults).toEqual({});
      await expect(phone.page.locator('html')).toHaveAttribute('lang', locale.slice(0, 2));
    });
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what stands behind the vault, ${colorScheme}, is without a fault`, async () => {
    phone = await openPhone(relay.origin, { colorScheme });
    await phone.goto('/');
    const faults: Record<string, string[]> = {};
    await walkThroughOpenVault(phone.page, 'eight silver moths cross the yard', async (name) => {
      const found = await listFaults(phone.page);
      if (found.length > 0) faults[name] = found;
    });
    expect(faults).toEqual({});
  });
}

test('what two people see of each other is without a fault, light and dark', async () => {
  test.setTimeout(300_000);
  phones = await introduceTwoPhones();
  const { page } = phones.writer;
  const faults: Record<string, string[]> = {};
  const look = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await listFaults(page);
      if (found.length > 0) faults[`${name}, ${colorScheme}`] = found;
    }
  };
  const openMenu = async () => {
    await page.getByRole('button', { name: 'About this conversation' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  };
  await walkTo(page, 'Messages');
  await expect(page.getByRole('button', { name: 'Accept' })).toBeVisible();
  await look('tray');
  await lookIntoConversation(page);
  await look('first contact');
  await page.getByRole('button', { name: 'Accept' }).click();
  await openMenu();
  await look('menu');
  await page.getByRole('radio', { name: '30 days' }).check();
  await page.keyboard.press('Escape');
  await expect(messageWith(page, 'You chose')).toBeVisible();
  await look('conversation with a notice');
  await messageWith(page, firstMessage).getByRole('button').click();
  await look('deletion of a message');
  await page.keyboard.press('Escape');
  await openMenu();
  await page.getByRole('button', { name: 'Verify contact' }).click();
  await expect(page.getByRole('img', { name: 'Your code' })).toBeVisible();
  await page.getByText('Code as text').click();
  await look('verification');
  await page.getByRole('button', { name: 'They do not match' }).click();
  await look('verification that failed');
  await page.getByRole('button', { name: 'They match', exact: true }).click();
  await expect(page.getByText('You verified this contact')).toBeVisible();
  await look('verified');
  await page.getByRole('button', { name: 'Scan their code' }).click();
  await expect(page.getByText('No camera can be used here.')).toBeVisible();
  await look('scanner without a camera');
  await page.keyboard.press('Escape');
  await walkTo(page, 'Messages');
  await page.getByLabel('Search messages').fill('lawyer');
  await expect(page.getByText('1 message found')).toBeVisible();
  await look('search');
  await page.getByLabel('Search messages').fill('');
  await lookIntoConversation(page);
  await openMenu();
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText('You have blocked this person')).toBeVisible();
  await look('blocked');
  await walkTo(page, 'Messages');
  await page.getByText('1 put aside').click();
  await look('put aside');
  expect(faults).toEqual({});
});
