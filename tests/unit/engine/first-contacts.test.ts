import { describe, expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { textsOf } from '#tests/support/meeting.ts';
import {
  twoAndARequest,
  twoPeople,
  twoWhoTalk,
  type LinkedDevice,
} from '#tests/support/two-people.ts';

async function twoStrangers() {
  const { relay, asking, helping, address } = await twoAndARequest();
  await eventually(
    () => helping.api.prepareReply(address),
    (prepared) => prepared.ok && prepared.value.cardOnDevice,
  );
  const reply = async (text: string) =>
    unwrap(await helping.api.replyToEntry(address, text, { kind: 'new' }));
  return { relay, asking, helping, reply };
}

async function stages(device: LinkedDevice) {
  return unwrap(await device.api.listConversations()).map(({ stage }) => stage);
}

/** Conversations once there are so many. */
async function conversations(device: LinkedDevice, count: number) {
  return eventually(
    async () => {
      await device.api.syncNow();
      return unwrap(await device.api.listConversations());
    },
    ({ length }) => length === count,
  );
}

describe('a stranger’s first message', () => {
  test('waits in a tray of its own, counts there alone, and opens when it is accepted', async () => {
    const { asking, reply } = await twoStrangers();
    await reply('I can help.');
    const [row] = await conversations(asking, 1);
    expect(row?.stage).toBe('asked');
    expect(unwrap(await asking.api.status())).toMatchObject({ unread: 0, asked: 1 });
    if (row === undefined) return;
    unwrap(await asking.api.acceptContact(row.id));
    expect(await stages(asking)).toEqual(['open']);
    expect(unwrap(await asking.api.status())).toMatchObject({ unread: 1, asked: 0 });
  });

  test('goes out by itself, also when the card came just after it was written', async () => {
    const { asking, helping, address } = await twoAndARequest();
    await helping.api.syncNow();
    const letGo = helping.hold('/v1/visit/');
    unwrap(await helping.api.replyToEntry(address, 'I can help.', { kind: 'new' }));
    await eventually(
      () => Promise.resolve(helping.callsHeld),
      (calls) => calls > 0,
    );
    await eventually(
      () => helping.api.prepareReply(address),
      (prepared) => prepared.ok && prepared.value.cardOnDevice,
    );
    letGo();
    expect((await conversations(asking, 1)).map(({ lastText }) => lastText)).toEqual([
      'I can help.',
    ]);
  });

  test('is accepted by being answered', async () => {
    const { asking, helping, reply } = await twoStrangers();
    const helped = await reply('I can help.');
    const [row] = await conversations(asking, 1);
    if (row === undefined) throw new Error('no conversation');
    unwrap(await asking.api.sendMessage(row.id, 'Yes, please.'));
    expect(await stages(asking)).toEqual(['open']);
    await helping.awaitsText(helped, 'Yes, please.');
    unwrap(await helping.api.sendMessage(helped, 'On Friday?'));
    await asking.awaitsText(row.id, 'On Friday?');
  });

  test('costs no mailbox before it is accepted', async () => {
    const { asking, relay, reply } = await twoStrangers();
    await reply('I can help.');
    const [row] = await conversations(asking, 1);
    const queues = async () => /wallflower_queues (\d+)/.exec(await metrics(relay.origin))?.[1];
    const before = await queues();
    await asking.api.syncNow();
    expect(await queues()).toBe(before);
    if (row === undefined) return;
    unwrap(await asking.api.acceptContact(row.id));
    await eventually(queues, (count) => count === String(Number(before) + 1));
  });

  test('is left at the relay while twenty others wait, and comes when one is decided on', async () => {
    const { asking, reply } = await twoStrangers();
    for (let n = 0; n < 20; n++) await reply(`Stranger ${n}`);
    await conversations(asking, 20);
    await reply('The one after them');
    await asking.api.syncNow();
    await asking.api.syncNow();
    const rows = await conversations(asking, 20);
    expect(rows.map(({ lastText }) => lastText)).not.toContain('The one after them');
    const [first] = rows;
    if (first === undefined) return;
    unwrap(await asking.api.declineContact(first.id));
    const all = await conversations(asking, 21);
    expect(all.map(({ lastText }) => lastText)).toContain('The one after them');
  }, 120_000);

  test('is left at the relay while twenty wait, also when the device starts again', async () => {
    const { asking, reply } = await twoStrangers();
    for (let n = 0; n < 21; n++) await reply(`Stranger ${n}`);
    await conversations(asking, 20);
    await asking.restart();
    const [first] = await conversations(asking, 20);
    if (first === undefined) return;
    unwrap(await asking.api.deleteConversation(first.id));
    const rows = await conversations(asking, 20);
    expect(rows.map(({ id }) => id)).not.toContain(first.id);
  }, 120_000);
});

describe('declining', () => {
  test('tells the peer, who sends nothing more', async () => {
    const { asking, helping, asked, helped } = await twoPeople();
    unwrap(await asking.api.declineContact(asked));
    const view = await helping.awaits(helped, ({ stage }) => stage === 'declined-by-peer');
    expect(view.messages.at(-1)).toMatchObject({ fromMe: false, notice: { kind: 'declined' } });
    const refused = await helping.api.sendMessage(helped, 'Are you sure?');
    expect(refused).toEqual({ ok: false, error: { code: 'contact-declined' } });
    expect(await textsOf(helping, helped)).toEqual(['I can help.']);
    const own = await asking.api.sendMessage(asked, 'Hello?');
    expect(own).toEqual({ ok: false, error: { code: 'contact-declined' } });
  });

  test('keeps a message that crossed it, without counting it', async () => {
    const { asking, helping, asked, helped } = await twoPeople();
    unwrap(await asking.api.markRead(asked));
    helping.loseLink();
    unwrap(await helping.api.sendMessage(helped, 'One more thing.'));
    unwrap(await asking.api.declineContact(asked));
    await asking.api.syncNow();
    await helping.findLink();
    await helping.awaits(helped, ({ stage }) => stage === 'declined-by-peer');
    const view = await asking.awaitsText(asked, 'One more thing.');
    expect(view).toMatchObject({ stage: 'declined', unread: 0 });
    expect(unwrap(await asking.api.status()).unread).toBe(0);
  });

  test('keeps twenty messages of one who does not stop, and drops the rest', async () => {
    const { asking, helping, asked, helped } = await twoPeople();
    unwrap(await asking.api.acceptContact(asked));
    helping.loseLink();
    for (let n = 1; n <= 25; n++) unwrap(await helping.api.sendMessage(helped, `Listen ${n}`));
    unwrap(await asking.api.declineContact(asked));
    await asking.api.syncNow();
    await helping.findLink();
    await helping.awaits(helped, ({ stage }) => stage === 'declined-by-peer');
    await asking.awaitsText(asked, 'Listen 20');
    await asking.api.syncNow();
    expect((await textsOf(asking, asked)).at(-1)).toBe('Listen 20');
    unwrap(await asking.api.acceptContact(asked));
    unwrap(await asking.api.sendMessage(asked, 'Now speak.'));
    await helping.awaitsText(helped, 'Now speak.');
    unwrap(await helping.api.sendMessage(helped, 'At last.'));
    await asking.awaitsText(asked, 'At last.');
  });

  test('can be taken back: writing opens it on both sides', async () => {
    const { asking, helping, asked, helped } = await twoPeople();
    unwrap(await asking.api.declineContact(asked));
    await helping.awaits(helped, ({ stage }) => stage === 'declined-by-peer');
    unwrap(await asking.api.acceptContact(asked));
    unwrap(await asking.api.sendMessage(asked, 'I was wrong.'));
    const view = await helping.awaitsText(helped, 'I was wrong.');
    expect(view.stage).toBe('open');
    unwrap(await helping.api.sendMessage(helped, 'No harm done.'));
    await asking.awaitsText(asked, 'No harm done.');
  });

  test('from the tray reaches the stranger too', async () => {
    const { asking, helping, reply } = await twoStrangers();
    const helped = await reply('Buy now!');
    const [row] = await conversations(asking, 1);
    if (row === undefined) throw new Error('no conversation');
    unwrap(await asking.api.declineContact(row.id));
    await helping.awaits(helped, ({ stage }) => stage === 'declined-by-peer');
    expect(unwrap(await asking.api.status())).toMatchObject({ asked: 0, unread: 0 });
  });
});

describe('blocking', () => {
  test('drops what comes unseen, tells nobody, and goes on after unblocking', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.blockPeer(asked, true));
    const seen = (await asking.read(asked)).messages.length;
    const barred = await asking.api.sendMessage(asked, 'Go away.');
    expect(barred).toEqual({ ok: false, error: { code: 'contact-blocked' } });
    unwrap(await helping.api.sendMessage(helped, 'Unheard.'));
    await helping.awaits(helped, ({ messages }) => messages.at(-1)?.delivery === 'on-relay');
    await asking.api.syncNow();
    expect((await asking.read(asked)).messages).toHaveLength(seen);
    expect(unwrap(await asking.api.status()).unread).toBe(0);
    expect((await helping.read(helped)).stage).toBe('open');
    unwrap(await asking.api.blockPeer(asked, false));
    unwrap(await helping.api.sendMessage(helped, 'Heard again.'));
    const view = await asking.awaitsText(asked, 'Heard again.');
    expect(view.messages.map(({ text }) => text)).not.toContain('Unheard.');
    unwrap(await asking.api.sendMessage(asked, 'Peace.'));
    await helping.awaitsText(helped, 'Peace.');
  });

  test('acknowledges what it drops: nothing of it comes after unblocking', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.blockPeer(asked, true));
    for (let n = 0; n < 3; n++) unwrap(await helping.api.sendMessage(helped, `Unheard ${n}.`));
    await helping.awaits(helped, ({ messages }) => messages.at(-1)?.delivery === 'on-relay');
    await asking.api.syncNow();
    unwrap(await asking.api.blockPeer(asked, false));
    await asking.api.syncNow();
    unwrap(await helping.api.sendMessage(helped, 'Heard.'));
    const { messages, lost } = await asking.awaitsText(asked, 'Heard.');
    expect(messages.filter(({ text }) => text.startsWith('Unheard'))).toEqual([]);
    expect(lost).toBe(0);
  });

  test('outlives the conversation that is deleted', async () => {
    const { asking, helping, asked, helped } = await twoWhoTalk();
    unwrap(await asking.api.blockPeer(asked, true));
    unwrap(await asking.api.deleteConversation(asked));
    const { about } = await helping.read(helped);
    const [persona] = unwrap(await helping.api.listPersonas());
    if (about === null || persona === undefined) throw new Error('no persona');
    unwrap(await helping.api.deleteConversation(helped));
    const again = unwrap(
      await helping.api.replyToEntry(about.address, 'Me again.', {
        kind: 'known',
        key: persona.key,
      }),
    );
    await helping.awaits(again, ({ messages }) => messages.at(-1)?.delivery === 'on-relay');
    await asking.api.syncNow();
    expect(unwrap(await asking.api.listConversations())).toEqual([]);
  });
});

test('a muted conversation keeps its own count and adds nothing to the whole', async () => {
  const { asking, helping, asked, helped } = await twoWhoTalk();
  unwrap(await asking.api.markRead(asked));
  unwrap(await asking.api.muteConversation(asked, true));
  unwrap(await helping.api.sendMessage(helped, 'Psst.'));
  const view = await asking.awaitsText(asked, 'Psst.');
  expect(view).toMatchObject({ muted: true, unread: 1 });
  expect(unwrap(await asking.api.status()).unread).toBe(0);
});

async function metrics(origin: string): Promise<string> {
  return (await fetch(`${origin}/metrics`)).text();
}
