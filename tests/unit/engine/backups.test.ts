import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WordLanguage } from '#engine/api/backup-calls.ts';
import { anyRequest } from '#tests/support/any-request.ts';
import { Device, eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { meet, textsOf, type Meeting } from '#tests/support/meeting.ts';
import { TestClock } from '#tests/support/test-clock.ts';
import { startTestRelay, type TestRelay } from '#tests/relay/running-relay.ts';

const clock = new TestClock();
let relay: TestRelay;
let old: Device;
let peer: Device;
let ids: Meeting;
const devices: Device[] = [];

function newDevice(): Device {
  const device = new Device({ origin: relay.origin, clock });
  devices.push(device);
  return device;
}

beforeAll(async () => {
  relay = await startTestRelay([], clock);
  [old, peer] = [newDevice(), newDevice()];
  await old.startWithVault();
  await peer.startWithVault();
  ids = await meet(old, peer);
  unwrap(await old.api.sendMessage(ids.asking, 'Before the backup.'));
  await eventually(
    () => textsOf(peer, ids.helping),
    (texts) => texts.includes('Before the backup.'),
  );
});

afterAll(async () => {
  for (const device of devices) device.kill();
  await relay.stop();
});

async function wordsOf(device: Device, language: WordLanguage = 'en'): Promise<readonly string[]> {
  const words = unwrap(await device.api.showRecoveryWords(language));
  unwrap(await device.api.confirmRecoveryWords(words));
  return words;
}

describe('Recovery words', () => {
  test('stay the same secret in every language, and are compared word by word', async () => {
    const english = unwrap(await old.api.showRecoveryWords('en'));
    expect(english).toHaveLength(12);
    expect(unwrap(await old.api.showRecoveryWords('en'))).toEqual(english);
    const wrong = english.map((word, index) => (index === 4 ? 'zebra' : word));
    expect(await old.api.confirmRecoveryWords(wrong)).toEqual({
      ok: false,
      error: { code: 'words-wrong', field: '5' },
    });
    expect(unwrap(await old.api.readRecovery()).confirmed).toBe(false);
    expect((await old.api.exportBackup('whole')).ok).toBe(false);
    const japanese = unwrap(await old.api.showRecoveryWords('ja'));
    unwrap(await old.api.confirmRecoveryWords(japanese.map((word) => word.normalize('NFC'))));
    const { bytes } = unwrap(await old.api.exportBackup('keys'));
    const spellings = [english.map((word) => ` ${word.toUpperCase()} `), japanese];
    for (const words of spellings) unwrap(await old.api.inspectBackup(bytes, words));
  });
});

describe('A backup', () => {
  test('is refused with other words, when one byte changed, when cut short, when newer', async () => {
    const words = await wordsOf(old);
    const { bytes } = unwrap(await old.api.exportBackup('whole'));
    const codeOf = async (file: Uint8Array, said: readonly string[]) => {
      const opened = await old.api.inspectBackup(file, said);
      return opened.ok ? 'opened' : opened.error.code;
    };
    expect(await codeOf(bytes, words)).toBe('opened');
    // The vector of BIP39, and the same with a last word that its checksum does not allow.
    const others = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
    const slip = others.replace('yellow', 'legal');
    expect(await codeOf(bytes, slip.split(' '))).toBe('words-wrong');
    expect(await codeOf(bytes, others.split(' '))).toBe('backup-damaged');
    for (const at of [0, 4, 20, 36, 60, bytes.length - 1]) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(await codeOf(altered, words)).toBe('backup-damaged');
    }
    expect(await codeOf(bytes.subarray(0, bytes.length - 1), words)).toBe('backup-damaged');
    expect(await codeOf(bytes.subarray(0, 10), words)).toBe('backup-damaged');
    const newer = bytes.slice();
    newer[3] = 2;
    expect(await codeOf(newer, words)).toBe('backup-newer');
  });

  test('holds no card, queue or session key, and nothing of it in the clear', async () => {
    const words = await wordsOf(old);
    const { bytes } = unwrap(await old.api.exportBackup('whole'));
    expect(Buffer.from(bytes).includes('Before the backup.')).toBe(false);
    const summary = unwrap(await old.api.inspectBackup(bytes, words));
    expect(summary).toMatchObject({
      scope: 'whole',
      personas: 1,
      conversations: 1,
      newPersonas: 0,
    });
    expect(summary.messages).toBeGreaterThanOrEqual(2);
  });

  test('of an earlier day is explained where a later one was made', async () => {
    const words = await wordsOf(old);
    const earlier = unwrap(await old.api.exportBackup('whole'));
    const later = unwrap(await old.api.exportBackup('whole'));
    expect(unwrap(await old.api.inspectBackup(earlier.bytes, words)).older).toBe(true);
    expect(unwrap(await old.api.inspectBackup(later.bytes, words)).older).toBe(false);
  });

  test('restored where everything is still there changes nothing', async () => {
    const words = await wordsOf(old);
    const { bytes } = unwrap(await old.api.exportBackup('whole'));
    const before = await textsOf(old, ids.asking);
    unwrap(await old.api.restoreBackup(bytes, words));
    expect(await textsOf(old, ids.asking)).toEqual(before);
    expect(unwrap(await old.api.listPersonas())).toHaveLength(1);
    unwrap(await old.api.sendMessage(ids.asking, 'On the same session.'));
    await eventually(
      () => textsOf(peer, ids.helping),
      (texts) => texts.includes('On the same session.'),
    );
  });

  test('brings a lost phone back: messages, a new session, and a peer who is told', async () => {
    const words = await wordsOf(old);
    const { bytes } = unwrap(await old.api.exportBackup('whole'));
    old.kill();
    clock.passDays(1);
    await peer.api.syncNow();
    const fresh = newDevice();
    await fresh.startWithVault();
    const summary = unwrap(await fresh.api.restoreBackup(bytes, words));
    expect(summary).toMatchObject({ newPersonas: 1, older: false });
    const [row] = unwrap(await fresh.api.listConversations());
    if (row === undefined) throw new Error('no conversation came back');
    expect(await textsOf(fresh, row.id)).toContain('Before the backup.');
    unwrap(await fresh.api.sendMessage(row.id, 'From the new phone.'));
    await eventually(
      () => textsOf(peer, ids.helping),
      (texts) => texts.includes('From the new phone.'),
    );
    const view = unwrap(await peer.api.readConversation(ids.helping));
    expect(view.messages.some(({ notice }) => notice?.kind === 'restarted')).toBe(true);
    expect(view.keyChanged).toBe(false);
    unwrap(await peer.api.sendMessage(ids.helping, 'Good to hear from you.'));
    await eventually(
      () => textsOf(fresh, row.id),
      (texts) => texts.includes('Good to hear from you.'),
    );
    await expectAnswerable(fresh);
  });

  test('of keys only brings the personas back, and nothing that was said', async () => {
    const words = await wordsOf(peer);
    const { bytes } = unwrap(await peer.api.exportBackup('keys'));
    const fresh = newDevice();
    await fresh.startWithVault();
    const summary = unwrap(await fresh.api.restoreBackup(bytes, words));
    expect(summary).toMatchObject({ scope: 'keys', conversations: 0, messages: 0 });
    expect(unwrap(await fresh.api.listPersonas())).toHaveLength(summary.personas);
    expect(unwrap(await fresh.api.listConversations())).toEqual([]);
  });
});

/** A stranger answers the restored persona's entry: its new card stands above the one that it had. */
async function expectAnswerable(restored: Device): Promise<void> {
  const [persona] = unwrap(await restored.api.listPersonas());
  if (persona === undefined) throw new Error('no persona');
  const address = unwrap(
    await restored.api.postEntry(anyRequest, { kind: 'known', key: persona.key }),
  );
  const stranger = newDevice();
  await stranger.startWithVault();
  await eventually(
    () => stranger.api.prepareReply(address),
    (prepared) => prepared.ok && prepared.value.cardOnDevice,
  );
  unwrap(await stranger.api.replyToEntry(address, 'A stranger answers.', { kind: 'new' }));
  await eventually(
    async () => unwrap(await restored.api.listConversations()),
    (rows) => rows.some(({ lastText }) => lastText === 'A stranger answers.'),
  );
}
