import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EntryFields, PersonaChoice } from '#engine/api/entry-calls.ts';

const device = {
  vault: 'missing' as 'missing' | 'locked' | 'unlocked',
  /** Entries of each persona in the vault. */
  posted: [] as number[],
  refuses: null as string | null,
  /** Why its storage does not open. */
  closed: null as string | null,
  sent: [] as { fields: EntryFields; choice: PersonaChoice }[],
  discarded: [] as string[],
  drafts: new Map<string, EntryFields>(),
  tell: (_event: string): void => undefined,
};

const ok = <T>(value: T) => Promise.resolve({ ok: true as const, value });
const fail = (code: string) => Promise.resolve({ ok: false as const, error: { code } });
const whenOpen = <T>(give: () => T) =>
  device.vault === 'unlocked' ? ok(give()) : fail(`vault-${device.vault}`);

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    status: () => (device.closed === null ? ok({ vault: device.vault }) : fail(device.closed)),
    listDrafts: () => whenOpen(() => []),
    listPersonas: () => whenOpen(() => device.posted.map((entries) => ({ entries }))),
    saveDraft: (id: string | null, fields: EntryFields) =>
      whenOpen(() => {
        const name = id ?? `draft-${device.drafts.size}`;
        device.drafts.set(name, fields);
        return name;
      }),
    discardDraft: (id: string) => {
      device.discarded.push(id);
      return ok(undefined);
    },
    previewEntry: () => fail('invalid-entry'),
    postEntry: (fields: EntryFields, choice: PersonaChoice) => {
      if (device.vault !== 'unlocked') return fail(`vault-${device.vault}`);
      if (device.refuses !== null) return fail(device.refuses);
      device.sent.push({ fields, choice });
      return ok('address');
    },
  },
  onEngineEvent: (listener: (event: string) => void) => {
    device.tell = listener;
    return () => undefined;
  },
}));

const { Composer } = await import('#app/composer.svelte.ts');

function writtenComposer() {
  const composer = new Composer('ar');
  composer.title = 'A lawyer to read a charge sheet';
  composer.text = 'The hearing is in two weeks.';
  composer.mainSkill = 'legal';
  composer.moreSkills = ['translation'];
  return composer;
}

describe('Posting', () => {
  beforeEach(() => {
    device.vault = 'missing';
    device.posted = [];
    device.refuses = null;
    device.closed = null;
    device.sent = [];
    device.discarded = [];
    device.drafts.clear();
  });

  it('asks the three questions and makes the vault before the first post', async () => {
    const composer = writtenComposer();
    expect(await composer.post()).toBeNull();
    expect(composer.step).toBe('safety');
    expect(await composer.passSafety()).toBeNull();
    expect(composer.step).toBe('vault');
    expect(device.sent).toHaveLength(0);
    device.vault = 'unlocked';
    expect(await composer.passVault()).toBe('address');
    expect(device.sent[0]).toMatchObject({
      fields: { title: 'A lawyer to read a charge sheet', skills: ['legal', 'translation'] },
      choice: { kind: 'new' },
    });
  });

  it('asks the questions after unlocking when nothing was posted from this vault', async () => {
    device.vault = 'locked';
    const composer = writtenComposer();
    await composer.post();
    expect(composer.step).toBe('vault');
    device.vault = 'unlocked';
    await composer.passVault();
    expect(composer.step).toBe('safety');
    expect(await composer.passSafety()).toBe('address');
  });

  it('goes straight out for somebody who has posted before', async () => {
    device.vault = 'unlocked';
    device.posted = [0, 2];
    expect(await writtenComposer().post()).toBe('address');
  });

  it('names what is missing only once the writer has tried, and sends nothing', async () => {
    device.vault = 'unlocked';
    device.posted = [1];
    const composer = new Composer('en');
    expect(composer.problems).toEqual({});
    expect(await composer.post()).toBeNull();
    expect(composer.problems).toEqual({ title: 'missing', text: 'missing', skills: 'missing' });
    expect(device.sent).toHaveLength(0);
  });

  it('keeps the text and tells why while the device’s storage does not open', async () => {
    device.vault = 'unlocked';
    device.closed = 'storage-full';
    const composer = writtenComposer();
    expect(await composer.post()).toBeNull();
    expect([composer.step, composer.trouble]).toEqual(['writing', 'storage-full']);
    expect(composer.text).toBe('The hearing is in two weeks.');
  });

  it('keeps the text and tells why when the engine refuses', async () => {
    device.vault = 'unlocked';
    device.posted = [1];
    device.refuses = 'storage-full';
    const composer = writtenComposer();
    expect(await composer.post()).toBeNull();
    expect(composer.step).toBe('writing');
    expect(composer.trouble).toBe('storage-full');
    expect(composer.text).toBe('The hearing is in two weeks.');
  });

  it('keeps one draft while the vault is open, and discards it once posted', async () => {
    device.vault = 'unlocked';
    device.posted = [1];
    const composer = writtenComposer();
    await composer.keepDraftNow();
    composer.text = 'The hearing is in one week.';
    composer.noteChange();
    await composer.keepDraftNow();
    expect([...device.drafts.values()].map(({ text }) => text)).toEqual([
      'The hearing is in one week.',
    ]);
    await composer.post();
    expect(device.discarded).toEqual(['draft-0']);
  });

  it('never claims that a draft is kept while the vault is shut', async () => {
    device.vault = 'locked';
    const composer = writtenComposer();
    await composer.keepDraftNow();
    expect(composer.draftKept).toBe(false);
  });

  it('puts the text out of sight when the vault is locked over it, and back once it is open', async () => {
    device.vault = 'unlocked';
    const composer = writtenComposer();
    composer.follow();
    await new Promise((resolve) => setTimeout(resolve));
    device.vault = 'locked';
    device.tell('vault');
    await new Promise((resolve) => setTimeout(resolve));
    expect([composer.step, composer.hidden]).toEqual(['vault', true]);
    device.vault = 'unlocked';
    expect(await composer.passVault()).toBeNull();
    expect([composer.step, composer.hidden]).toEqual(['writing', false]);
    expect(composer.text).toBe('The hearing is in two weeks.');
    expect(device.sent).toHaveLength(0);
  });
});
