import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRecord } from '#core/records/checked-record.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { vettingMethods } from '#core/types/trust-terms.ts';
import { dayOf, msPerDay } from '#core/types/day.ts';
import type { RelaySequence } from '#core/types/ids.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { seedDemoBoard } from '#relay/demo/seed-demo.ts';
import { createNodeVerifier } from '#crypto/node-signature-verifier.ts';
import { recordSigningBytes } from '#core/records/record.ts';
import { noonMs, startTestRelay, type TestRelay } from './running-relay.ts';
import { charterOf, keyOf, root } from './stewards.ts';

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
  expect([...kinds].sort()).toEqual([
    'attestation',
    'charter',
    'offer',
    'profile',
    'request',
    'status',
  ]);
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

test('made-up stewards with profiles vet most of its people, by its own charter', async () => {
  const relay = await startTestRelay(['--demo']);
  const records = await board(relay);
  const { charter } = await relay.info();
  const charters = records.filter(({ content }) => content.kind === 'charter');
  expect(charters.map(({ author }) => author)).toEqual([charter]);
  const content = charters[0]?.content;
  const stewards = content?.kind === 'charter' ? (content.value?.stewards ?? []) : [];
  expect(stewards).toHaveLength(3);
  for (const steward of stewards) {
    expect(relay.context.charter?.isSteward(steward)).toBe(true);
    const own = records.filter(({ author }) => equalBytes(author, steward));
    expect(own.map((record) => record.content.kind)).toContain('profile');
  }

  const people = new Set(records.map(({ author }) => bytesToHex(author)));
  const starred = new Map<string, number>();
  const methods = new Set<string | null>();
  for (const { author, content } of records) {
    if (content.kind !== 'attestation' || content.value === null) continue;
    const { subject, stars, method } = content.value;
    expect(stewards.some((steward) => equalBytes(steward, author))).toBe(true);
    expect(stewards.some((steward) => equalBytes(steward, subject))).toBe(false);
    expect(people).toContain(bytesToHex(subject));
    expect(starred.has(bytesToHex(subject))).toBe(false);
    starred.set(bytesToHex(subject), stars);
    methods.add(method);
  }
  expect(starred.size / people.size).toBeGreaterThan(0.5);
  expect(starred.size / people.size).toBeLessThan(0.7);
  expect(methods).toEqual(new Set(vettingMethods));
  const share = (wanted: readonly number[]) =>
    [...starred.values()].filter((stars) => wanted.includes(stars)).length / starred.size;
  expect(share([2, 3, 4, 5])).toBeGreaterThan(0.8);
  expect(share([0])).toBeGreaterThan(0);
  expect(share([0])).toBeLessThan(0.05);
  await relay.stop();
});

test('a newcomer is shown its newest entries first, not who vouches for whom', async () => {
  const relay = await startTestRelay(['--demo']);
  const { records } = await relay.context.log.newest({ maxRecords: 54, maxBytes: 1_000_000 });
  const kinds = records.map((bytes) => {
    const checked = checkRecord(bytes);
    return checked.ok ? checked.value.content.kind : 'none';
  });
  expect(new Set(kinds)).toEqual(new Set(['request', 'offer', 'status']));
  await relay.stop();
});

test('a charter of one’s own overrules that of the demonstration', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-demo-'));
  const file = join(folder, 'charter.cbor');
  await writeFile(file, charterOf([6]));
  const relay = await startTestRelay(['--demo', '--charter', file]);
  expect((await relay.info()).charter).toEqual(keyOf(root));
  await relay.stop();
  await rm(folder, { recursive: true });
});
