import { expect, test, type Page } from '@playwright/test';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { dayOf } from '#core/types/day.ts';
import { requestOf } from '../relay/people.ts';
import { packsReach, publishAll, readManifest } from '../support/fill-relay.ts';
import type { CrossedRequest } from '../support/crossed-request.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const records = 2_350;
const packRecords = 1_000;
/** Fewer than this may wait for a pack. */
const stepRecords = 125;
/** 50 kbit/s, and 800 ms each way. */
const barely = { bytesPerSecond: 6_250, delayMs: 800 };
const cutEveryMs = 10_000;
/** What an interruption may cost: 64 KiB in protocol.md, here one piece of 32 KiB and what was just read. */
const repeatedBytes = 45_056;
/** So much of a pack has come when the browser is killed: more than may come again. */
const midPackBytes = 50_000;
/** What may be under way while the user pauses. */
const underWayBytes = 10_000;
/** What may come of the app's files for each byte of them: some are cut before anyone is there to go on. */
const mostOfTheApp = 1.2;
/** For a machine that does other things too: all that waits here waits for a slow link. */
const patienceMs = 300_000;

let relay: ServedApp;
let phone: Phone;
let packs: readonly { readonly name: string; readonly bytes: number }[];

test.beforeEach(async () => {
  test.setTimeout(900_000);
  relay = await serveApp({ flags: ['--pack-records', String(packRecords)] });
  const day = dayOf(Date.now());
  const board = Array.from({ length: records }, (_, number) =>
    requestOf(number, { author: 1 + (number % 50), day }),
  );
  await publishAll(relay.origin, board);
  await packsReach(relay.origin, records - stepRecords + 1);
  const [, listed] = await readManifest(relay.origin);
  packs = listed.map(([hash, , bytes]) => ({ name: bytesToHex(hash), bytes }));
  phone = await openPhone(relay.origin);
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

/** Every answer that brought bytes of a pack, in the order of asking. */
function crossingsOf({ name }: { readonly name: string }): readonly CrossedRequest[] {
  return phone.link.crossed.filter(
    ({ request, bodyBytes }) => request.endsWith(`/packs/${name}`) && bodyBytes > 0,
  );
}

/** How far a pack has crossed the link. */
function reachOf(pack: (typeof packs)[number]): number {
  return Math.max(0, ...crossingsOf(pack).map(({ from, bodyBytes }) => from + bodyBytes));
}

function packBytesCrossed(): number {
  return packs.flatMap(crossingsOf).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
}

/** At least one pack is through, and another is on its way. */
function isAmidPacks(): boolean {
  const reaches = packs.map((pack) => ({ reach: reachOf(pack), bytes: pack.bytes }));
  return (
    reaches.some(({ reach, bytes }) => reach === bytes) &&
    reaches.some(({ reach, bytes }) => reach > midPackBytes && reach < bytes)
  );
}

/** What an answer brought that an earlier one had brought, for each answer of a pack but its first. */
function repeatsOf(pack: (typeof packs)[number]): readonly number[] {
  let reach = 0;
  return crossingsOf(pack).map(({ from, bodyBytes }) => {
    const repeated = Math.max(0, reach - from);
    reach = Math.max(reach, from + bodyBytes);
    return repeated;
  });
}

/** For every file of the app that crossed, in whichever form: what was needed of it, and what came. */
function appCrossings(): readonly { readonly needed: number; readonly came: number }[] {
  const isOfTheApp = ({ request, bodyBytes }: CrossedRequest) =>
    !request.includes(' /v1/') && bodyBytes > 0;
  const byFile = Map.groupBy(phone.link.crossed.filter(isOfTheApp), ({ request }) =>
    request.replace(/\.gz$/, ''),
  );
  return [...byFile.values()].map((crossings) => ({
    needed: Math.max(...crossings.map(({ from, bodyBytes }) => from + bodyBytes)),
    came: crossings.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
  }));
}

const firstEntry = (page: Page) => page.getByRole('article').first();
const progress = (page: Page) => page.getByText(/ of [\d,]+ entries are here, /);
const thinLine = (page: Page) => page.getByText('The link is thin.');
const wholeBoard = (page: Page) => page.getByText(/^2,350 entries$/);

/** As a person does it: again where not even the page came. */
async function openApp(): Promise<void> {
  const open = () => phone.page.goto(phone.origin, { waitUntil: 'commit' });
  await expect(open).toPass({ timeout: patienceMs });
}

test('a fresh install shows the first requests, and completes over the cuts without fetching anything twice', async () => {
  expect(packs.length).toBeGreaterThan(2);
  expect(packs.at(-1)?.bytes).toBeGreaterThan(midPackBytes + underWayBytes);
  phone.link.set({ ...barely, cutEveryMs });
  await openApp();
  await expect(thinLine(phone.page)).toBeVisible({ timeout: patienceMs });
  await expect(firstEntry(phone.page)).toBeVisible({ timeout: patienceMs });
  await expect(thinLine(phone.page)).toBeHidden();
  await expect(progress(phone.page)).toBeVisible({ timeout: patienceMs });
  expect(packBytesCrossed()).toBeLessThan(midPackBytes);

  await phone.page.getByRole('button', { name: 'Pause' }).click();
  await expect(phone.page.getByRole('button', { name: 'Go on' })).toBeVisible();
  const crossedAtPause = packBytesCrossed();
  await phone.waitForShell();
  expect(packBytesCrossed() - crossedAtPause).toBeLessThan(underWayBytes);
  await phone.page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(isAmidPacks, { timeout: patienceMs, intervals: [250] }).toBe(true);

  await phone.kill();
  await phone.switchOn();
  await openApp();
  await expect(firstEntry(phone.page)).toBeVisible({ timeout: patienceMs });
  await expect(wholeBoard(phone.page)).toBeVisible({ timeout: patienceMs });
  await expect(progress(phone.page)).toBeHidden({ timeout: patienceMs });

  expectNoPackTwice();
  expectTheAppOnce();

  phone.link.set({ refuse: true });
  for (const path of ['/learn', '/new', '/']) {
    await phone.goto(path);
    await expect(phone.page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await expect(wholeBoard(phone.page)).toBeVisible();
});

function expectNoPackTwice(): void {
  const description = packs
    .map((pack) => `${pack.bytes} B: ${repeatsOf(pack).join(' ')}`)
    .join('; ');
  test.info().annotations.push({ type: 'repeated bytes of each answer', description });
  process.stdout.write(`repeated bytes of each pack’s answers: ${description}\n`);
  for (const pack of packs) {
    expect(reachOf(pack)).toBe(pack.bytes);
    const crossings = crossingsOf(pack);
    const finishing = crossings.findIndex(({ from, bodyBytes }) => from + bodyBytes === pack.bytes);
    expect(finishing).toBe(crossings.length - 1);
    for (const repeated of repeatsOf(pack)) expect(repeated).toBeLessThanOrEqual(repeatedBytes);
  }
}

function expectTheAppOnce(): void {
  const files = appCrossings();
  const needed = files.reduce((sum, file) => sum + file.needed, 0);
  const came = files.reduce((sum, file) => sum + file.came, 0);
  const description = `${came} B of the app came, ${needed} B were needed`;
  test.info().annotations.push({ type: 'bytes of the app', description });
  process.stdout.write(`${description}\n`);
  expect(came / needed).toBeLessThan(mostOfTheApp);
}
