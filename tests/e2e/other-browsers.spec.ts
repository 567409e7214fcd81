import { expect, test } from '@playwright/test';
import { Firefox } from '../support/firefox.ts';
import { Hand } from '../support/hand.ts';
import { requestTitle } from '../support/phone-actions.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';
import { WebKit } from '../support/webkit.ts';

const {
  WALLFLOWER_FIREFOX: firefoxPath,
  WALLFLOWER_WEBKIT_DRIVER: driver,
  WALLFLOWER_WEBKIT: browser,
  WALLFLOWER_SCREEN: screen,
} = process.env;

/** An engine that cannot take the lead would steal it after twelve. */
const beforeStealingMs = 9_000;
/** So long after its start an engine has written what it writes then (0127). */
const quietMs = 700;

test.describe.configure({ timeout: 300_000 });
test.skip(
  !firefoxPath || !driver || !browser || !screen,
  'There is no Firefox, or no WebKitGTK with its driver, on this machine.',
);

let relay: ServedApp;
let asking: Hand;
let helping: Hand;

test.beforeAll(async () => {
  if (!firefoxPath || !driver || !browser || !screen) return;
  relay = await serveApp();
  asking = new Hand(await Firefox.start(firefoxPath));
  helping = new Hand(await WebKit.start({ driver, browser, screen }));
});

test.afterAll(async () => {
  await asking?.browser.throwAway();
  await helping?.browser.throwAway();
  await relay?.throwAway();
});

async function typePassphrase(hand: Hand, passphrase: string): Promise<void> {
  await hand.fill('Passphrase', passphrase);
  await hand.fill('Repeat passphrase', passphrase);
  await hand.press('Create vault');
}

/** Looks for news, and waits until the relay is watched again. */
async function lookForNews(hand: Hand): Promise<void> {
  await hand.press('Network');
  await hand.press('Look for news now');
  await new Promise((resolve) => setTimeout(resolve, 700));
}

async function send(hand: Hand, words: string): Promise<void> {
  await hand.fill('Message', words);
  await hand.press('Send');
  await hand.sees(words);
}

test('somebody in Firefox asks, somebody in WebKit answers, over a relay that goes away', async () => {
  await asking.browser.goto(relay.origin);
  await asking.press('New');
  await asking.fill('Skill', 'Legal help');
  await asking.fill('Title', requestTitle);
  await asking.fill('What do you need?', 'Two pages, before Friday.');
  await asking.press('Post request');
  await asking.sayNo();
  await asking.press('I understand, go on');
  await typePassphrase(asking, 'orange kettle ninety windmills hum');
  await asking.sees('On the relay');

  await helping.browser.goto(`${relay.origin}/me`);
  await typePassphrase(helping, 'velvet ladder answers slow thunder');
  await helping.sees('Your vault is open');
  await helping.press('Board');
  await helping.press(requestTitle);
  await helping.press('Reply privately');
  await helping.fill('Message', 'I have read such sheets for ten years.');
  await helping.press('Send');
  await helping.sees('On the relay');

  // Each visit to the relay could leave a connection behind; a browser has six.
  for (let visit = 0; visit < 8; visit++) await lookForNews(asking);
  await asking.press('Messages');
  await asking.press('Key ');
  await asking.press('Accept');
  await send(asking, 'Page one names paragraph 220.');
  await helping.sees('paragraph 220', 20_000);

  await relay.stop();
  await send(helping, 'It was changed in May.');
  await helping.sees('Waiting on this phone');
  for (const path of ['/', '/network', '/messages']) {
    await helping.browser.goto(relay.origin + path);
    await expect
      .poll(() => helping.browser.run(() => document.body.innerText), { timeout: beforeStealingMs })
      .toContain('Vault locked');
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
  await helping.fill('Passphrase', 'velvet ladder answers slow thunder');
  await helping.press('Unlock');
  await relay.start();
  await asking.sees('It was changed in May.', 90_000);
  expect((await asking.read()).split('It was changed in May.')).toHaveLength(2);
});
