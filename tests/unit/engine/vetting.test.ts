import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonaKeyText, RecordAddressText, RelayOrigin } from '#core/types/ids.ts';
import type { BoardEntry, BoardQuery } from '#engine/api/board-calls.ts';
import type { Vetting } from '#engine/api/trust-calls.ts';
import { FollowedCharter } from '#engine/followed-charter.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { startTestRelay, type TestRelay } from '../../relay/running-relay.ts';
import { anyRequest } from '../../support/any-request.ts';
import { anyTerms } from '../../support/any-terms.ts';
import { CharterKeeper } from '../../support/charter-keeper.ts';
import { Device, eventually, unwrap } from '../../support/engine-in-node.ts';
import { TestClock } from '../../support/test-clock.ts';

const query: BoardQuery = { ...anyTerms, offset: 0, limit: 20 };
const known: Vetting = { stars: 4, method: 'papers', lifetimeDays: 90 };

let clock: TestClock;
let keeper: CharterKeeper;
let relay: TestRelay;
const devices: Device[] = [];

beforeEach(async () => {
  clock = new TestClock();
  keeper = new CharterKeeper(clock);
  relay = await keeper.withFile((file) => startTestRelay(['--charter', file], clock));
});

afterEach(async () => {
  for (const device of devices.splice(0)) device.kill();
  await relay.stop();
});

async function openDevice(): Promise<Device> {
  const device = new Device({ origin: relay.origin, clock });
  devices.push(device);
  await device.startWithVault();
  return device;
}

async function openSteward(): Promise<{ device: Device; key: PersonaKeyText }> {
  const device = await openDevice();
  const key = unwrap(await device.api.createPersona('Steward'));
  unwrap(
    await device.api.publishProfile(key, { name: 'Heron', about: '', languages: [], skills: [] }),
  );
  await keeper.name(relay.origin, key);
  return { device, key };
}

async function askSomething(device: Device): Promise<RecordAddressText> {
  const address = unwrap(await device.api.postEntry(anyRequest, { kind: 'new' }));
  await device.api.syncNow();
  return address;
}

function entryOn(
  device: Device,
  address: RecordAddressText,
  isThere: (entry: BoardEntry) => boolean = () => true,
): Promise<BoardEntry> {
  return eventually(
    async () => {
      await device.api.syncNow();
      const entry = await device.api.readEntry(address);
      return entry.ok ? entry.value : null;
    },
    (entry) => entry !== null && isThere(entry),
  ) as Promise<BoardEntry>;
}

const isVetted = ({ trust }: BoardEntry) => trust !== null;

async function give(
  steward: Device,
  address: RecordAddressText,
  vetting: Vetting = known,
): Promise<void> {
  await entryOn(steward, address, ({ vetAs }) => vetAs !== null);
  unwrap(await steward.api.giveStars(address, vetting));
  await steward.api.syncNow();
}

/** What a device that has not started yet followed when it was used last. */
async function followBefore(
  device: Device,
  followed: Parameters<FollowedCharter['follow']>[0],
): Promise<void> {
  const db = new WallflowerDatabase(device.name);
  await new FollowedCharter(db).follow(followed);
  db.close();
}

describe('Stars that a steward gives', () => {
  it('come to others with who gave them, how and until when, and the author is found by them', async () => {
    const { device: steward, key } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    await give(steward, address);
    const reader = await openDevice();
    const seen = await entryOn(reader, address, isVetted);
    expect(seen).toMatchObject({
      stars: 4,
      hasStewards: true,
      vetAs: null,
      trust: { stars: 4, method: 'papers', steward: key, stewardName: 'Heron' },
    });
    expect(Number(seen.trust?.until) - Number(seen.trust?.day)).toBe(90);
    const found = async (minStars: BoardQuery['minStars']) =>
      (await reader.api.queryBoard({ ...query, minStars })).rows.map((row) => row.address);
    expect(await found(4)).toEqual([address]);
    expect(await found(5)).toEqual([]);
    await author.api.syncNow();
    expect(unwrap(await author.api.listPersonas())).toMatchObject([{ trust: { stars: 4 } }]);
  });

  it('stand beside a stranger who writes, before anything is decided', async () => {
    const { device: steward } = await openSteward();
    const asking = await openDevice();
    const helping = await openDevice();
    const offer = await askSomething(helping);
    await give(steward, offer);
    const request = await askSomething(asking);
    await entryOn(helping, request);
    unwrap(await helping.api.prepareReply(request));
    const [helper] = unwrap(await helping.api.listPersonas());
    if (helper === undefined) throw new Error('no persona');
    unwrap(
      await helping.api.replyToEntry(request, 'I can help.', { kind: 'known', key: helper.key }),
    );
    await helping.api.syncNow();
    const [stranger] = await eventually(
      async () => {
        await asking.api.syncNow();
        return unwrap(await asking.api.listConversations());
      },
      (conversations) => (conversations[0]?.trust ?? null) !== null,
    );
    expect(stranger).toMatchObject({ stage: 'asked', hasStewards: true, trust: { stars: 4 } });
  });

  it('are changed in their place, and taken back', async () => {
    const { device: steward } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    await give(steward, address);
    await give(steward, address, { ...known, stars: 1 });
    await entryOn(author, address, ({ stars }) => stars === 1);
    const db = new WallflowerDatabase(author.name);
    await db.board.openAll();
    expect(db.board.documents.attestations.size).toBe(1);
    db.close();
    unwrap(await steward.api.takeStarsBack(address));
    await steward.api.syncNow();
    await entryOn(author, address, ({ stars }) => stars === null);
    expect(await steward.api.takeStarsBack(address)).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  it('stay in the hand of who gave them, also where another steward’s warning is what counts', async () => {
    const { device: first, key: firstKey } = await openSteward();
    const { device: second, key: secondKey } = await openSteward();
    await keeper.name(relay.origin, firstKey, secondKey);
    const author = await openDevice();
    const address = await askSomething(author);
    await give(first, address);
    await give(second, address, { ...known, stars: 0 });
    const seen = await entryOn(first, address, ({ stars }) => stars === 0);
    expect(seen).toMatchObject({ trust: { steward: secondKey }, ownVetting: { stars: 4 } });
    unwrap(await first.api.takeStarsBack(address));
    expect(await entryOn(first, address)).toMatchObject({ stars: 0, ownVetting: null });
  });

  it('are refused to whoever is no steward, any more, or oneself', async () => {
    const { device: steward } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    expect(await author.api.giveStars(address, known)).toMatchObject({
      error: { code: 'own-entry' },
    });
    const reader = await openDevice();
    await entryOn(reader, address, ({ hasStewards }) => hasStewards);
    expect(await reader.api.giveStars(address, known)).toMatchObject({
      error: { code: 'not-a-steward' },
    });
    await give(steward, address);
    await keeper.name(relay.origin);
    await entryOn(steward, address, ({ vetAs }) => vetAs === null);
    expect(await steward.api.giveStars(address, known)).toMatchObject({
      error: { code: 'not-a-steward' },
    });
    await entryOn(reader, address, ({ stars, hasStewards }) => stars === null && !hasStewards);
  });

  it('wait for no relay of another charter', async () => {
    const { device: steward } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    const other = await startTestRelay([], clock);
    try {
      unwrap(await steward.api.addRelay(other.origin));
      await give(steward, address);
      const { outbox } = await steward.api.readNetwork();
      expect(outbox.filter(({ kind }) => kind === 'stars')).toEqual([]);
      await entryOn(author, address, isVetted);
    } finally {
      await other.stop();
    }
  });
});

describe('The charter that a device follows', () => {
  it('is the one that its relay named first; another only when the user says so', async () => {
    const { device: steward, key } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    await give(steward, address);
    const reader = new Device({ origin: relay.origin, clock });
    devices.push(reader);
    await followBefore(reader, { key: new CharterKeeper(clock).key, demo: false });
    await reader.startWithVault();
    expect(await entryOn(reader, address)).toMatchObject({ trust: null, hasStewards: false });
    expect(await reader.api.readCharter()).toEqual({
      name: '',
      stewards: [],
      until: null,
      offersAnother: true,
    });
    unwrap(await reader.api.followOfferedCharter());
    await entryOn(reader, address, isVetted);
    expect(await reader.api.readCharter()).toMatchObject({
      name: 'The lighthouse circle',
      stewards: [{ key, name: 'Heron' }],
      offersAnother: false,
    });
    await reader.restart();
    await entryOn(reader, address, isVetted);
  });

  it('is no longer that of a demonstration board once its relay is none', async () => {
    const { device: steward } = await openSteward();
    const author = await openDevice();
    const address = await askSomething(author);
    await give(steward, address);
    const demo = { key: new CharterKeeper(clock).key, demo: true };
    const reader = new Device({ origin: relay.origin, clock });
    devices.push(reader);
    await followBefore(reader, demo);
    await reader.startWithVault();
    await entryOn(reader, address, isVetted);
    const plain = await startTestRelay([], clock);
    const other = new Device({ origin: plain.origin, clock });
    devices.push(other);
    try {
      await followBefore(other, demo);
      await other.startWithVault();
      await eventually(
        () => other.api.readCharter(),
        (charter) => charter === null,
      );
    } finally {
      other.kill();
      await plain.stop();
    }
  });

  it('is none where the relay has none, and a relay that was added names none', async () => {
    const plain = await startTestRelay([], clock);
    const device = new Device({ origin: plain.origin, clock });
    devices.push(device);
    try {
      await device.startWithVault();
      unwrap(await device.api.addRelay(relay.origin as RelayOrigin));
      await eventually(
        async () => {
          await device.api.syncNow();
          return (await device.api.readNetwork()).relays;
        },
        (relays) => relays.every(({ health }) => health === 'reachable'),
      );
      expect(await device.api.readCharter()).toBeNull();
    } finally {
      device.kill();
      await plain.stop();
    }
  });
});
