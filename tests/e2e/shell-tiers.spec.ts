import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, test, type Page } from '@playwright/test';
import { buildFolder } from '../support/folders.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

/** figures.md, "First load and start": all that the first visit downloads, crypto included. */
const mostBytes = 300_000;
/** Each is a turn on a slow link. */
const mostFiles = 45;
const patience = { timeout: 30_000 };

let relay: ServedApp;
let phone: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.waitForShell();
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

function keptPaths(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const name = (await caches.keys()).find((key) => key.startsWith('wallflower-shell-'));
    const kept = name === undefined ? [] : await (await caches.open(name)).keys();
    return kept.map(({ url }) => new URL(url).pathname);
  });
}

async function builtScripts(folder: string): Promise<readonly string[]> {
  const path = `/_app/immutable/${folder}`;
  return (await readdir(join(buildFolder, path))).map((name) => `${path}/${name}`);
}

test('the first visit brings no more than it may, in few files', async () => {
  const files = ['/service-worker.js', ...(await keptPaths(phone.page))];
  expect(files.length).toBeLessThan(mostFiles);
  const sizes = await Promise.all(
    files.map(async (path) => {
      const bytes = await readFile(join(buildFolder, path === '/' ? 'index.html' : path));
      return brotliCompressSync(bytes).length;
    }),
  );
  expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(mostBytes);
});

test('the tools come when the app is used again, and stay when the relay is gone', async () => {
  const before = await keptPaths(phone.page);
  const engineParts = await builtScripts('workers/chunks');
  const missing = engineParts.filter((path) => !before.includes(path));
  expect(missing.length).toBeGreaterThan(10);
  await phone.replaceTab();
  await phone.goto('/');
  await expect.poll(() => keptPaths(phone.page)).toEqual(expect.arrayContaining(missing));
});

test('the tools leave the link to a board that has not come yet', async () => {
  const newcomer = await openPhone(relay.origin);
  const noBoard = { request: /^GET \/v1\/(?:visit|info)/, does: { kind: 'reset' as const } };
  newcomer.link.set({ paths: [noBoard] });
  await newcomer.goto('/');
  await newcomer.waitForShell();
  const before = await keptPaths(newcomer.page);
  await newcomer.replaceTab();
  await newcomer.goto('/');
  await newcomer.page.waitForTimeout(4_000);
  expect(await keptPaths(newcomer.page)).toEqual(before);
  newcomer.link.set({ paths: [] });
  const parts = await builtScripts('workers/chunks');
  await expect
    .poll(() => keptPaths(newcomer.page), patience)
    .toEqual(expect.arrayContaining([...parts]));
  await newcomer.throwAway();
});

test('a tool that is not here and cannot be had breaks nothing else', async () => {
  const missing = (await builtScripts('workers/chunks')).map((path) => ({
    request: new RegExp(`^GET ${path}$`),
    does: { kind: 'not-found' as const },
  }));
  phone.link.set({ paths: missing });
  await phone.replaceTab();
  for (const path of ['/', '/me/backup', '/messages']) {
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
