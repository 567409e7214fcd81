import type { Page } from '@playwright/test';
import {
  createVault,
  messageWith,
  openEntry,
  postRequest,
  replyPrivately,
  requestTitle,
  walkTo,
} from './phone-actions.ts';

/** Path of each screen that stands at an address of its own. */
export const screenPaths = {
  board: '/',
  new: '/new',
  messages: '/messages',
  'lost conversation': '/messages/x',
  'lost contact': '/messages/x/verify',
  me: '/me',
  backup: '/me/backup',
  network: '/network',
  learn: '/learn',
  'lost entry': '/request/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'nothing there': '/nowhere/at/all',
} as const;

/**
 * Walks through what can only be seen with an open vault, in English, and calls back on each:
 * a filled form with its preview, one's own entry, a reply, a conversation, the personas.
 */
export async function walkThroughOpenVault(
  page: Page,
  passphrase: string,
  onscreen: (name: string) => Promise<void>,
): Promise<void> {
  await createVault(page, passphrase);
  await onscreen('me, open');
  await postRequest(page, { title: requestTitle, text: 'Two pages, before Friday.' });
  await onscreen('own entry');
  await walkTo(page, 'Board');
  await onscreen('board with an own entry');
  const other = page
    .getByRole('main')
    .getByRole('article')
    .filter({ hasNotText: requestTitle })
    .getByRole('heading')
    .first();
  await openEntry(page, (await other.innerText()).trim());
  await onscreen('entry of somebody');
  await replyPrivately(page, 'I can help with that on Thursday.');
  await messageWith(page, 'Thursday').waitFor();
  await onscreen('conversation');
  await page.getByRole('button', { name: 'About this conversation' }).click();
  await page.getByRole('button', { name: 'Verify contact' }).click();
  await page.getByRole('heading', { level: 1, name: 'Verify contact' }).waitFor();
  await onscreen('verify, without a key');
  await walkTo(page, 'Messages');
  await onscreen('messages, filled');
  await walkTo(page, 'Network');
  await onscreen('network, filled');
  await walkTo(page, 'New');
  await onscreen('new, with personas');
}
