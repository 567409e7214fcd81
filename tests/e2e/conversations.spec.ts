import { expect, test, type Page } from '@playwright/test';
import {
  lookForNews,
  lookIntoConversation,
  messageWith,
  openConversation,
  requestTitle,
  sendMessage,
  walkTo,
} from '../support/phone-actions.ts';
import { firstMessage, introduceTwoPhones, type TwoPhones } from '../support/two-phones.ts';

let phones: TwoPhones;

test.beforeEach(async () => {
  test.setTimeout(300_000);
  phones = await introduceTwoPhones();
});

test.afterEach(async () => {
  await phones.throwAway();
});

const tray = (page: Page) => page.getByRole('region', { name: 'Wants to write to you' });
const openMenu = async (page: Page) => {
  await page.getByRole('button', { name: 'About this conversation' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
};
const closeMenu = async (page: Page) => {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
};

test('a stranger waits apart; once accepted, both write, agree on a lifetime, search and delete', async () => {
  const writer = phones.writer.page;
  const reader = phones.reader.page;

  await test.step('the first message lies in the tray, with the entry it answers', async () => {
    await walkTo(writer, 'Messages');
    await expect(tray(writer).getByText(firstMessage)).toBeVisible();
    await expect(tray(writer).getByText(requestTitle)).toBeVisible();
    await expect(writer.getByRole('heading', { name: '1 conversation' })).toHaveCount(0);
    await expect(tray(writer).getByText('They are told that you declined.')).toBeVisible();
    await expect(tray(writer).getByText('They are not told.')).toBeVisible();
  });

  await test.step('nothing can be written before the decision', async () => {
    await lookIntoConversation(writer);
    await expect(writer.getByRole('button', { name: 'Decline' })).toBeVisible();
    await expect(writer.getByLabel('Message', { exact: true })).toHaveCount(0);
  });

  await test.step('accepted in the tray, it is a conversation', async () => {
    await walkTo(writer, 'Messages');
    await tray(writer).getByRole('button', { name: 'Accept' }).click();
    await expect(tray(writer)).toHaveCount(0);
    await expect(writer.getByRole('heading', { name: '1 conversation' })).toBeVisible();
    await openConversation(writer);
    await sendMessage(writer, 'Thistle-77: thank you, here is the first page.');
    await lookForNews(writer);
  });

  await test.step('the answer comes', async () => {
    await lookForNews(reader);
    await openConversation(reader);
    await expect(messageWith(reader, 'Thistle-77')).toHaveCount(1);
    await expect(messageWith(reader, firstMessage)).toContainText('Delivered');
  });

  await test.step('one side chooses how long messages stay, and both see it', async () => {
    await openConversation(writer);
    await openMenu(writer);
    await expect(writer.getByRole('radio', { name: 'Until deleted' })).toBeChecked();
    await writer.getByRole('radio', { name: '7 days' }).check();
    await closeMenu(writer);
    await expect(messageWith(writer, 'You chose that messages leave')).toContainText('7 days');
    await sendMessage(writer, 'Clover-5: the second page.');
    await expect(messageWith(writer, 'Clover-5')).toContainText('Leaves');
    await lookForNews(writer);
    await lookForNews(reader);
    await openConversation(reader);
    await expect(messageWith(reader, 'The other person chose')).toContainText('7 days');
    await expect(messageWith(reader, 'Clover-5')).toContainText('Leaves');
    await openMenu(reader);
    await expect(reader.getByRole('radio', { name: '7 days' })).toBeChecked();
    await closeMenu(reader);
  });

  await test.step('a search finds a message and leads to it', async () => {
    await walkTo(reader, 'Messages');
    await reader.getByLabel('Search messages').fill('thistle');
    await expect(reader.getByRole('status').filter({ hasText: '1 message found' })).toBeVisible();
    await reader.getByRole('main').getByRole('link', { name: 'Thistle-77' }).click();
    await expect(messageWith(reader, 'Thistle-77')).toBeFocused();
    await walkTo(reader, 'Messages');
    await expect(reader.getByLabel('Search messages')).toHaveValue('');
    await reader.getByLabel('Search messages').fill('marigold');
    await expect(reader.getByText('No message on this device holds these words.')).toBeVisible();
    await reader.getByLabel('Search messages').fill('');
  });

  await test.step('a message is deleted by keyboard, on one device only', async () => {
    await openConversation(reader);
    await messageWith(reader, 'Thistle-77').getByRole('button').focus();
    await reader.keyboard.press('Enter');
    await reader.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(messageWith(reader, 'Thistle-77')).toHaveCount(0);
    await expect(messageWith(reader, 'Clover-5')).toHaveCount(1);
    await openConversation(writer);
    await expect(messageWith(writer, 'Thistle-77')).toHaveCount(1);
  });
});

test('who is declined is told, who is blocked is not', async () => {
  const writer = phones.writer.page;
  const reader = phones.reader.page;

  await test.step('declined', async () => {
    await walkTo(writer, 'Messages');
    await tray(writer).getByRole('button', { name: 'Decline' }).click();
    await expect(tray(writer)).toHaveCount(0);
    await expect(writer.getByText('1 put aside')).toBeVisible();
    await lookForNews(writer);
    await lookForNews(reader);
    await lookIntoConversation(reader);
    await expect(messageWith(reader, 'The other person declined')).toBeVisible();
    await expect(reader.getByText('nothing more can be sent in it')).toBeVisible();
    await expect(reader.getByLabel('Message', { exact: true })).toHaveCount(0);
  });

  await test.step('accepted after all, it opens again for both', async () => {
    await walkTo(writer, 'Messages');
    await writer.getByText('1 put aside').click();
    await writer.getByRole('main').getByRole('article').getByRole('link').first().click();
    await writer.getByRole('button', { name: 'Accept' }).click();
    await sendMessage(writer, 'I thought again. Please go on.');
    await lookForNews(writer);
    await lookForNews(reader);
    await openConversation(reader);
    await expect(messageWith(reader, 'I thought again')).toHaveCount(1);
  });

  await test.step('blocked: what comes is not shown, and the other side sees no difference', async () => {
    await openConversation(writer);
    await openMenu(writer);
    await writer.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await closeMenu(writer);
    await expect(writer.getByText('You have blocked this person')).toBeVisible();
    await expect(writer.getByLabel('Message', { exact: true })).toHaveCount(0);
    await sendMessage(reader, 'Nettle-3: are you there?');
    await lookForNews(reader);
    await lookForNews(writer);
    await walkTo(writer, 'Messages');
    await writer.getByText('1 put aside').click();
    await expect(writer.getByText('Blocked', { exact: true })).toBeVisible();
    await writer.getByRole('main').getByRole('article').getByRole('link').first().click();
    await expect(messageWith(writer, 'I thought again')).toHaveCount(1);
    await expect(messageWith(writer, 'Nettle-3')).toHaveCount(0);
    await openConversation(reader);
    await expect(messageWith(reader, 'Nettle-3')).toContainText('On the relay');
    await expect(reader.getByRole('log').getByText(/block/i)).toHaveCount(0);
  });
});

test('receipts are off at first, and stay as they are chosen', async () => {
  const { page } = phones.writer;
  const receipts = page.getByRole('switch', { name: 'Send receipts' });
  await walkTo(page, 'Messages');
  await expect(receipts).not.toBeChecked();
  await receipts.check();
  await walkTo(page, 'Board');
  await walkTo(page, 'Messages');
  await expect(receipts).toBeChecked();
});
