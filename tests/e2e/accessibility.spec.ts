import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { screenPaths, walkThroughOpenVault } from '../support/all-screens.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
});

test.afterAll(async () => {
  await relay.throwAway();
});

test.afterEach(async () => {
  await phone.throwAway();
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
