import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestRelay, type TestRelay } from '../../relay/running-relay.ts';
import { anyRequest } from '../../support/any-request.ts';
import { anyTerms } from '../../support/any-terms.ts';
import { CharterKeeper } from '../../support/charter-keeper.ts';
import { Device, eventually, unwrap } from '../../support/engine-in-node.ts';
import { TestClock } from '../../support/test-clock.ts';

const dayMs = 86_400_000;
const query = { ...anyTerms, offset: 0, limit: 20 };

let clock: TestClock;
let keeper: CharterKeeper;
let relay: TestRelay;
let hasLink = true;
const devices: Device[] = [];

beforeEach(async () => {
  clock = new TestClock();
  keeper = new CharterKeeper(clock);
  relay = await keeper.withFile((file) => startTestRelay(['--charter', file], clock));
});

afterEach(async () => {
  hasLink = true;
  for (const device of devices.splice(0)) device.kill();
  await relay.stop();
});

async function openDevice(): Promise<Device> {
  const overLink: typeof fetch = (input, init) =>
    hasLink ? fetch(input, init) : Promise.reject(new TypeError('no link'));
  const device = new Device({ origin: relay.origin, clock, fetch: overLink });
  devices.push(device);
  await device.startWithVault();
  return device;
}

const outboxOf = async (device: Device) => (await device.api.readNetwork()).outbox;
const entriesOf = async (device: Device) =>
  (await outboxOf(device)).filter(({ kind }) => kind === 'entry');

async function synced(device: Device): Promise<void> {
  await eventually(
    async () => {
      await device.api.syncNow();
      return outboxOf(device);
    },
    (outbox) => outbox.length === 0,
  );
}

test('of a request that was changed without a link only the newest words go out', async () => {
  const asker = await openDevice();
  await asker.api.syncNow();
  hasLink = false;
  const address = unwrap(await asker.api.postEntry(anyRequest, { kind: 'new' }));
  for (const title of ['A second title', 'A third title']) {
    unwrap(await asker.api.editEntry(address, { ...anyRequest, title }));
  }
  const waiting = await entriesOf(asker);
  expect(waiting).toMatchObject([{ again: false }]);
  expect(await asker.api.sendAgain(waiting[0]?.id ?? '')).toMatchObject({
    error: { code: 'not-found' },
  });
  hasLink = true;
  await synced(asker);
  const reader = await openDevice();
  const page = await eventually(
    async () => {
      await reader.api.syncNow();
      return reader.api.queryBoard(query);
    },
    ({ total }) => total === 1,
  );
  expect(page.rows[0]?.title).toBe('A third title');
});

test('lists are read again after a visit that sent something, and not after one that brought nothing', async () => {
  const asker = await openDevice();
  await asker.api.syncNow();
  hasLink = false;
  unwrap(await asker.api.postEntry(anyRequest, { kind: 'new' }));
  hasLink = true;
  asker.events.length = 0;
  await synced(asker);
  expect(asker.events).toContain('board');
  await asker.api.syncNow();
  asker.events.length = 0;
  await asker.api.syncNow();
  expect(asker.events).toContain('network');
  expect(asker.events).not.toContain('board');
});

test('a request that expired before it could be sent waits no longer', async () => {
  const asker = await openDevice();
  await asker.api.syncNow();
  hasLink = false;
  unwrap(await asker.api.postEntry({ ...anyRequest, lifetimeDays: 30 }, { kind: 'new' }));
  clock.pass(30 * dayMs);
  await asker.api.syncNow();
  expect(await entriesOf(asker)).toHaveLength(1);
  clock.pass(dayMs);
  await asker.api.syncNow();
  expect(await entriesOf(asker)).toEqual([]);
});

test('what a relay refused can be sent again, and is taken once the relay thinks otherwise', async () => {
  const author = await openDevice();
  const address = unwrap(await author.api.postEntry(anyRequest, { kind: 'new' }));
  await synced(author);
  const steward = await openDevice();
  const key = unwrap(await steward.api.createPersona('Steward'));
  const profile = { name: 'Heron', about: '', languages: [], skills: [] };
  unwrap(await steward.api.publishProfile(key, profile));
  await keeper.name(relay.origin, key);
  const read = async () => {
    await steward.api.syncNow();
    const entry = await steward.api.readEntry(address);
    return entry.ok ? entry.value.vetAs : null;
  };
  await eventually(read, (vetAs) => vetAs !== null);
  await synced(steward);

  hasLink = false;
  unwrap(await steward.api.giveStars(address, { stars: 4, method: 'papers', lifetimeDays: 90 }));
  await keeper.name(relay.origin);
  hasLink = true;
  const refused = await eventually(
    async () => {
      await steward.api.syncNow();
      return outboxOf(steward);
    },
    (outbox) => outbox.some(({ state }) => state === 'refused'),
  );
  expect(refused).toMatchObject([{ kind: 'stars', again: true, attempts: 1 }]);
  const [item] = refused;

  unwrap(await steward.api.sendAgain(item?.id ?? ''));
  await eventually(
    () => outboxOf(steward),
    ([again]) => again?.state === 'refused',
  );
  await keeper.name(relay.origin, key);
  unwrap(await steward.api.sendAgain(item?.id ?? ''));
  await synced(steward);
  expect(await steward.api.sendAgain(item?.id ?? '')).toMatchObject({
    error: { code: 'not-found' },
  });
});
