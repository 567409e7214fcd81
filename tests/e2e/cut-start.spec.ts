import { expect, test, type Page } from '@playwright/test';
import type { PathTrouble } from '../support/link-troubles.ts';
import { makeNextBuild } from '../support/next-build.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

/** The largest part of the start never comes whole, except in the form that goes on after a cut. */
const cutScripts: PathTrouble = {
  request: /^GET \/_app\/immutable\/chunks\/[^.]+\.js$/,
  does: { kind: 'truncate', afterBytes: 2_000 },
};

let relay: ServedApp;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp({ demo: true });
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

const firstEntry = (page: Page) => page.getByRole('article').first();

async function open(): Promise<void> {
  await phone.page.goto(phone.origin, { waitUntil: 'commit' });
}

for (const [locale, words, direction] of [
  ['en-GB', 'The link is thin. Wallflower keeps what has arrived and goes on.', 'ltr'],
  ['ar-EG', 'الاتصال ضعيف. يحتفظ Wallflower بما وصل ويكمل ما بقي.', 'rtl'],
  ['fr-FR', 'The link is thin. Wallflower keeps what has arrived and goes on.', 'ltr'],
] as const) {
  test(`a start that is cut says so (${locale}), and goes on by itself`, async () => {
    phone = await openPhone(relay.origin, { locale });
    phone.link.set({
      paths: [cutScripts, { request: /service-worker/, does: { kind: 'reset' }, times: 2 }],
    });
    await open();
    const line = phone.page.getByText(words);
    await expect(line).toBeVisible();
    await expect(line).toHaveCSS('direction', direction);
    await expect(phone.page.getByRole('status').locator('p:visible')).toHaveCount(1);
    await expect(firstEntry(phone.page)).toBeVisible();
    await expect(line).toHaveCount(0);
  });
}

test('an app that came over cuts is whole afterwards, and opens without a link', async () => {
  phone = await openPhone(relay.origin);
  phone.link.set({ paths: [cutScripts] });
  await open();
  await expect(firstEntry(phone.page)).toBeVisible();
  await phone.waitForShell();
  phone.link.set({ refuse: true });
  for (const path of ['/learn', '/messages', '/new', '/']) {
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('a connection that falls silent while the app is kept for later is given up, and the app is whole', async () => {
  phone = await openPhone(relay.origin);
  const silent = /^GET \/_app\/immutable\/workers\/assets\/libsodium/;
  phone.link.set({
    paths: [{ request: silent, does: { kind: 'hold', afterBytes: 20_000 }, times: 1 }],
  });
  await phone.goto('/');
  await expect(firstEntry(phone.page)).toBeVisible();
  await phone.waitForShell();
  phone.link.set({ refuse: true });
  await phone.goto('/learn');
  await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('what came of a file is there when the browser was killed in the middle of it', async () => {
  phone = await openPhone(relay.origin);
  phone.link.set({ paths: [cutScripts], bytesPerSecond: 20_000 });
  await open();
  const largest = () =>
    phone.link.crossed.filter(({ request }) => /immutable\/chunks\/\S+\.gz$/.test(request));
  await expect
    .poll(() => Math.max(0, ...largest().map(({ bodyBytes }) => bodyBytes)))
    .toBeGreaterThan(20_000);
  await phone.kill();
  await phone.switchOn();
  phone.link.crossed.length = 0;
  await open();
  await expect(firstEntry(phone.page)).toBeVisible();
  expect(Math.max(...largest().map(({ from }) => from))).toBeGreaterThan(15_000);
});

test('a half arrived app whose relay has a newer one is replaced by that', async () => {
  test.setTimeout(240_000);
  const next = await makeNextBuild('next');
  phone = await openPhone(relay.origin);
  const nothingOfIt = {
    ...cutScripts,
    request: /^GET \/_app\/immutable\/chunks\//,
    does: { kind: 'not-found' as const },
  };
  phone.link.set({ paths: [nothingOfIt] });
  await open();
  await expect.poll(() => phone.link.requests.some((line) => line.endsWith('.js.gz'))).toBe(true);
  await relay.stop();
  await relay.useApp(next.folder);
  await relay.start();
  // The page has met nothing but faults and waits longer each time, up to a minute. What is the same
  // in both builds would let it go on as it is, had it asked for itself while the relay was away.
  const pages = () => phone.link.requests.filter((line) => line === 'GET /').length;
  const pagesBefore = pages();
  await expect.poll(pages, { timeout: 150_000 }).toBeGreaterThan(pagesBefore);
  phone.link.heal();
  await expect(firstEntry(phone.page)).toBeVisible({ timeout: 150_000 });
  await expect(phone.page.locator('meta[name=build][content=next]')).toHaveCount(1);
  await next.throwAway();
});

test('a page that was itself cut, and finds no link when it goes on, opens all the same', async () => {
  test.setTimeout(180_000);
  phone = await openPhone(relay.origin);
  const page = /^GET \/$/;
  const cutThenGone: readonly PathTrouble[] = [
    { request: page, does: { kind: 'truncate', afterBytes: 5_000 }, times: 1 },
    { request: page, does: { kind: 'reset' }, times: 12 },
  ];
  phone.link.set({ paths: cutThenGone });
  await open();
  await expect(firstEntry(phone.page)).toBeVisible({ timeout: 120_000 });
  expect(phone.link.requests.filter((line) => page.test(line)).length).toBeGreaterThan(13);
});

test('a portal’s page in place of everything is kept nowhere', async () => {
  phone = await openPhone(relay.origin);
  phone.link.set({ paths: [{ request: /_app|service-worker/, does: { kind: 'portal' } }] });
  await open();
  await expect(phone.page.getByText('The link is thin.')).toBeVisible();
  phone.link.heal();
  await expect(firstEntry(phone.page)).toBeVisible({ timeout: 60_000 });
  await expect(phone.page.getByText('Airport Wi-Fi')).toHaveCount(0);
});

test('without scripts the page says what it needs', async ({ browser }) => {
  phone = await openPhone(relay.origin);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(relay.origin);
  const lines = page.locator('noscript p');
  await expect(lines).toHaveText([/^Wallflower needs JavaScript/, /^يحتاج Wallflower/]);
  // Nothing of the skeleton lies over them.
  for (const line of await lines.all()) await line.click({ trial: true, timeout: 5_000 });
  await expect(lines.last()).toHaveCSS('direction', 'rtl');
  await context.close();
});
