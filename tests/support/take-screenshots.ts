/** Pictures of every screen, for eyes: `node tests/support/take-screenshots.ts OUT` after a build. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { screenPaths, walkThroughOpenVault } from './all-screens.ts';
import { openPhone } from './phone.ts';
import { serveApp } from './served-app.ts';

const viewports = [
  { width: 360, height: 640 },
  { width: 1_280, height: 800 },
];
const languages = [
  ['en', 'English'],
  ['ar', 'العربية'],
] as const;

const out = resolve(process.argv[2] ?? 'test-results/screens');
process.env['WALLFLOWER_CHROMIUM'] ??= '/usr/bin/chromium';

async function chooseLanguage(page: Page, name: string): Promise<void> {
  await page.locator('header button.look').click();
  await page.getByRole('radio', { name, exact: true }).check();
  await page.keyboard.press('Escape');
}

async function takeAll(page: Page, name: string): Promise<void> {
  for (const [locale, language] of languages) {
    await chooseLanguage(page, language);
    await page.waitForFunction((lang) => document.documentElement.lang === lang, locale);
    for (const viewport of viewports) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(150);
        const file = `${name.replaceAll(/\W+/g, '-')}-${locale}-${viewport.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(out, file) });
      }
    }
  }
  await page.setViewportSize({ width: 360, height: 640 });
  await chooseLanguage(page, 'English');
}

await mkdir(out, { recursive: true });
const relay = await serveApp({ demo: true });
const phone = await openPhone(relay.origin);
for (const [name, path] of Object.entries(screenPaths)) {
  await phone.goto(path);
  await phone.page.getByRole('heading', { level: 1 }).waitFor();
  if (path === '/') await phone.page.getByRole('article').first().waitFor();
  await takeAll(phone.page, name);
}
await phone.goto('/');
await walkThroughOpenVault(phone.page, 'six brass lanterns follow the river', (name) =>
  takeAll(phone.page, name),
);
await phone.throwAway();
await relay.throwAway();
