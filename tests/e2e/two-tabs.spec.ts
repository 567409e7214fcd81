import { expect, test, type Page } from '@playwright/test';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { decodePayload } from '#core/records/pack-payload.ts';
import { RelayClient } from '#sync/relay-client.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import {
  createVault,
  lookForNews,
  messageWith,
  openConversation,
  openEntry,
  postRequest,
  replyPrivately,
  requestTitle,
  sendMessage,
  unlockVault,
  waitForContactCard,
  walkTo,
} from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'seven amber lanterns drift past noon';

let relay: ServedApp;
let phone: Phone;
let first: Page;
let second: Page;

test.beforeEach(async () => {
  relay = await serveApp();
  phone = await openPhone(relay.origin);
  await phone.goto('/');
  await phone.waitForShell();
  first = phone.page;
  await expectToLead(first, 1);
  second = await openTab();
});

test.afterEach(async () => {
  await phone.throwAway();
  await relay.throwAway();
});

async function openTab(): Promise<Page> {
  const tab = await phone.context.newPage();
  await tab.goto(relay.origin);
  await expect(tab.getByRole('heading', { level: 1 })).toBeAttached();
  return tab;
}

/** One engine holds the lead, however many tabs there are. */
async function expectToLead(tab: Page, waiting: number): Promise<void> {
  await expect
    .poll(async () => {
      const { held = [], pending = [] } = await tab.evaluate(() => navigator.locks.query());
      const ours = (locks: LockInfo[]) => locks.filter(({ name }) => name === 'wallflower-engine');
      return [ours(held).length, ours(pending).length];
    })
    .toEqual([1, waiting - 1]);
}

const lockNow = (tab: Page) => tab.getByRole('button', { name: 'Lock now' }).first();
const entriesWith = (tab: Page, title: string) =>
  tab.getByRole('main').getByRole('article').filter({ hasText: title });

/** How many records on the relay are requests of this title. */
async function countOnRelay(title: string): Promise<number> {
  const client = new RelayClient(relay.origin as RelayOrigin, {
    fetch,
    countBytes: () => undefined,
  });
  const manifest = await client.manifest();
  if (!manifest.ok) throw new Error(manifest.error.code);
  const [epoch, packs, sequence] = manifest.value;
  expect(packs).toHaveLength(0);
  const answer = await client.since({ epoch, sequence });
  if (!answer.ok) throw new Error(answer.error.code);
  const [, , more, payload] = answer.value;
  expect(more).toBe(false);
  const records = decodePayload(payload);
  if (!records.ok) throw new Error(records.error.reason);
  return records.value.filter((signed) => {
    const record = checkSignedRecord(signed);
    if (!record.ok || record.value.content.kind !== 'request') return false;
    return record.value.content.value?.title === title;
  }).length;
}

/** As a browser that keeps a page which was left asleep for Back; Chromium keeps none with a lock. */
async function turn(tab: Page, type: 'pagehide' | 'pageshow'): Promise<void> {
  await tab.evaluate((name) => {
    dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  }, type);
}

test('a page that is kept asleep lets go of the lead and of an open vault, and starts anew when it is shown', async () => {
  await createVault(first, passphrase);
  await turn(first, 'pagehide');
  await expect(first.getByRole('main')).toBeHidden();
  await expectToLead(second, 1);
  await walkTo(second, 'Me');
  await expect(second.getByRole('button', { name: 'Unlock' })).toBeVisible();
  await Promise.all([first.waitForEvent('load'), turn(first, 'pageshow')]);
  await expect(first.getByRole('main')).toBeVisible();
  await expect(lockNow(first)).toHaveCount(0);
  await expectToLead(first, 2);
});

test('two tabs share one engine: what is unlocked, locked and posted in one is so in the other', async () => {
  await expectToLead(second, 2);

  await test.step('a vault opened in the first is open in the second', async () => {
    await expect(lockNow(second)).toHaveCount(0);
    await createVault(first, passphrase);
    await expect(lockNow(second)).toBeVisible();
  });

  await test.step('a vault locked in the second is locked in the first, and opened again', async () => {
    await lockNow(second).click();
    await expect(first.getByRole('heading', { name: 'Your vault is locked' })).toBeVisible();
    await expect(lockNow(first)).toHaveCount(0);
    await unlockVault(first, passphrase);
    await expect(lockNow(second)).toBeVisible();
  });

  await test.step('a request posted in the second stands in the first, and once on the relay', async () => {
    await walkTo(first, 'Board');
    await postRequest(second, { title: requestTitle, text: 'Two pages, before Friday.' });
    await expect(entriesWith(first, requestTitle)).toHaveCount(1);
    await expect(second.getByText('On the relay').first()).toBeVisible();
    await lookForNews(first);
    await lookForNews(second);
    expect(await countOnRelay(requestTitle)).toBe(1);
    await walkTo(first, 'Board');
    await expect(entriesWith(first, requestTitle)).toHaveCount(1);
  });
});

test('when the leading tab is closed the other takes over, locked, and can do everything', async () => {
  await createVault(first, passphrase);
  await postRequest(first, { title: requestTitle, text: 'Two pages, before Friday.' });
  await expect(first.getByText('On the relay').first()).toBeVisible();
  await walkTo(second, 'Board');
  await expect(entriesWith(second, requestTitle)).toHaveCount(1);
  await expect(lockNow(second)).toBeVisible();

  await first.close();
  await expectToLead(second, 1);
  await expect(second.getByText('Vault locked')).toBeVisible();
  await expect(lockNow(second)).toHaveCount(0);
  await expect(entriesWith(second, requestTitle)).toHaveCount(1);
  await walkTo(second, 'Me');
  await expect(second.getByRole('heading', { name: 'Your vault is locked' })).toBeVisible();

  await unlockVault(second, passphrase);
  const title = 'A printer for twenty leaflets';
  await postRequest(second, { title, text: 'Black and white will do.' });
  await expect(second.getByText('On the relay').first()).toBeVisible();
  expect(await countOnRelay(title)).toBe(1);
  expect(await countOnRelay(requestTitle)).toBe(1);

  const third = await openTab();
  await expect(entriesWith(third, requestTitle)).toHaveCount(1);
  await expect(entriesWith(third, title)).toHaveCount(1);
  await expect(lockNow(third)).toBeVisible();
});

test('messages sent from two tabs in turn arrive once and in order', async () => {
  test.setTimeout(240_000);
  const reader = await openPhone(relay.origin);
  try {
    await createVault(first, passphrase);
    await postRequest(second, { title: requestTitle, text: 'Two pages, before Friday.' });
    await expect(second.getByText('On the relay').first()).toBeVisible();
    await reader.goto('/');
    await createVault(reader.page, passphrase);
    await lookForNews(reader.page);
    await openEntry(reader.page, requestTitle);
    await waitForContactCard(reader.page);
    await replyPrivately(reader.page, 'I can read it.');
    await expect(messageWith(reader.page, 'I can read it.')).toContainText('On the relay');

    await lookForNews(first);
    await openConversation(first);
    await openConversation(second);
    const words = ['First leaf', 'Second leaf', 'Third leaf', 'Fourth leaf', 'Fifth leaf'];
    for (const [index, message] of words.entries()) {
      await sendMessage(index % 2 === 0 ? first : second, message);
    }
    for (const tab of [first, second]) await expectInOrder(tab, ['I can read it.', ...words]);
    await expect(messageWith(first, 'Fifth leaf')).toContainText('On the relay');

    await lookForNews(reader.page);
    await openConversation(reader.page);
    await expectInOrder(reader.page, ['I can read it.', ...words]);
  } finally {
    await reader.throwAway();
  }
});

async function expectInOrder(tab: Page, words: readonly string[]): Promise<void> {
  await expect(tab.getByRole('log').getByRole('listitem')).toContainText([...words]);
  await expect(tab.getByRole('log').getByRole('listitem')).toHaveCount(words.length);
}
