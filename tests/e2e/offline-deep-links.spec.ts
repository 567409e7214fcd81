import { readdir } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const deepLinks = [
  '/',
  '/?skill=legal',
  '/new',
  '/messages',
  '/messages/x',
  '/me',
  '/network',
  '/learn',
  '/request/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
];

let relay: ServedApp;
let phone: Phone;

test.beforeAll(async () => {
  relay = await serveApp({ demo: true });
});

test.afterAll(async () => {
  await relay.throwAway();
});

test.beforeEach(async () => {
  await relay.start();
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.waitForShell();
});

test.afterEach(async () => {
  await phone.throwAway();
});

test('every deep link opens after one visit, when the relay has gone for good', async () => {
  await relay.stop();
  for (const path of deepLinks) {
    await test.step(path, async () => {
      await phone.goto(path);
      await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
      const rooms = phone.page.getByRole('navigation', { name: 'Main' }).getByRole('link');
      await expect(rooms).toHaveCount(5);
    });
  }
});

test('deep links open in a new tab of a browser that was killed and started again', async () => {
  await relay.stop();
  await phone.kill();
  await phone.switchOn();
  for (const path of ['/messages/x', '/request/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    await phone.replaceTab();
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('the board read once is read again without a link', async () => {
  const rows = phone.page.getByRole('main').getByRole('article');
  await expect(rows.first()).toBeVisible();
  const title = await rows.first().getByRole('heading').innerText();
  await relay.stop();
  await phone.goto('/');
  await expect(phone.page.getByRole('main').getByText(title).first()).toBeVisible();
});

test('a vault can be made and opened without a link after one visit', async () => {
  await relay.stop();
  await phone.goto('/me');
  const { page } = phone;
  await page.getByLabel('Passphrase', { exact: true }).fill('seven tall cranes fold paper ships');
  await page.getByLabel('Repeat passphrase').fill('seven tall cranes fold paper ships');
  await page.getByRole('button', { name: 'Create vault' }).click();
  await expect(page.getByRole('button', { name: 'Lock now' }).first()).toBeVisible();
});

const missing = ['/_app/immutable/chunks/missing.js', '/missing.js', '/icons/missing.png'];

for (const path of missing) {
  test(`${path} is never answered with a page`, async () => {
    const ask = () =>
      phone.page.evaluate(async (asked) => {
        try {
          const response = await fetch(asked);
          return { ok: response.ok, type: response.headers.get('content-type') ?? '' };
        } catch {
          return { ok: false, type: '' };
        }
      }, path);
    const online = await ask();
    expect(online.ok).toBe(false);
    expect(online.type).not.toContain('html');
    await relay.stop();
    expect((await ask()).ok).toBe(false);
  });
}

test('a portal’s page in place of a missing asset is no asset', async () => {
  phone.link.set({ portal: true });
  const answered = await phone.page.evaluate(async () => {
    try {
      return (await fetch('/_app/immutable/chunks/missing.js')).headers.get('content-type');
    } catch {
      return 'no answer';
    }
  });
  expect(answered).toBe('no answer');
});

test('nothing under /v1 is kept by the service worker', async () => {
  const kept = await phone.page.evaluate(async () => {
    await fetch('/v1/info');
    const names = await caches.keys();
    const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return caught.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.filter((path) => path.startsWith('/v1'))).toEqual([]);
});

test('the first visit fetches no file of the app twice', () => {
  const files = phone.link.requests.filter((line) => line.includes('/_app/immutable/'));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((line, index) => files.indexOf(line) !== index)).toEqual([]);
});

test('only the languages that are read are kept, and a chosen one is kept whole', async () => {
  const { page } = phone;
  const keptFiles = () =>
    page.evaluate(async () => {
      const name = (await caches.keys()).find((key) => key.startsWith('wallflower-shell-'));
      return name === undefined ? 0 : (await (await caches.open(name)).keys()).length;
    });
  const before = await keptFiles();
  await page.getByRole('button', { name: 'Language and look' }).click();
  await page.getByRole('radio', { name: 'العربية' }).check();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
  // Of each language's words, those of tools come later (files, stewards, kept searches), and two travel with those of the shell.
  const words = await readdir(new URL('../../src/i18n/locales/ar', import.meta.url));
  await expect.poll(keptFiles).toBe(before + words.length - 5);
  await relay.stop();
  for (const path of ['/learn', '/new', '/messages']) {
    await phone.goto(path);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/\p{Script=Arabic}/u);
  }
});
