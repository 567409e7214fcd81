import { describe, expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { openedVault } from '#tests/support/opened-vault.ts';
import {
  openRelay,
  twoWhoTalk,
  type LinkedDevice,
  type TwoPeople,
} from '#tests/support/two-people.ts';

const hourMs = 3_600_000;

/** Where a device takes the answers of its conversation. */
async function mailboxes(device: LinkedDevice) {
  const vault = await openedVault(device);
  return vault
    .all('queue')
    .filter(({ role }) => role === 'conversation')
    .map(({ relay, use }) => ({ relay, use }));
}

async function twoRelays() {
  const two = await twoWhoTalk();
  const other = await openRelay(two.clock);
  for (const device of [two.asking, two.helping]) {
    unwrap(await device.api.addRelay(other.origin));
    await device.api.syncNow();
    await device.api.syncNow();
  }
  return { ...two, other };
}

/** Both write once more and both read it. */
async function talkOn({ asking, helping, asked, helped }: TwoPeople, n: number): Promise<void> {
  unwrap(await helping.api.sendMessage(helped, `Question ${n}`));
  await asking.awaitsText(asked, `Question ${n}`);
  unwrap(await asking.api.sendMessage(asked, `Answer ${n}`));
  await helping.awaitsText(helped, `Answer ${n}`);
}

async function hasMoved(device: LinkedDevice, to: string): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    await device.api.syncNow();
    const current = (await mailboxes(device)).find(({ use }) => use === 'current');
    if (current?.relay === to) return;
  }
  throw new Error('it has not moved');
}

describe('a mailbox that is moved', () => {
  test('goes to another relay, both see a notice, and what is sent next arrives there', async () => {
    const two = await twoRelays();
    const { asking, helping, asked, helped, other } = two;
    unwrap(await asking.api.moveQueue(asked));
    await hasMoved(asking, other.origin);
    const isMoved = { kind: 'queue-moved' };
    const { messages } = await helping.awaits(helped, (view) =>
      view.messages.some(({ notice }) => notice?.kind === 'queue-moved'),
    );
    expect(messages.at(-1)).toMatchObject({ fromMe: false, notice: isMoved });
    const own = await asking.awaits(asked, (view) => view.messages.at(-1)?.fromMe === true);
    expect(own.messages.at(-1)).toMatchObject({ fromMe: true, notice: isMoved });
    const before = other.logged();
    await talkOn(two, 1);
    await eventually(
      () => Promise.resolve(other.logged()),
      (logged) => logged.length > before.length,
    );
    expect(await mailboxes(asking)).toContainEqual({ relay: two.relay.origin, use: 'old' });
  });

  test('still brings what was sent to the old place before the peer knew', async () => {
    const two = await twoRelays();
    const { asking, helping, asked, helped, other } = two;
    helping.loseLink();
    unwrap(await helping.api.sendMessage(helped, 'Sealed before the move.'));
    unwrap(await asking.api.moveQueue(asked));
    await hasMoved(asking, other.origin);
    await helping.findLink();
    await asking.awaitsText(asked, 'Sealed before the move.');
    await talkOn(two, 1);
  });

  test('takes what waits for a dead relay along to the new place', async () => {
    const two = await twoRelays();
    const { asking, helping, asked, helped, other, relay } = two;
    unwrap(await asking.api.moveQueue(asked));
    await hasMoved(asking, other.origin);
    await talkOn(two, 1);
    helping.loseLink(other.origin);
    unwrap(await helping.api.sendMessage(helped, 'To a silent relay.'));
    await helping.api.syncNow();
    unwrap(await asking.api.moveQueue(asked));
    await hasMoved(asking, relay.origin);
    await helping.awaits(helped, ({ messages }) => {
      const notices = messages.filter(({ notice }) => notice?.kind === 'queue-moved');
      return notices.length === 2;
    });
    await helping.api.syncNow();
    await asking.awaitsText(asked, 'To a silent relay.');
  });

  test('leaves the old place thirty days after the peer acknowledged the new one', async () => {
    const two = await twoRelays();
    const { asking, asked, other, clock, relay } = two;
    unwrap(await asking.api.moveQueue(asked));
    await hasMoved(asking, other.origin);
    await talkOn(two, 1);
    await talkOn(two, 2);
    await asking.api.syncNow();
    clock.passDays(30);
    await asking.api.syncNow();
    expect(await mailboxes(asking)).toContainEqual({ relay: relay.origin, use: 'old' });
    clock.passDays(1);
    await asking.api.syncNow();
    await asking.api.syncNow();
    expect(await mailboxes(asking)).toEqual([{ relay: other.origin, use: 'current' }]);
    await talkOn(two, 3);
  });

  test('with one relay alone becomes a fresh queue there', async () => {
    const two = await twoWhoTalk();
    unwrap(await two.asking.api.moveQueue(two.asked));
    for (let turn = 0; turn < 5; turn++) await two.asking.api.syncNow();
    await talkOn(two, 1);
    expect((await mailboxes(two.asking)).map(({ use }) => use).sort()).toEqual(['current', 'old']);
  });
});

describe('a relay that is lost', () => {
  test('is left by itself after three days of silence, where another answers', async () => {
    const two = await twoRelays();
    const { asking, clock, relay, other } = two;
    asking.loseLink(relay.origin);
    await asking.api.syncNow();
    clock.pass(71 * hourMs);
    await asking.api.syncNow();
    expect((await mailboxes(asking)).map((box) => box.relay)).toEqual([relay.origin]);
    clock.pass(2 * hourMs);
    await hasMoved(asking, other.origin);
    // The peer's own mailbox is at the silent relay: it learns of the move when that is back.
    await asking.findLink(relay.origin);
    await talkOn(two, 1);
  });

  test('is left at once when it is taken off the list, and read until the peer knows', async () => {
    const two = await twoRelays();
    const { asking, helping, asked, helped, relay, other } = two;
    helping.loseLink();
    unwrap(await helping.api.sendMessage(helped, 'To the old place.'));
    unwrap(await asking.api.removeRelay(relay.origin));
    await hasMoved(asking, other.origin);
    await helping.findLink();
    await asking.awaitsText(asked, 'To the old place.');
    await talkOn(two, 1);
  });
});
