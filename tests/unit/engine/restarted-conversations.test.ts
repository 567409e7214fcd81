import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { dayOf } from '#core/types/day.ts';
import { conversationForBackup } from '#engine/restarted-conversations.ts';
import { unwrap } from '#tests/support/engine-in-node.ts';
import { textsOf } from '#tests/support/meeting.ts';
import { changeVault, openedVault } from '#tests/support/opened-vault.ts';
import {
  openDevice,
  twoWhoTalk,
  type LinkedDevice,
  type TwoPeople,
} from '#tests/support/two-people.ts';

/** The one who helps has lost the phone and has restored a backup on another one. */
async function restored({ clock, relay, helping }: TwoPeople): Promise<LinkedDevice> {
  const lost = await openedVault(helping);
  helping.kill();
  const device = await openDevice(relay.origin, clock);
  device.kill();
  await changeVault(device, () => {
    const [conversation] = lost.all('conversation');
    const [persona] = lost.all('persona');
    if (conversation === undefined || persona === undefined) throw new Error('nothing to restore');
    const restoredPersona = { ...persona, restoredDay: dayOf(clock.nowMs) };
    const messages = lost.messagesOf(conversation.id);
    return { put: [restoredPersona, conversationForBackup(conversation), ...messages] };
  });
  await device.start();
  await device.unlock();
  return device;
}

async function onlyConversation(device: LinkedDevice) {
  const [row] = unwrap(await device.api.listConversations());
  if (row === undefined) throw new Error('no conversation');
  return row;
}

test('a restored conversation begins anew by itself, and the peer is told', async () => {
  const two = await twoWhoTalk();
  const { asking, asked } = two;
  const device = await restored(two);
  const view = await asking.awaits(asked, ({ messages }) => messages.at(-1)?.notice !== null);
  expect(view.messages.at(-1)?.notice).toEqual({ kind: 'restarted' });
  expect(view.stage).toBe('open');
  unwrap(await asking.api.sendMessage(asked, 'Are you well?'));
  const { id } = await onlyConversation(device);
  await device.awaitsText(id, 'Are you well?');
  unwrap(await device.api.sendMessage(id, 'With a new phone.'));
  await asking.awaitsText(asked, 'With a new phone.');
  expect(await textsOf(device, id)).toEqual([
    'I can help.',
    'Thank you.',
    'Gladly.',
    'Are you well?',
    'With a new phone.',
  ]);
  expect(await textsOf(asking, asked)).toEqual(await textsOf(device, id));
  expect(unwrap(await asking.api.listConversations())).toHaveLength(1);
});

test('the peer tells the lifetime that holds to one who restarted', async () => {
  const two = await twoWhoTalk();
  unwrap(await two.asking.api.setLifetime(two.asked, 7));
  await two.helping.awaits(two.helped, ({ lifetimeDays }) => lifetimeDays === 7);
  const { about } = await two.helping.read(two.helped);
  const [persona] = unwrap(await two.helping.api.listPersonas());
  if (about === null || persona === undefined) throw new Error('no persona');
  unwrap(await two.helping.api.deleteConversation(two.helped));
  const again = unwrap(
    await two.helping.api.replyToEntry(about.address, 'I lost what we wrote.', {
      kind: 'known',
      key: persona.key,
    }),
  );
  expect((await two.helping.read(again)).lifetimeDays).toBe(0);
  await two.asking.awaitsText(two.asked, 'I lost what we wrote.');
  await two.helping.awaits(again, ({ lifetimeDays }) => lifetimeDays === 7);
  unwrap(await two.helping.api.setLifetime(again, 30));
  await two.asking.awaits(two.asked, ({ lifetimeDays }) => lifetimeDays === 30);
  expect((await two.asking.read(two.asked)).lifetimeDays).toBe(30);
});

test('after a restart an old number is not taken for a new one', async () => {
  const two = await twoWhoTalk();
  const { asking, asked, helping, helped } = two;
  unwrap(await helping.api.sendMessage(helped, 'Third.'));
  await asking.awaitsText(asked, 'Third.');
  const device = await restored(two);
  const { id } = await onlyConversation(device);
  unwrap(await device.api.sendMessage(id, 'Fourth.'));
  await asking.awaitsText(asked, 'Fourth.');
  unwrap(await asking.api.sendMessage(asked, 'Fifth.'));
  await device.awaitsText(id, 'Fifth.');
  expect(await textsOf(asking, asked)).toEqual([
    'I can help.',
    'Thank you.',
    'Gladly.',
    'Third.',
    'Fourth.',
    'Fifth.',
  ]);
  const before = (await device.read(id)).messages.find(({ text }) => text === 'Third.');
  expect(before?.delivery).toBe('on-relay');
});
