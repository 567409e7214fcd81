import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp } from '../support/served-app.ts';

/** A page comes in pieces, and the browser reads each as it comes. */
const pauseMs = 400;

for (const place of [
  '<div id="thin"',
  '<template id="ahead"',
  '<noscript',
  '<div class="contents"',
])
  test(`the app is fetched ahead where the page has come as far as ${place} for a while`, async ({
    page,
  }) => {
    const html = await readFile('build/index.html', 'utf8');
    const end = html.indexOf(place);
    expect(end).toBeGreaterThan(0);
    const server = createServer((request, response) => {
      if (request.url !== '/') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.write(html.slice(0, end));
      void pass(pauseMs).then(() => response.end(html.slice(end)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await page.goto(`http://127.0.0.1:${port}/`);
      const links = page.locator('head link[rel="modulepreload"]');
      const ofTheReader = html.match(/rel="modulepreload"(?! lang="ar")/g);
      await expect(links).toHaveCount(ofTheReader?.length ?? -1);
      await expect(page.locator('head link[lang]')).toHaveAttribute('lang', 'en');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

const comingTitle = 'The board is on its way';
const noLinkTitle = 'Nothing here yet, and no link';
const emptyTitle = 'Nobody has asked yet';

/** Gathers what an empty board says of itself, from the first frame on. */
async function noteTitles({ context }: Phone): Promise<void> {
  await context.addInitScript(() => {
    const titles: string[] = [];
    Object.assign(globalThis, { titles });
    const look = () => {
      const title = document.querySelector('main h2')?.textContent.trim();
      if (title !== undefined && title !== titles.at(-1)) titles.push(title);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

const titlesOf = ({ page }: Phone) =>
  page.evaluate(() => (globalThis as unknown as { titles: readonly string[] }).titles);

async function withPhone(work: (phone: Phone) => Promise<void>): Promise<void> {
  const relay = await serveApp();
  const phone = await openPhone(relay.origin);
  try {
    await noteTitles(phone);
    await work(phone);
  } finally {
    await phone.throwAway();
    await relay.throwAway();
  }
}

test('a slow relay is waited for, and nobody is told meanwhile that there is no link', () =>
  withPhone(async (phone) => {
    phone.link.set({ delayMs: 400 });
    await phone.goto('/');
    await phone.page.getByRole('heading', { name: emptyTitle }).waitFor();
    const titles = await titlesOf(phone);
    expect(titles).toContain(comingTitle);
    expect(titles).not.toContain(noLinkTitle);
  }));

test('a relay that was asked in vain is said to be out of reach, until it answers', () =>
  withPhone(async (phone) => {
    phone.link.set({ paths: [{ request: / \/v1\//, does: { kind: 'reset' } }] });
    await phone.goto('/');
    await phone.page.getByRole('heading', { name: noLinkTitle }).waitFor();
    phone.link.heal();
    await phone.page.getByRole('heading', { name: emptyTitle }).waitFor();
    // What was said once is not taken back for each new attempt.
    const titles = await titlesOf(phone);
    expect(titles.filter((title) => title === noLinkTitle)).toEqual([noLinkTitle]);
    expect(titles[0]).toBe(comingTitle);
  }));

const isVisit = (line: string) => line === 'GET /v1/visit/new';
const isServiceWorker = (line: string) => line === 'GET /service-worker.js';

test('the first question to a relay waits for no file of the app', () =>
  withPhone(async (phone) => {
    const ahead =
      (await readFile('build/index.html', 'utf8')).match(/workers\/chunks\/[^"]+/g) ?? [];
    expect(ahead).not.toEqual([]);
    const others = new RegExp(
      `workers/chunks/(?!${ahead.map((path) => path.split('/').at(-1)).join('|')})`,
    );
    phone.link.set({ paths: [{ request: others, does: { kind: 'hold', afterBytes: 0 } }] });
    await phone.goto('/');
    await expect.poll(() => phone.link.requests.filter(isVisit)).toHaveLength(1);
  }));

test('what offline use needs leaves the link to the first answer, and comes where there is none', () =>
  withPhone(async (phone) => {
    const held = { kind: 'hold', afterBytes: 0 } as const;
    phone.link.set({ paths: [{ request: /visit/, does: held, times: 1 }] });
    await phone.goto('/');
    await expect.poll(() => phone.link.requests.some(isVisit)).toBe(true);
    await phone.page.waitForTimeout(4_000);
    expect(phone.link.requests.filter(isServiceWorker)).toEqual([]);
    phone.link.set({ paths: [{ request: / \/v1\//, does: { kind: 'reset' } }] });
    phone.link.cutAll();
    await phone.page.getByRole('heading', { name: noLinkTitle }).waitFor();
    await phone.waitForShell();
  }));
