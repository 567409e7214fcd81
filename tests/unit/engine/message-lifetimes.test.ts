import { describe, expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { meet, textsOf } from '#tests/support/meeting.ts';
import { TestClock } from '#tests/support/test-clock.ts';
import { openDevice, openRelay, twoAndARequest, twoWhoTalk } from '#tests/support/two-people.ts';
import { openedVault } from '#tests/support/opened-vault.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('a lifetime', () => {
  test('holds on both sides, and both see who said it', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.setLifetime(asked, 7));
    const view = await helping.awaits(helped, ({ lifetimeDays }) => lifetimeDays === 7);
    const notice = { kind: 'lifetime', days: 7 };
    expect(view.messages.at(-1)).toMatchObject({ fromMe: false, notice, text: '' });
    expect((await asking.read(asked)).messages.at(-1)).toMatchObject({ fromMe: true, notice });
    expect(view.unread).toBe(1);
    unwrap(await helping.api.setLifetime(helped, 0));
    await asking.awaits(asked, ({ lifetimeDays }) => lifetimeDays === 0);
    expect((await helping.read(helped)).lifetimeDays).toBe(0);
  });

  test.each([
    [1, 30, 1],
    [0, 7, 7],
    [30, 0, 30],
  ] as const)(
    'said as %i and as %i at once is the shorter one on both sides',
    async (here, there, agreed) => {
      const { asking, helping, asked, helped } = await twoWhoTalk();
      if (agreed !== 1) {
        unwrap(await asking.api.setLifetime(asked, 1));
        await helping.awaits(helped, ({ lifetimeDays }) => lifetimeDays === 1);
      }
      // Both have heard of the same number of messages, so that neither place is the later one.
      await evenUp(asking, asked, helping, helped);
      asking.loseLink();
      helping.loseLink();
      unwrap(await asking.api.setLifetime(asked, here));
      unwrap(await helping.api.setLifetime(helped, there));
      await asking.findLink();
      await helping.findLink();
      const isHeard = (count: number) => (view: { messages: readonly { notice: unknown }[] }) =>
        view.messages.filter(({ notice }) => notice !== null).length >= count;
      await asking.awaits(asked, isHeard(1));
      await helping.awaits(helped, isHeard(1));
      await settle(asking, helping);
      expect((await asking.read(asked)).lifetimeDays).toBe(agreed);
      expect((await helping.read(helped)).lifetimeDays).toBe(agreed);
    },
  );

  test('said again after both spoke at once is the last word', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    asking.loseLink();
    helping.loseLink();
    unwrap(await asking.api.setLifetime(asked, 1));
    unwrap(await helping.api.setLifetime(helped, 7));
    await asking.findLink();
    await helping.findLink();
    await settle(asking, helping);
    unwrap(await helping.api.setLifetime(helped, 30));
    await asking.awaits(asked, ({ lifetimeDays }) => lifetimeDays === 30);
    expect((await helping.read(helped)).lifetimeDays).toBe(30);
  });

  test('chosen before there was a link goes out with the first message', async () => {
    const { asking, helping, address } = await twoAndARequest();
    helping.loseLink();
    const helped = unwrap(await helping.api.replyToEntry(address, 'Hello.', { kind: 'new' }));
    unwrap(await helping.api.setLifetime(helped, 1));
    await helping.findLink();
    const [row] = await eventually(
      async () => unwrap(await asking.api.listConversations()),
      ({ length }) => length === 1,
    );
    if (row === undefined) throw new Error('no conversation');
    await asking.awaits(row.id, ({ lifetimeDays }) => lifetimeDays === 1);
  });
});

describe('a message that is past its time', () => {
  test('leaves the vault of both, counted from its writing and from its reading', async () => {
    const { clock, asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.setLifetime(asked, 1));
    unwrap(await asking.api.sendMessage(asked, 'Burn this.'));
    await helping.awaitsText(helped, 'Burn this.');
    clock.pass(20 * hourMs);
    unwrap(await helping.api.markRead(helped));
    const read = (await helping.read(helped)).messages.find(({ text }) => text === 'Burn this.');
    expect(Math.abs((read?.leavesAtMs ?? 0) - clock.nowMs - dayMs)).toBeLessThan(hourMs);
    clock.pass(5 * hourMs);
    await asking.api.syncNow();
    expect(await textsOf(asking, asked)).not.toContain('Burn this.');
    expect(await textsOf(helping, helped)).toContain('Burn this.');
    clock.pass(20 * hourMs);
    await helping.api.syncNow();
    expect(await textsOf(helping, helped)).not.toContain('Burn this.');
    for (const device of [asking, helping]) {
      const vault = await openedVault(device);
      expect(vault.all('message').map(({ text }) => text)).not.toContain('Burn this.');
    }
    expect(await textsOf(helping, helped)).toContain('Thank you.');
  });

  test('stays while nobody has read it', async () => {
    const { clock, asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.setLifetime(asked, 1));
    unwrap(await asking.api.sendMessage(asked, 'Unread.'));
    await helping.awaitsText(helped, 'Unread.');
    clock.passDays(9);
    await helping.api.syncNow();
    expect(await textsOf(helping, helped)).toContain('Unread.');
  });

  test('stays while it has not been sent', async () => {
    const { clock, asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.setLifetime(asked, 1));
    asking.loseLink();
    unwrap(await asking.api.sendMessage(asked, 'Late.'));
    clock.passDays(2);
    await asking.api.syncNow();
    expect(await textsOf(asking, asked)).toContain('Late.');
    await asking.findLink();
    await helping.awaitsText(helped, 'Late.');
    await asking.api.syncNow();
    expect(await textsOf(asking, asked)).not.toContain('Late.');
  });

  test('stays while the clock is doubted, and goes when it is confirmed', async () => {
    const clock = new TestClock();
    const relay = await openRelay(new TestClock());
    const asking = await openDevice(relay.origin, clock);
    const helping = await openDevice(relay.origin, clock);
    const { asking: asked } = await meet(asking, helping);
    unwrap(await asking.api.setLifetime(asked, 1));
    unwrap(await asking.api.sendMessage(asked, 'Keep this.'));
    await asking.awaits(asked, ({ messages }) => messages.at(-1)?.delivery !== 'on-device');
    const inVault = async () =>
      (await openedVault(asking)).all('message').some(({ text }) => text === 'Keep this.');
    asking.loseLink();
    clock.passDays(5);
    await asking.restart();
    await asking.api.syncNow();
    expect(await inVault()).toBe(true);
    await asking.findLink();
    await eventually(
      () => asking.api.readNetwork(),
      ({ clockWrong }) => clockWrong,
    );
    await asking.api.syncNow();
    expect(await textsOf(asking, asked)).toContain('Keep this.');
    expect(await inVault()).toBe(true);
    await asking.api.confirmClock();
    await eventually(inVault, (isThere) => !isThere);
  });
});

describe('deleting a message', () => {
  test('takes it from this device alone', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    const { messages } = await asking.read(asked);
    const gladly = messages.find(({ text }) => text === 'Gladly.');
    if (gladly === undefined) throw new Error('no message');
    unwrap(await asking.api.deleteMessage(gladly.id));
    expect(await textsOf(asking, asked)).toEqual(['I can help.', 'Thank you.']);
    expect(await textsOf(helping, helped)).toContain('Gladly.');
    const again = await asking.api.deleteMessage(gladly.id);
    expect(again).toEqual({ ok: false, error: { code: 'not-found' } });
  });

  test('keeps back one that has not left, and the next one arrives', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    asking.loseLink();
    const slip = unwrap(await asking.api.sendMessage(asked, 'A slip.'));
    unwrap(await asking.api.sendMessage(asked, 'What I meant.'));
    unwrap(await asking.api.deleteMessage(slip));
    await asking.findLink();
    await helping.awaitsText(helped, 'What I meant.');
    await settle(asking, helping);
    expect(await textsOf(helping, helped)).not.toContain('A slip.');
  });
});

type Person = Awaited<ReturnType<typeof openDevice>>;

async function settle(...people: readonly Person[]): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    for (const person of people) await person.api.syncNow();
  }
}

/** Writes on the side that has written less, until both have said equally much. */
async function evenUp(a: Person, idOfA: Conversation, b: Person, idOfB: Conversation) {
  const spoken = async (person: Person, id: Conversation) =>
    (await person.read(id)).messages.filter(({ fromMe }) => fromMe).length;
  const ahead = (await spoken(a, idOfA)) - (await spoken(b, idOfB));
  for (let n = 0; n < Math.abs(ahead); n++) {
    const [from, idFrom, to, idTo] =
      ahead > 0 ? ([b, idOfB, a, idOfA] as const) : ([a, idOfA, b, idOfB] as const);
    unwrap(await from.api.sendMessage(idFrom, `Even ${n}`));
    await to.awaitsText(idTo, `Even ${n}`);
  }
}

type Conversation = Parameters<Person['read']>[0];
