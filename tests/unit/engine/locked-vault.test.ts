import { expect, test } from 'vitest';
import { unwrap } from '#tests/support/engine-in-node.ts';
import { textsOf } from '#tests/support/meeting.ts';
import { twoWhoTalk } from '#tests/support/two-people.ts';

test('with the vault locked every call of conversations says so, and what came meanwhile is there after it', async () => {
  const { clock, asking, helping, asked, helped } = await twoWhoTalk();
  unwrap(await asking.api.setLifetime(asked, 1));
  unwrap(await asking.api.sendMessage(asked, 'Leaves while locked.'));
  await helping.awaitsText(helped, 'Leaves while locked.');
  unwrap(await helping.api.markRead(helped));
  await helping.api.lockVault();
  const { api } = helping;
  const answers = await Promise.all([
    api.acceptContact(helped),
    api.declineContact(helped),
    api.blockPeer(helped, true),
    api.muteConversation(helped, true),
    api.setLifetime(helped, 7),
    api.setReceipts(true),
    api.readReceipts(),
    api.moveQueue(helped),
    api.searchMessages('thank'),
    api.readVerification(helped),
    api.setVerified(helped, true),
    api.compareScanned(helped, ''),
    api.decideOnKey(helped, 'trust-new'),
  ]);
  for (const answer of answers) {
    expect(answer).toEqual({ ok: false, error: { code: 'vault-locked' } });
  }
  unwrap(await asking.api.sendMessage(asked, 'While it was locked.'));
  clock.passDays(2);
  await helping.api.syncNow();
  await helping.unlock();
  await helping.awaitsText(helped, 'While it was locked.');
  expect(await textsOf(helping, helped)).not.toContain('Leaves while locked.');
  expect(await helping.read(helped)).toMatchObject({ blocked: false, muted: false });
});
