import { expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { twoWhoTalk } from '#tests/support/two-people.ts';

/** A little less than a relay's first refusal puts a row off: outbox-flush.ts. */
const almostDueMs = 13_500;

test('what a relay put off goes out when its time has come, although nothing else moves', async () => {
  const { helping, helped, asking, asked, clock } = await twoWhoTalk();
  helping.refuseToSend = true;
  unwrap(await helping.api.sendMessage(helped, 'Until tomorrow.'));
  await helping.api.syncNow();
  helping.refuseToSend = false;
  clock.pass(almostDueMs);
  await helping.api.syncNow();
  const texts = async () => (await asking.read(asked)).messages.map(({ text }) => text);
  expect(await texts()).not.toContain('Until tomorrow.');
  await eventually(texts, (seen) => seen.includes('Until tomorrow.'));
});
