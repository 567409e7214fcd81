import { expect, test } from 'vitest';
import { anyRequest } from '#tests/support/any-request.ts';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { openedVault } from '#tests/support/opened-vault.ts';
import { TestClock } from '#tests/support/test-clock.ts';
import { openDevice, openRelay, type LinkedDevice } from '#tests/support/two-people.ts';

/** A first message sealed to the card of the day on which this is called, still on its writer's device. */
async function firstMessageInHand() {
  const clock = new TestClock();
  const relay = await openRelay(clock);
  const asking = await openDevice(relay.origin, clock);
  const helping = await openDevice(relay.origin, clock);
  const fields = { ...anyRequest, lifetimeDays: 180 as const };
  const address = unwrap(await asking.api.postEntry(fields, { kind: 'new' }));
  await eventually(
    () => helping.api.prepareReply(address),
    (prepared) => prepared.ok && prepared.value.cardOnDevice,
  );
  helping.loseLink();
  const helped = unwrap(await helping.api.replyToEntry(address, 'Old hand.', { kind: 'new' }));
  return { clock, relay, asking, helping, address, helped };
}

async function cardDays(device: LinkedDevice) {
  return (await openedVault(device)).all('card-keys').map(({ day }) => day);
}

/** Lets so many days pass, with a visit each week: a device that is used. */
async function liveOn(device: LinkedDevice, clock: TestClock, days: number): Promise<void> {
  for (let left = days; left > 0; left -= 7) {
    clock.passDays(Math.min(7, left));
    await device.api.syncNow();
    await device.api.syncNow();
  }
}

test('a card is replaced every week, and the old one still opens what was sealed to it', async () => {
  const { clock, asking, helping } = await firstMessageInHand();
  expect(await cardDays(asking)).toHaveLength(1);
  clock.passDays(6);
  await asking.api.syncNow();
  await asking.api.syncNow();
  expect(await cardDays(asking)).toHaveLength(1);
  clock.passDays(1);
  await eventually(
    async () => {
      await asking.api.syncNow();
      return cardDays(asking);
    },
    ({ length }) => length === 2,
  );
  await helping.findLink();
  const [row] = await eventually(
    async () => unwrap(await asking.api.listConversations()),
    ({ length }) => length === 1,
  );
  expect(row?.lastText).toBe('Old hand.');
});

test('61 days after its day a card opens what was sealed to it, for the last time', async () => {
  const { clock, asking, helping } = await firstMessageInHand();
  const [first] = await cardDays(asking);
  await liveOn(asking, clock, 61);
  expect(await cardDays(asking)).toContain(first);
  await helping.findLink();
  const [row] = await eventually(
    async () => {
      await asking.api.syncNow();
      return unwrap(await asking.api.listConversations());
    },
    ({ length }) => length === 1,
  );
  expect(row?.lastText).toBe('Old hand.');
});

test('on the day after that its private keys are gone, and the message opens nowhere', async () => {
  const { clock, asking, helping, helped } = await firstMessageInHand();
  const [first] = await cardDays(asking);
  await liveOn(asking, clock, 61);
  clock.passDays(1);
  await helping.findLink();
  await helping.awaits(helped, ({ messages }) => messages.at(-1)?.delivery === 'on-relay');
  await asking.api.syncNow();
  await asking.api.syncNow();
  expect(await cardDays(asking)).not.toContain(first);
  expect(unwrap(await asking.api.listConversations())).toEqual([]);
});

test('a device that was off on that day erases before it reads', async () => {
  const { clock, asking, helping, helped } = await firstMessageInHand();
  await liveOn(asking, clock, 60);
  asking.kill();
  clock.passDays(2);
  await helping.findLink();
  await helping.awaits(helped, ({ messages }) => messages.at(-1)?.delivery === 'on-relay');
  await asking.start();
  await asking.unlock();
  await asking.api.syncNow();
  await asking.api.syncNow();
  expect(unwrap(await asking.api.listConversations())).toEqual([]);
});

test('a new card names another mailbox once the old one’s relay is off the list', async () => {
  const { clock, relay, asking } = await firstMessageInHand();
  const other = await openRelay(clock);
  unwrap(await asking.api.addRelay(other.origin));
  await asking.api.syncNow();
  unwrap(await asking.api.removeRelay(relay.origin));
  await asking.api.syncNow();
  const readContacts = async () =>
    (await openedVault(asking)).all('queue').filter(({ role }) => role === 'contact');
  const contacts = await eventually(readContacts, ({ length }) => length === 2);
  expect(new Map(contacts.map((queue) => [queue.relay, queue.use]))).toEqual(
    new Map([
      [relay.origin, 'old'],
      [other.origin, 'current'],
    ]),
  );
});
