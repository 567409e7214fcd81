import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationId } from '#core/types/ids.ts';

interface Row {
  readonly id: string;
  readonly stage: string;
  readonly blocked: boolean;
}

const device = {
  open: true,
  rows: [] as Row[],
  asked: [] as string[],
  answers: [] as (() => void)[],
  receipts: false,
  tell: [] as ((event: string) => void)[],
};

const ok = <T>(value: T) => Promise.resolve({ ok: true as const, value });
const fail = (code: string) => Promise.resolve({ ok: false as const, error: { code } });
const change = (id: string, values: Partial<Row>) => {
  if (!device.rows.some((row) => row.id === id)) return fail('not-found');
  device.rows = device.rows.map((row) => (row.id === id ? { ...row, ...values } : row));
  return ok(undefined);
};

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    listConversations: () => (device.open ? ok(device.rows) : fail('vault-locked')),
    acceptContact: (id: string) => change(id, { stage: 'open' }),
    declineContact: (id: string) => change(id, { stage: 'declined' }),
    blockPeer: (id: string, blocked: boolean) => change(id, { blocked }),
    searchMessages: (text: string) => {
      device.asked.push(text);
      if (!device.open) return fail('vault-locked');
      return new Promise((resolve) => {
        device.answers.push(() => resolve({ ok: true, value: [{ excerpt: text }] }));
      });
    },
    setReceipts: (on: boolean) => {
      device.receipts = on;
      return ok(undefined);
    },
    readReceipts: () => (device.open ? ok(device.receipts) : fail('vault-locked')),
  },
  onEngineEvent: (listener: (event: string) => void) => {
    device.tell.push(listener);
    return () => undefined;
  },
}));

const { conversations } = await import('#app/messages.svelte.ts');
const { MessageSearch } = await import('#app/messages-search.svelte.ts');
const { receipts } = await import('#app/messages-receipts.svelte.ts');

const settle = () => vi.advanceTimersByTimeAsync(1_000);
const tellAll = (event: string) => {
  for (const listener of device.tell) listener(event);
};
const row = (id: string, stage: string, blocked = false): Row => ({ id, stage, blocked });
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(device, {
    open: true,
    rows: [
      row('new', 'asked'),
      row('friend', 'open'),
      row('refused me', 'declined-by-peer'),
      row('refused', 'declined'),
      row('nuisance', 'open', true),
      row('unseen nuisance', 'asked', true),
    ],
    asked: [],
    answers: [],
    receipts: false,
    tell: [],
  });
});

describe('The list of conversations', () => {
  it('keeps first messages, conversations, and what was put aside apart', async () => {
    conversations.follow();
    await settle();
    expect(idsOf(conversations.asking)).toEqual(['new']);
    expect(idsOf(conversations.open)).toEqual(['friend', 'refused me']);
    expect(idsOf(conversations.putAside)).toEqual(['refused', 'nuisance', 'unseen nuisance']);
  });

  it.each([
    ['accept', 'open'],
    ['decline', 'putAside'],
    ['block', 'putAside'],
  ] as const)('moves a first message on %s', async (decision, group) => {
    conversations.follow();
    await settle();
    await conversations.decide('new' as ConversationId, decision);
    expect(conversations.asking).toEqual([]);
    expect(idsOf(conversations[group])).toContain('new');
  });

  it('says why a decision failed', async () => {
    conversations.follow();
    await settle();
    await conversations.decide('gone' as ConversationId, 'accept');
    expect(conversations.error).toBe('not-found');
  });

  it('holds nothing once the vault is locked', async () => {
    conversations.follow();
    await settle();
    device.open = false;
    tellAll('vault');
    await settle();
    expect([conversations.asking, conversations.open, conversations.putAside]).toEqual([
      [],
      [],
      [],
    ]);
  });
});

describe('A search through messages', () => {
  it('asks once for what was typed without a pause', async () => {
    const search = new MessageSearch();
    search.ask('l');
    search.ask('la');
    search.ask('lawyer ');
    await settle();
    expect(device.asked).toEqual(['lawyer']);
  });

  it('shows the hits of the last words, whatever comes in later', async () => {
    const search = new MessageSearch();
    search.ask('first');
    await settle();
    search.ask('second');
    await settle();
    device.answers[1]?.();
    await settle();
    device.answers[0]?.();
    await settle();
    expect(search.hits?.map(({ excerpt }) => excerpt)).toEqual(['second']);
  });

  it('shows nothing when what was asked for is taken back meanwhile', async () => {
    const search = new MessageSearch();
    search.ask('first');
    await settle();
    search.ask('');
    device.answers[0]?.();
    await settle();
    expect(search.hits).toBeNull();
  });

  it('forgets words and hits when the vault is locked', async () => {
    const search = new MessageSearch();
    search.follow();
    search.ask('secret');
    await settle();
    device.answers[0]?.();
    await settle();
    expect(search.hits).toHaveLength(1);
    device.open = false;
    tellAll('vault');
    await settle();
    expect(search.text).toBe('');
    expect(search.hits).toBeNull();
  });
});

describe('The switch of receipts', () => {
  it('shows what is stored, and nothing while the vault is locked', async () => {
    receipts.follow();
    await settle();
    expect(receipts.on).toBe(false);
    await receipts.choose(true);
    expect(receipts.on).toBe(true);
    device.open = false;
    tellAll('vault');
    await settle();
    expect(receipts.on).toBeNull();
  });
});
