import { expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { openedVault } from '#tests/support/opened-vault.ts';
import { twoWhoTalk, type LinkedDevice, type TwoPeople } from '#tests/support/two-people.ts';

const minuteMs = 60_000;

/** How far my last message has come. */
async function lastDelivery(device: LinkedDevice, id: TwoPeople['asked']) {
  return (await device.read(id)).messages.findLast(({ fromMe }) => fromMe)?.delivery;
}

/** Sends to the one who asked, who takes it in; resolves when it lies nowhere but there. */
async function tell({ helping, helped, asking, asked }: TwoPeople, text: string): Promise<void> {
  unwrap(await helping.api.sendMessage(helped, text));
  await asking.awaitsText(asked, text);
  await helping.api.syncNow();
}

async function visitBoth({ asking, helping }: TwoPeople): Promise<void> {
  await asking.api.syncNow();
  await asking.api.syncNow();
  await helping.api.syncNow();
}

test('receipts are off at first: who does not write back tells nothing', async () => {
  const two = await twoWhoTalk();
  expect(unwrap(await two.asking.api.readReceipts())).toBe(false);
  await tell(two, 'Did you get this?');
  two.clock.pass(60 * minuteMs);
  await visitBoth(two);
  expect(await lastDelivery(two.helping, two.helped)).toBe('on-relay');
});

test('a receipt comes after one to ten minutes, not at once', async () => {
  const two = await twoWhoTalk();
  unwrap(await two.asking.api.setReceipts(true));
  await tell(two, 'Did you get this?');
  two.clock.pass(minuteMs / 2);
  await visitBoth(two);
  expect(await lastDelivery(two.helping, two.helped)).toBe('on-relay');
  two.clock.pass(10 * minuteMs);
  await eventually(
    async () => {
      await visitBoth(two);
      return lastDelivery(two.helping, two.helped);
    },
    (delivery) => delivery === 'delivered',
  );
  const { messages } = await two.helping.read(two.helped);
  expect(messages.map(({ text }) => text)).not.toContain('');
});

test('a receipt that is due outlives a restart', async () => {
  const two = await twoWhoTalk();
  unwrap(await two.asking.api.setReceipts(true));
  await tell(two, 'Did you get this?');
  await two.asking.restart();
  two.clock.pass(10 * minuteMs);
  await eventually(
    async () => {
      await visitBoth(two);
      return lastDelivery(two.helping, two.helped);
    },
    (delivery) => delivery === 'delivered',
  );
});

test('turned off again, what was due is not sent', async () => {
  const two = await twoWhoTalk();
  unwrap(await two.asking.api.setReceipts(true));
  await tell(two, 'Did you get this?');
  unwrap(await two.asking.api.setReceipts(false));
  two.clock.pass(10 * minuteMs);
  await visitBoth(two);
  expect(await lastDelivery(two.helping, two.helped)).toBe('on-relay');
});

test('whoever writes back sends no receipt beside it, and a receipt is not answered with one', async () => {
  const two = await twoWhoTalk();
  const { asking, helping, asked, helped } = two;
  unwrap(await asking.api.setReceipts(true));
  unwrap(await helping.api.setReceipts(true));
  await tell(two, 'Did you get this?');
  expect(await isReceiptDue(asking)).toBe(true);
  unwrap(await asking.api.sendMessage(asked, 'Yes.'));
  expect(await isReceiptDue(asking)).toBe(false);
  await helping.awaitsText(helped, 'Yes.');
  expect(await isReceiptDue(helping)).toBe(true);
  two.clock.pass(10 * minuteMs);
  await eventually(
    async () => {
      await visitBoth(two);
      return lastDelivery(asking, asked);
    },
    (delivery) => delivery === 'delivered',
  );
  expect(await isReceiptDue(asking)).toBe(false);
  expect(await isReceiptDue(helping)).toBe(false);
});

async function isReceiptDue(device: LinkedDevice): Promise<boolean> {
  const vault = await openedVault(device);
  return vault.all('conversation').some(({ receiptDueMs }) => receiptDueMs !== null);
}
