import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestOf } from '../relay/people.ts';
import { startTestRelay, type TestRelay } from '../relay/running-relay.ts';
import { eventually, unwrap } from '../support/engine-in-node.ts';
import { publishAll } from '../support/fill-relay.ts';
import { twoWhoTalk, type LinkedDevice, type TwoPeople } from '../support/two-people.ts';

const records = Array.from({ length: 300 }, (_, number) => requestOf(number));
const entries = records.length + 1;

let two: TwoPeople;
let full: TestRelay;
beforeEach(async () => {
  two = await twoWhoTalk();
  full = await startTestRelay(['--records-per-minute', '0', '--pack-records', '100'], two.clock);
  await publishAll(full.origin, records);
  await full.maintain();
});
afterEach(() => full.stop());

/** Adds the relay with the long board, and waits until a pack of it is on its way and stays there. */
async function beginLongBoard(device: LinkedDevice): Promise<() => void> {
  const letGo = device.hold('/packs/');
  unwrap(await device.api.addRelay(full.origin));
  await eventually(
    () => Promise.resolve(device.callsHeld),
    (asked) => asked > 0,
  );
  return letGo;
}

/** Waits for a text without asking the relays: they wake the device themselves. */
async function reads(device: LinkedDevice, id: TwoPeople['asked'], text: string): Promise<void> {
  await eventually(
    () => device.read(id),
    ({ messages }) => messages.some((message) => message.text === text),
  );
}

async function hasAllEntries(device: LinkedDevice): Promise<void> {
  await eventually(
    () => device.api.readNetwork(),
    ({ entriesOnDevice }) => entriesOnDevice === entries,
  );
}

test('while a long board is on its way, messages go out and come in', async () => {
  const { asking, helping, asked, helped } = two;
  const letGo = await beginLongBoard(asking);
  unwrap(await asking.api.sendMessage(asked, 'Are you there?'));
  await reads(helping, helped, 'Are you there?');
  unwrap(await helping.api.sendMessage(helped, 'I am.'));
  await reads(asking, asked, 'I am.');
  expect((await asking.api.readNetwork()).syncing).toBe(true);
  letGo();
  await hasAllEntries(asking);
  await asking.api.syncNow();
});

test('a board that is put off and wanted again at once comes whole', async () => {
  const { asking } = two;
  const letGo = await beginLongBoard(asking);
  await asking.api.pauseBoard(true);
  await asking.api.pauseBoard(false);
  letGo();
  await hasAllEntries(asking);
});

test('a link that breaks under what is sent still brings what came, and the board', async () => {
  const { asking, helping, asked, helped } = two;
  asking.breakSending = true;
  unwrap(await asking.api.sendMessage(asked, 'Too long for this link.'));
  unwrap(await helping.api.sendMessage(helped, 'Are you there?'));
  await asking.awaitsText(asked, 'Are you there?');
  unwrap(await asking.api.addRelay(full.origin));
  await asking.api.syncNow();
  await hasAllEntries(asking);
  asking.breakSending = false;
  await asking.api.syncNow();
  await helping.awaitsText(helped, 'Too long for this link.');
});
