import { expect, type Locator, type Page } from '@playwright/test';

/** Rooms by the words of the navigation. */
const rooms = {
  Board: '/',
  New: '/new',
  Messages: '/messages',
  Network: '/network',
  Me: '/me',
} as const;
export type Room = keyof typeof rooms;

export const requestTitle = 'A lawyer to read a charge sheet';

export interface RequestWords {
  readonly title: string;
  readonly text: string;
}

/** Walks there as a thumb does; the page is not loaded again, so an open vault stays open. */
export async function walkTo(page: Page, room: Room): Promise<void> {
  const navigation = page.getByRole('navigation', { name: 'Main' });
  await navigation.getByRole('link', { name: room, exact: true }).click();
  await expect(page).toHaveURL((url) => url.pathname === rooms[room]);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

export async function createVault(page: Page, passphrase: string): Promise<void> {
  await walkTo(page, 'Me');
  await fillNewPassphrase(page, passphrase);
  await expect(page.getByRole('button', { name: 'Lock now' }).first()).toBeVisible();
}

async function fillNewPassphrase(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Repeat passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Create vault' }).click();
}

export async function unlockVault(page: Page, passphrase: string): Promise<void> {
  await walkTo(page, 'Me');
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('button', { name: 'Lock now' }).first()).toBeVisible();
}

/** Posts a request with an open vault and ends on its own screen; gives the path of that. */
export async function postRequest(page: Page, { title, text }: RequestWords): Promise<string> {
  await walkTo(page, 'New');
  await page.getByLabel('Skill', { exact: true }).selectOption({ label: 'Legal help' });
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('What do you need?').fill(text);
  await page.getByRole('button', { name: 'Post request' }).click();
  await answerSafetyQuestions(page);
  await expect(page).toHaveURL(/\/request\/[\w-]{43}$/);
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  return new URL(page.url()).pathname;
}

async function answerSafetyQuestions(page: Page): Promise<void> {
  const goOn = page.getByRole('button', { name: 'I understand, go on' });
  await expect(goOn.or(page.getByRole('button', { name: 'Share' }))).toBeVisible();
  if (!(await goOn.isVisible())) return;
  for (const no of await page.getByRole('radio', { name: 'No', exact: true }).all()) {
    await no.check();
  }
  await goOn.click();
}

/** Asks the relays at once, as a person does who does not want to wait for the next attempt. */
export async function lookForNews(page: Page): Promise<void> {
  await walkTo(page, 'Network');
  await page.getByRole('button', { name: 'Look for news now' }).click();
  await expect(page.getByText(/relays? answered/).first()).toBeVisible();
}

export async function openEntry(page: Page, title: string): Promise<void> {
  await walkTo(page, 'Board');
  await page.getByRole('main').getByRole('link', { name: title }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

/** Resolves once a reply to the entry that is shown could be encrypted without a link. */
export async function waitForContactCard(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Reply privately' }).click();
  await expect(page.getByLabel('Message', { exact: true })).toBeVisible();
  await expect(page.getByText('needs a link once')).toBeHidden();
  await page.getByRole('button', { name: 'Cancel' }).click();
}

/** Replies privately on an entry's screen and ends in the conversation. */
export async function replyPrivately(page: Page, message: string): Promise<void> {
  await page.getByRole('button', { name: 'Reply privately' }).click();
  await page.getByLabel('Message', { exact: true }).fill(message);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/\/messages\/[\w-]+$/);
  await expect(messageWith(page, message)).toBeVisible();
}

/** Opens the only conversation there is, and accepts a stranger who asks for it. */
export async function openConversation(page: Page): Promise<void> {
  await lookIntoConversation(page);
  const accept = page.getByRole('button', { name: 'Accept' });
  const field = page.getByLabel('Message', { exact: true });
  await expect(accept.or(field)).toBeVisible();
  if (await accept.isVisible()) await accept.click();
  await expect(field).toBeVisible();
}

/** Opens the only conversation there is, and decides nothing. */
export async function lookIntoConversation(page: Page): Promise<void> {
  await walkTo(page, 'Messages');
  await page.getByRole('main').getByRole('article').getByRole('link').first().click();
  await expect(page.getByRole('log')).toBeVisible();
}

export async function sendMessage(page: Page, message: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(message);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(messageWith(page, message)).toBeVisible();
}

/** Each message of the open conversation that says these words. */
export function messageWith(page: Page, words: string): Locator {
  return page.getByRole('log').getByRole('listitem').filter({ hasText: words });
}
