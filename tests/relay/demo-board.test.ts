import { expect, test } from 'vitest';
import { checkRecord } from '#core/records/checked-record.ts';
import { dayOf, msPerDay } from '#core/types/day.ts';
import type { RelaySequence } from '#core/types/ids.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { seedDemoBoard } from '#relay/demo/seed-demo.ts';
import { createNodeVerifier } from '#crypto/node-signature-verifier.ts';
import { recordSigningBytes } from '#core/records/record.ts';
import { noonMs, startTestRelay, type TestRelay } from './running-relay.ts';

async function board(relay: TestRelay) {
  const limits = { maxRecords: 10_000, maxBytes: 100_000_000 };
  const { records } = await relay.context.log.since(0 as RelaySequence, limits);
  return records.map((bytes) => {
    const checked = checkRecord(bytes);
    if (!checked.ok) throw new Error(checked.error.code);
    return checked.value;
  });
}

test('the demonstration board is there, marked as one, in a folder of its own', async () => {
  const relay = await startTestRelay(['--demo']);
  expect((await relay.info()).demo).toBe(true);
  expect(relay.context.config.dataFolder).toBe(`${relay.folder}/demo`);
  const records = await board(relay);
  const kinds = new Set(records.map(({ content }) => content.kind));
  expect([...kinds].sort()).toEqual(['offer', 'profile', 'request', 'status']);
  const verify = createNodeVerifier();
  for (const { author, body, signature } of records) {
    expect(verify(author, recordSigningBytes(author, body), signature)).toBe(true);
  }
  await relay.stop();
});

test('it is the same at every start, and as fresh tomorrow as today', async () => {
  const first = await startTestRelay(['--demo']);
  const second = await startTestRelay(['--demo']);
  const addresses = async (relay: TestRelay) =>
    (await board(relay)).map(({ address }) => bytesToHex(address)).sort();
  const today = await addresses(first);
  expect(await addresses(second)).toEqual(today);
  expect(new Set(today).size).toBe(today.length);
  expect(await seedDemoBoard(first.context.log, () => noonMs)).toBe(0);

  const tomorrow = noonMs + msPerDay;
  expect(await seedDemoBoard(first.context.log, () => tomorrow)).toBe(today.length);
  expect(await addresses(first)).toEqual(today);
  const days = (await board(first)).map(({ header }) => header.day);
  expect(Math.max(...days)).toBe(dayOf(tomorrow));
  await first.stop();
  await second.stop();
});

test('nobody on it pretends to be reachable', async () => {
  const relay = await startTestRelay(['--demo']);
  expect((await board(relay)).some(({ content }) => content.kind === 'contact')).toBe(false);
  await relay.stop();
});
