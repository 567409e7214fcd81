import { expect, test } from '@playwright/test';
import { dumpStorage } from '../support/dump-storage.ts';
import { findMarker, readFolder } from '../support/find-marker.ts';
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

const publicText = 'Two pages in Arabic, before the hearing on Friday. Details follow privately.';
const offerOfHelp = 'Marigold-7741: I have read such charges for ten years. Send me both pages.';
const answer = 'Thistle-2093: thank you. The first page says paragraph 220.';
const writersPassphrase = 'orange kettle ninety windmills hum';
const readersPassphrase = 'velvet ladder answers slow thunder';
const secrets = ['Marigold-7741', 'Thistle-2093', writersPassphrase, readersPassphrase];

let relay: ServedApp;
let writer: Phone;
let reader: Phone;

test.beforeEach(async () => {
  relay = await serveApp();
  writer = await openPhone(relay.origin);
  reader = await openPhone(relay.origin);
  writer.link.startRecording();
  reader.link.startRecording();
});

test.afterEach(async () => {
  await reader.throwAway();
  await writer.throwAway();
  await relay.throwAway();
});

test('a request written without a link is answered in private, and nobody else learns a word', async () => {
  test.setTimeout(300_000);
  const writersPage = () => writer.page;
  const readersPage = () => reader.page;

  await test.step('the writer has visited once', async () => {
    await writer.goto('/');
    await writer.waitForShell();
  });

  await test.step('the writer writes a request without a link', async () => {
    writer.link.set({ refuse: true });
    await writer.page.reload();
    await createVault(writersPage(), writersPassphrase);
    await postRequest(writersPage(), { title: requestTitle, text: publicText });
    await expect(writersPage().getByText('Waiting on this phone').first()).toBeVisible();
    await expect(writersPage().getByText('On the relay')).toHaveCount(0);
  });

  await test.step('meanwhile the reader sees no such request', async () => {
    await reader.goto('/');
    await reader.waitForShell();
    await lookForNews(readersPage());
    await walkTo(readersPage(), 'Board');
    await expect(readersPage().getByText(requestTitle)).toHaveCount(0);
  });

  await test.step('the link comes, and the request reaches the relay', async () => {
    writer.link.heal();
    await lookForNews(writersPage());
    await openEntry(writersPage(), requestTitle);
    await expect(writersPage().getByText('On the relay').first()).toBeVisible();
    await expect(writersPage().getByText('Waiting on this phone')).toHaveCount(0);
  });

  await test.step('the reader sees it, and reads it again without a link', async () => {
    await lookForNews(readersPage());
    await openEntry(readersPage(), requestTitle);
    await expect(readersPage().getByText(publicText)).toBeVisible();
    await waitForContactCard(readersPage());
    reader.link.set({ refuse: true });
    await readersPage().reload();
    await expect(readersPage().getByRole('heading', { name: requestTitle })).toBeVisible();
    await expect(readersPage().getByText(publicText)).toBeVisible();
  });

  await test.step('the reader replies while the relay is down', async () => {
    await relay.stop();
    reader.link.heal();
    await createVault(readersPage(), readersPassphrase);
    await openEntry(readersPage(), requestTitle);
    await replyPrivately(readersPage(), offerOfHelp);
    await expect(messageWith(readersPage(), offerOfHelp)).toContainText('Waiting on this phone');
  });

  await test.step('the relay is back, and takes the reply', async () => {
    await relay.start();
    await lookForNews(readersPage());
    await openConversation(readersPage());
    await expect(messageWith(readersPage(), offerOfHelp)).toContainText('On the relay');
    await expect(messageWith(readersPage(), offerOfHelp)).not.toContainText('Delivered');
  });

  await test.step('the writer reads it, and answers', async () => {
    await lookForNews(writersPage());
    await openConversation(writersPage());
    await expect(messageWith(writersPage(), offerOfHelp)).toHaveCount(1);
    await sendMessage(writersPage(), answer);
    await expect(messageWith(writersPage(), answer)).toContainText('On the relay');
  });

  await test.step('the relay stops and starts; the answer waits in it', async () => {
    await relay.stop();
    await relay.start();
  });

  await test.step('the reader has the answer once, and knows that the reply was delivered', async () => {
    await lookForNews(readersPage());
    await openConversation(readersPage());
    await expect(messageWith(readersPage(), answer)).toHaveCount(1);
    await expect(messageWith(readersPage(), offerOfHelp)).toContainText('Delivered');
    await lookForNews(readersPage());
    await openConversation(readersPage());
    await expect(readersPage().getByRole('log').getByRole('listitem')).toHaveCount(2);
  });

  await test.step('it is all there once after a reload, behind the passphrase', async () => {
    await readersPage().reload();
    await expect(readersPage().getByText('Thistle-2093')).toHaveCount(0);
    await unlockVault(readersPage(), readersPassphrase);
    await openConversation(readersPage());
    await expect(readersPage().getByRole('log').getByRole('listitem')).toHaveCount(2);
  });

  await test.step('no word of it lies anywhere else', async () => {
    const places: [string, Buffer][] = [
      ['the relay’s files', await readFolder(relay.dataFolder)],
      ['what the relay said', Buffer.from(relay.output())],
      ['the writer’s traffic', writer.link.recorded()],
      ['the reader’s traffic', reader.link.recorded()],
      ['the writer’s storage', await dumpStorage(writersPage())],
      ['the reader’s storage', await dumpStorage(readersPage())],
    ];
    await Promise.all([writer.switchOff(), reader.switchOff()]);
    places.push(['the writer’s profile', await readFolder(writer.profile)]);
    places.push(['the reader’s profile', await readFolder(reader.profile)]);
    for (const [place, bytes] of places) {
      for (const secret of secrets) {
        expect(findMarker(bytes, secret), `${secret} in ${place}`).toEqual([]);
      }
    }
    const wire = writer.link.recorded();
    expect(findMarker(wire, requestTitle), 'the public title on the wire').not.toEqual([]);
  });
});
