import { expect, test, type Page } from '@playwright/test';
import type { EntryContent } from '#core/records/entry.ts';
import { readHeldRecord } from '#core/records/held-record.ts';
import { dayOf, type Day } from '#core/types/day.ts';
import { createBoardCorpus } from '../bench/board-corpus.ts';
import {
  fillPhone,
  scrollAbout,
  slowDown,
  watchFrames,
  type BigBoard,
} from '../bench/board-screen.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const records = 100_000;
/** So many rows stand in the page once nobody types or scrolls. */
const rowsDrawn = 24;
const leastRowHeight = 100;
const thousands = new Intl.NumberFormat('en-GB');

let relay: ServedApp;
let phone: Phone;
let filled: BigBoard;
let entries: readonly {
  readonly entry: EntryContent;
  readonly day: Day;
  readonly address: string;
}[];

test.describe.configure({ mode: 'serial' });
test.setTimeout(600_000);

test.beforeAll(async () => {
  test.setTimeout(600_000);
  relay = await serveApp();
  phone = await openPhone(relay.origin);
  filled = await fillPhone(phone, records);
  const corpus = createBoardCorpus(filled.tongues, records, dayOf(Date.now()));
  entries = Array.from({ length: records }, (_, number) => corpus.row(number)).flatMap(
    ({ bytes, day, address }) => {
      const record = readHeldRecord(bytes);
      const isEntry = record.kind === 'request' || record.kind === 'offer';
      return isEntry && record.value !== null ? [{ entry: record.value, day, address }] : [];
    },
  );
  await phone.goto('/');
});

test.afterAll(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

function count(total: number) {
  return phone.page.getByText(new RegExp(`^${thousands.format(total)} `));
}

/** A plain search, word by word, in the same texts. */
function withWords(...words: readonly string[]) {
  return entries.filter(({ entry }) => {
    const found = `${entry.title} ${entry.text}`.toLowerCase().split(/[^a-z]+/);
    return words.every((word) => found.includes(word));
  });
}

test('shows the newest first and how many there are', async () => {
  expect(filled.entries).toBe(entries.length);
  await expect(count(entries.length)).toBeVisible({ timeout: 60_000 });
  const [newest] = [...entries].sort(
    (a, b) =>
      b.day - a.day ||
      Buffer.compare(Buffer.from(a.address, 'base64url'), Buffer.from(b.address, 'base64url')),
  );
  const first = phone.page.getByRole('article').first();
  await expect(first.getByRole('link')).toHaveAttribute('href', `/request/${newest?.address}`);
});

test('scrolls anywhere in the list, with few rows drawn, and ends with the oldest', async () => {
  await slowDown(phone);
  const frames = await watchFrames(phone.page, () => scrollAbout(phone.page));
  test
    .info()
    .annotations.push({ type: 'frames while scrolling', description: JSON.stringify(frames) });
  await phone.page.evaluate(() => {
    scrollTo({ top: document.body.scrollHeight, behavior: 'instant' });
  });
  const last = phone.page.locator(`li[aria-posinset="${entries.length}"]`);
  await expect(last.getByRole('article')).toBeVisible();
  expect(await phone.page.getByRole('article').count()).toBeLessThan(60);
  const oldest = Math.min(...entries.map(({ day }) => day));
  const href = await last.getByRole('link').getAttribute('href');
  expect(entries.find(({ address }) => href?.endsWith(address) === true)?.day).toBe(oldest);
});

test('finds by two words what a plain search finds', async () => {
  const expected = withWords('rights', 'freedom');
  expect(expected.length).toBeGreaterThan(10);
  const frames = await watchFrames(phone.page, async () => {
    await phone.page.getByRole('searchbox').pressSequentially('rights freedom ');
    await expect(count(expected.length)).toBeVisible();
  });
  test
    .info()
    .annotations.push({ type: 'frames while searching', description: JSON.stringify(frames) });
  const shown = await phone.page
    .getByRole('article')
    .first()
    .getByRole('link')
    .getAttribute('href');
  expect(expected.map(({ address }) => `/request/${address}`)).toContain(shown);
});

test('another search begins at the top of its list, wherever one was', async () => {
  const { page } = phone;
  const middle = Math.round(entries.length / 2);
  await page.getByRole('searchbox').fill('');
  await expect(count(entries.length)).toBeVisible();
  // The page is as high as its list once nothing has been typed for a moment.
  await expect(async () => {
    await page.evaluate(() => {
      scrollTo({ top: document.body.scrollHeight / 2, behavior: 'instant' });
    });
    await page.waitForTimeout(200);
    expect(await firstDrawn(page)).toBeGreaterThan(middle / 2);
  }).toPass();
  // As typed from a place where the box is out of sight: filling it would scroll to it.
  await page.evaluate(() => {
    const box = document.querySelector<HTMLInputElement>('main input[type="search"]');
    if (box !== null) box.value = 'rights freedom ';
    box?.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  await expect.poll(() => firstDrawn(page)).toBe(1);
  await expect(page.locator('li[aria-posinset="1"]')).toBeInViewport();
  await expect(page.locator('ul[aria-busy="false"]')).toBeVisible();
});

test('draws no row under a keyboard while somebody types, and the rows there once nobody does', async () => {
  const { page } = phone;
  const session = await phone.context.newCDPSession(page);
  const showOf = (share: number) =>
    session.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 / share });
  const box = page.getByRole('searchbox');
  const rows = page.getByRole('article');
  await box.fill('');
  await expect(count(entries.length)).toBeVisible();
  await box.blur();
  await expect(rows).toHaveCount(rowsDrawn);
  // Whoever is about to type sees another list soon: what is below the screen would only leave.
  await box.focus();
  await expect.poll(() => rows.count()).toBeLessThan(rowsDrawn / 2);
  await showOf(0.5);
  await expect.poll(() => page.evaluate(() => visualViewport?.height)).toBe(320);
  const typed = await page.evaluate(async () => {
    const box = document.querySelector<HTMLInputElement>('main input[type="search"]');
    const list = document.querySelector('main ul');
    if (box === null || list === null) throw new Error('There is no board.');
    const drawn = new Promise<number>((resolve) => {
      const changed = new MutationObserver(() => {
        if (list.ariaBusy === 'true') return;
        changed.disconnect();
        resolve(list.querySelectorAll('article').length);
      });
      changed.observe(list, { attributeFilter: ['aria-busy'] });
    });
    box.value = 'freedom';
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    const { height } = visualViewport ?? { height: 0 };
    return { drawn: await drawn, seen: height - list.getBoundingClientRect().top };
  });
  expect(typed.seen).toBeGreaterThan(0);
  expect(typed.drawn).toBeLessThanOrEqual(Math.ceil(typed.seen / leastRowHeight));
  await expect.poll(() => rows.count()).toBeGreaterThan(typed.drawn);
  await showOf(1);
  await session.detach();
  await box.blur();
  await expect(rows).toHaveCount(rowsDrawn);
  await box.fill('rights freedom ');
});

test('a phone’s search key puts its keyboard away; a keyboard of one’s own stays where it is', async () => {
  const { page } = phone;
  const session = await phone.context.newCDPSession(page);
  const touch = (enabled: boolean) =>
    session.send('Emulation.setTouchEmulationEnabled', { enabled });
  const box = page.getByRole('searchbox');
  await touch(false);
  await box.press('Enter');
  await expect(box).toBeFocused();
  await touch(true);
  await box.press('Enter');
  await expect(box).not.toBeFocused();
  await expect(box).toHaveValue('rights freedom ');
  await touch(false);
  await session.detach();
});

async function firstDrawn(page: Page): Promise<number> {
  return Number(await page.locator('li[aria-posinset]').first().getAttribute('aria-posinset'));
}

test('filters what it found, and lets go of the filter', async () => {
  const expected = withWords('rights', 'freedom').filter(({ entry }) =>
    entry.skills.includes('legal'),
  );
  const frames = await watchFrames(phone.page, async () => {
    await phone.page.getByRole('button', { name: 'Filter' }).click();
    await phone.page.getByLabel('Skill').selectOption({ label: 'Legal help' });
    await expect(count(expected.length)).toBeVisible();
    await phone.page.getByLabel('Skill').selectOption({ index: 0 });
    await phone.page.getByRole('searchbox').fill('');
    await expect(count(entries.length)).toBeVisible();
  });
  test
    .info()
    .annotations.push({ type: 'frames while filtering', description: JSON.stringify(frames) });
});

test('opens the same board again without a relay', async () => {
  await phone.waitForShell();
  await relay.stop();
  await phone.replaceTab();
  await phone.goto('/');
  await expect(count(entries.length)).toBeVisible({ timeout: 60_000 });
});
