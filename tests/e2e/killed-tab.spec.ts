import { expect, test } from '@playwright/test';
import {
  createVault,
  lookForNews,
  messageWith,
  openConversation,
  openEntry,
  postRequest,
  replyPrivately,
  requestTitle,
  unlockVault,
  waitForContactCard,
  walkTo,
} from '../support/phone-actions.ts';
import { openPhone, type Phone } from '../support/phone.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

const passphrase = 'eleven quiet herons wade at dusk';
const words = 'I can read it on Thursday.';

let relay: ServedApp;
let writer: Phone;
let reader: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  writer = await openPhone(relay.origin);
  reader = await openPhone(relay.origin);
  for (const phone of [writer, reader]) {
    await phone.goto('/');
    await phone.waitForShell();
    await createVault(phone.page, passphrase);
  }
  await postRequest(writer.page, { title: requestTitle, text: 'Two pages, before Friday.' });
  await expect(writer.page.getByText('On the relay').first()).toBeVisible();
  await lookForNews(reader.page);
  await openEntry(reader.page, requestTitle);
  await waitForContactCard(reader.page);
});

test.afterEach(async () => {
  await reader.throwAway();
  await writer.throwAway();
  await relay.throwAway();
});

const ends: readonly [string, (phone: Phone) => Promise<void>][] = [
  ['whose tab is closed', (phone) => phone.replaceTab()],
  [
    'whose browser is killed',
    async (phone) => {
      await phone.kill();
      await phone.switchOn();
    },
  ],
];

for (const [what, end] of ends) {
  test(`a phone ${what} between storing and sending sends once`, async () => {
    reader.link.set({ refuse: true });
    await replyPrivately(reader.page, words);
    await expect(messageWith(reader.page, words)).toContainText('Waiting on this phone');
    await end(reader);
    reader.link.heal();
    await reader.goto('/');
    await lookForNews(reader.page);
    await unlockVault(reader.page, passphrase);
    await openConversation(reader.page);
    await expect(messageWith(reader.page, words)).toContainText('On the relay');
    await expect(messageWith(reader.page, words)).toHaveCount(1);
    await expectOneAtTheWriter();
  });
}

test('a phone killed after the relay took it, before it heard so, sends once', async () => {
  const does = { kind: 'truncate', afterBytes: 0 } as const;
  reader.link.set({ paths: [{ request: /^POST \/v1\/queues\/[\w-]{43}$/, does }] });
  await replyPrivately(reader.page, words);
  await expect
    .poll(() => reader.link.requests.filter((line) => /^POST \/v1\/queues\/[\w-]{43}$/.test(line)))
    .not.toHaveLength(0);
  await expect(messageWith(reader.page, words)).toContainText('Waiting on this phone');
  await reader.kill();
  await reader.switchOn();
  reader.link.heal();
  await reader.goto('/');
  await lookForNews(reader.page);
  await expectOneAtTheWriter();
});

async function expectOneAtTheWriter(): Promise<void> {
  await lookForNews(writer.page);
  await walkTo(writer.page, 'Messages');
  await expect(writer.page.getByRole('main').getByRole('article')).toHaveCount(1);
  await openConversation(writer.page);
  await expect(messageWith(writer.page, words)).toHaveCount(1);
  await lookForNews(writer.page);
  await openConversation(writer.page);
  await expect(messageWith(writer.page, words)).toHaveCount(1);
}
