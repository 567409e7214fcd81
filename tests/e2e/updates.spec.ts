import { expect, test, type Page } from '@playwright/test';
import type { PathTrouble } from '../support/link-troubles.ts';
import { makeNextBuild, type NextBuild } from '../support/next-build.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

let relay: ServedApp;
let next: NextBuild;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  next = await makeNextBuild('next');
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.waitForShell();
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
  await next.throwAway();
});

async function serveNext(): Promise<void> {
  await relay.stop();
  await relay.useApp(next.folder);
  await relay.start();
}

/** Looks for an update and tells how that ended. */
async function lookForUpdate(page: Page): Promise<'waiting' | 'failed'> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    try {
      await registration.update();
    } catch {
      return 'failed';
    }
    const worker = registration.installing ?? registration.waiting;
    if (worker === null) return 'failed';
    while (worker.state === 'installing') {
      await new Promise((resolve) => {
        worker.addEventListener('statechange', resolve, { once: true });
      });
    }
    return worker.state === 'installed' ? 'waiting' : 'failed';
  });
}

/** The file that differs, in either form. */
const changedFile = () => new RegExp(`^GET ${next.changedPath}(?:[.]gz)?$`);

const prompt = (page: Page) => page.getByRole('button', { name: 'Update now' });
const shownBuild = (page: Page) =>
  page.evaluate(
    () => document.querySelector('meta[name=build]')?.getAttribute('content') ?? 'first',
  );

async function expectTheOldAppOffline(): Promise<void> {
  phone.link.set({ refuse: true });
  for (const path of ['/', '/learn', '/messages']) {
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await shownBuild(phone.page)).toBe('first');
  }
  await expect(prompt(phone.page)).toBeHidden();
}

const halfUpdates: readonly [string, PathTrouble['does']][] = [
  ['is not there', { kind: 'not-found' }],
  ['is answered with a portal’s page', { kind: 'portal' }],
  ['is reset', { kind: 'reset' }],
  ['brings nothing but its head', { kind: 'truncate', afterBytes: 150 }],
  ['arrives with one byte altered', { kind: 'alter', offset: 9_000 }],
];

for (const [what, does] of halfUpdates) {
  test(`the old app lives on when one file of the next ${what}`, async () => {
    await serveNext();
    phone.link.set({ paths: [{ request: changedFile(), does }] });
    expect(await lookForUpdate(phone.page)).toBe('failed');
    expect(phone.link.requests).toContain(`GET ${next.changedPath}`);
    await expectTheOldAppOffline();
  });
}

test('a portal’s page in place of the service worker changes nothing', async () => {
  await serveNext();
  phone.link.set({ portal: true });
  expect(await lookForUpdate(phone.page)).toBe('failed');
  await expectTheOldAppOffline();
});

test('what arrived of half an update is not fetched again', async () => {
  await serveNext();
  phone.link.set({ paths: [{ request: changedFile(), does: { kind: 'not-found' } }] });
  expect(await lookForUpdate(phone.page)).toBe('failed');
  phone.link.heal();
  phone.link.requests.length = 0;
  expect(await lookForUpdate(phone.page)).toBe('waiting');
  const files = phone.link.requests.filter((line) => line.includes('/_app/immutable/'));
  expect(files).toEqual([`GET ${next.changedPath}`]);
});

test('a file of the next app that is cut again and again goes on where it was cut', async () => {
  await serveNext();
  // Bytes that come in the moment of the cut are lost in the browser: they must come before it.
  phone.link.set({
    bytesPerSecond: 50_000,
    paths: [{ request: changedFile(), does: { kind: 'truncate', afterBytes: 20_000 } }],
  });
  expect(await lookForUpdate(phone.page)).toBe('waiting');
  const starts = phone.link.crossed
    .filter(({ request }) => request === `GET ${next.changedPath}.gz`)
    .map(({ from }) => from);
  expect(starts).toEqual(starts.toSorted((one, other) => one - other));
  expect(starts.at(-1)).toBeGreaterThan(30_000);
});

test('the next app asks first, then takes over in every tab', async () => {
  const first = phone.page;
  const second = await phone.context.newPage();
  await second.goto(`${phone.origin}/learn`);
  await serveNext();
  expect(await lookForUpdate(first)).toBe('waiting');
  await expect(prompt(first)).toBeVisible();
  await first.reload();
  expect(await shownBuild(first)).toBe('first');

  await prompt(first).click();
  await expect.poll(() => shownBuild(first).catch(() => 'loading')).toBe('next');
  await expect.poll(() => shownBuild(second).catch(() => 'loading')).toBe('next');
  await expect(first.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(prompt(first)).toBeHidden();

  const shells = await first.evaluate(async () =>
    (await caches.keys()).filter((name) => name.startsWith('wallflower-shell-')),
  );
  expect(shells).toHaveLength(1);
  phone.link.set({ refuse: true });
  await phone.goto('/messages/x');
  await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await shownBuild(phone.page)).toBe('next');
});
