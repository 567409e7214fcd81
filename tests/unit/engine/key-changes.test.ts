import { describe, expect, test } from 'vitest';
import { unwrap } from '#tests/support/engine-in-node.ts';
import { impersonate, keyOf, publishCardAs, writeAs } from '#tests/support/impostor.ts';
import { textsOf } from '#tests/support/meeting.ts';
import { twoWhoTalk, type TwoPeople } from '#tests/support/two-people.ts';

const keyChanged = { ok: false, error: { code: 'key-changed' } };

/** Somebody writes to the one who asked in the helper's name, with another key. */
async function writeInTheirName(two: TwoPeople, text: string) {
  const { asking, helping, helped, relay } = two;
  const impostor = await impersonate(helping, relay);
  const { peer } = await helping.read(helped);
  await writeAs(impostor, helping, keyOf(peer), text);
  await asking.api.syncNow();
  await asking.awaits(two.asked, (view) => view.keyChanged);
  return impostor;
}

describe('a first message in a peer’s name with another key', () => {
  test('stops sending and says why; what it says is not shown', async () => {
    const two = await twoWhoTalk();
    const { asking, asked } = two;
    unwrap(await asking.api.setVerified(asked, true));
    await writeInTheirName(two, 'It is me, with a new phone.');
    const view = await asking.read(asked);
    expect(view.messages.at(-1)?.notice).toEqual({ kind: 'key-changed' });
    expect(view.messages.map(({ text }) => text)).not.toContain('It is me, with a new phone.');
    expect(await asking.api.sendMessage(asked, 'Where are you?')).toEqual(keyChanged);
    expect(await asking.api.setLifetime(asked, 1)).toEqual(keyChanged);
    expect(await asking.api.moveQueue(asked)).toEqual(keyChanged);
    await asking.restart();
    expect((await asking.read(asked)).keyChanged).toBe(true);
  });

  test('holds back what waited, which goes out when the old key is kept', async () => {
    const two = await twoWhoTalk();
    const { asking, helping, asked, helped, relay } = two;
    const impostor = await impersonate(helping, relay);
    const { peer } = await helping.read(helped);
    asking.loseLink();
    unwrap(await asking.api.sendMessage(asked, 'Waiting.'));
    await writeAs(impostor, helping, keyOf(peer), 'It is me.');
    // The relay takes nothing more from the one who asked, but gives.
    asking.refuseToSend = true;
    await asking.findLink();
    await asking.awaits(asked, (view) => view.keyChanged);
    asking.refuseToSend = false;
    two.clock.pass(3_600_000);
    await asking.api.syncNow();
    await helping.api.syncNow();
    expect(await textsOf(helping, helped)).not.toContain('Waiting.');
    expect((await asking.read(asked)).messages.find((m) => m.text === 'Waiting.')).toMatchObject({
      delivery: 'on-device',
    });
    unwrap(await asking.api.decideOnKey(asked, 'keep-old'));
    await helping.awaitsText(helped, 'Waiting.');
    expect(await asking.read(asked)).toMatchObject({ keyChanged: false });
  });

  test('is dropped for good when the old key is kept, and raises no second alarm', async () => {
    const two = await twoWhoTalk();
    const { asking, helping, asked, helped } = two;
    unwrap(await asking.api.setVerified(asked, true));
    const impostor = await writeInTheirName(two, 'It is me.');
    unwrap(await asking.api.decideOnKey(asked, 'keep-old'));
    await asking.api.syncNow();
    const { peer } = await helping.read(helped);
    await writeAs(impostor, helping, keyOf(peer), 'No, really.');
    unwrap(await helping.api.sendMessage(helped, 'The true one.'));
    const view = await asking.awaitsText(asked, 'The true one.');
    expect(view).toMatchObject({ keyChanged: false, verified: true });
    expect(await textsOf(asking, asked)).not.toContain('No, really.');
    unwrap(await asking.api.sendMessage(asked, 'Good.'));
    await helping.awaitsText(helped, 'Good.');
  });

  test('comes in when the new key is trusted: a new session, no longer verified', async () => {
    const two = await twoWhoTalk();
    const { asking, asked } = two;
    unwrap(await asking.api.setVerified(asked, true));
    const before = unwrap(await asking.api.readVerification(asked));
    await writeInTheirName(two, 'It is me, with a new phone.');
    unwrap(await asking.api.decideOnKey(asked, 'trust-new'));
    const view = await asking.awaitsText(asked, 'It is me, with a new phone.');
    expect(view).toMatchObject({ keyChanged: false, verified: false });
    expect(view.messages.map(({ text }) => text)).toContain('Gladly.');
    expect(unwrap(await asking.api.readVerification(asked)).digits).not.toBe(before.digits);
    expect((await asking.api.sendMessage(asked, 'Welcome back.')).ok).toBe(true);
  });

  test('of a blocked peer is dropped without an alarm', async () => {
    const two = await twoWhoTalk();
    const { asking, helping, asked, helped, relay } = two;
    unwrap(await asking.api.blockPeer(asked, true));
    const impostor = await impersonate(helping, relay);
    await writeAs(impostor, helping, keyOf((await helping.read(helped)).peer), 'It is me.');
    await asking.api.syncNow();
    unwrap(await asking.api.blockPeer(asked, false));
    await asking.api.syncNow();
    expect((await asking.read(asked)).keyChanged).toBe(false);
  });
});

describe('a contact card with another key', () => {
  test('stops sending, and what waits is sealed anew for the key that is trusted', async () => {
    const two = await twoWhoTalk();
    const { asking, helping, helped, relay } = two;
    const impostor = await impersonate(asking, relay);
    await publishCardAs(impostor);
    const about = (await helping.read(helped)).about?.address;
    if (about === undefined) throw new Error('no entry');
    helping.refuseToSend = true;
    unwrap(await helping.api.sendMessage(helped, 'Waiting.'));
    unwrap(await helping.api.prepareReply(about));
    await helping.awaits(helped, (view) => view.keyChanged);
    helping.refuseToSend = false;
    expect(await helping.api.sendMessage(helped, 'More.')).toEqual(keyChanged);
    const before = unwrap(await helping.api.readVerification(helped));
    unwrap(await helping.api.decideOnKey(helped, 'trust-new'));
    const view = await helping.awaits(
      helped,
      ({ messages }) => messages.find((m) => m.text === 'Waiting.')?.delivery !== 'needs-link',
    );
    expect(view.keyChanged).toBe(false);
    expect(unwrap(await helping.api.readVerification(helped)).digits).not.toBe(before.digits);
    await helping.api.syncNow();
    expect(await textsOf(asking, two.asked)).not.toContain('Waiting.');
  });

  test('shows its own code as a changed key, and the old one as theirs', async () => {
    const two = await twoWhoTalk();
    const { asking, helping, asked, helped } = two;
    const { code } = unwrap(await helping.api.readVerification(helped));
    await writeInTheirName(two, 'It is me.');
    unwrap(await asking.api.compareScanned(asked, code));
    expect(await asking.read(asked)).toMatchObject({ verified: true, keyChanged: true });
  });
});
