import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationId, MessageId } from '#core/types/ids.ts';

const device = {
  open: true,
  refuses: null as string | null,
  messages: [] as { id?: string; fromMe: boolean; text: string; notice?: object }[],
  lifetimeDays: 0,
  decisions: [] as unknown[][],
  draft: '',
  unread: 0,
  marked: 0,
  tell: (_event: string): void => undefined,
};

const ok = <T>(value: T) => Promise.resolve({ ok: true as const, value });
const fail = (code: string) => Promise.resolve({ ok: false as const, error: { code } });

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    readConversation: () =>
      device.open
        ? ok({
            messages: [...device.messages],
            draft: device.draft,
            unread: device.unread,
            lifetimeDays: device.lifetimeDays,
          })
        : fail('vault-locked'),
    sendMessage: (_id: string, text: string) => {
      if (device.refuses !== null) return fail(device.refuses);
      device.messages.push({ fromMe: true, text });
      device.draft = '';
      return ok('message');
    },
    saveMessageDraft: (_id: string, text: string) => {
      device.draft = text;
      return ok(undefined);
    },
    markRead: () => {
      device.marked++;
      device.unread = 0;
      return ok(undefined);
    },
    deleteConversation: () => ok(undefined),
    deleteMessage: (id: string) => {
      device.messages = device.messages.filter((message) => message.id !== id);
      return ok(undefined);
    },
    setLifetime: (_id: string, days: number) => {
      device.decisions.push(['lifetime', days]);
      if (device.refuses !== null) return fail(device.refuses);
      device.lifetimeDays = days;
      return ok(undefined);
    },
  },
  onEngineEvent: (listener: (event: string) => void) => {
    device.tell = listener;
    return () => undefined;
  },
}));

const page = { visibilityState: 'visible' };
vi.stubGlobal('document', {
  ...page,
  get visibilityState() {
    return page.visibilityState;
  },
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});

const { Conversation } = await import('#app/messages-conversation.svelte.ts');

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function openConversation() {
  const conversation = new Conversation('a' as ConversationId);
  const stop = conversation.follow();
  await settled();
  return { conversation, stop };
}

beforeEach(() => {
  Object.assign(device, {
    open: true,
    refuses: null,
    messages: [{ fromMe: false, text: 'Hello' }],
    draft: '',
    unread: 0,
    marked: 0,
    lifetimeDays: 0,
    decisions: [],
  });
  page.visibilityState = 'visible';
});

describe('A conversation on the screen', () => {
  it('starts with the draft that was stored', async () => {
    device.draft = 'half a sen';
    const { conversation } = await openConversation();
    expect(conversation.draft).toBe('half a sen');
  });

  it('keeps what is being written when news comes in', async () => {
    const { conversation } = await openConversation();
    conversation.write('My answer');
    device.tell('mail');
    await settled();
    expect(conversation.draft).toBe('My answer');
  });

  it('stores the draft when it is left', async () => {
    const { conversation, stop } = await openConversation();
    conversation.write('Not finished');
    stop();
    await settled();
    expect(device.draft).toBe('Not finished');
  });

  it('sends the draft once and empties the field', async () => {
    const { conversation } = await openConversation();
    conversation.write('My answer');
    await Promise.all([conversation.send(), conversation.send()]);
    expect(device.messages.filter(({ fromMe }) => fromMe)).toHaveLength(1);
    expect(conversation.draft).toBe('');
    expect(device.draft).toBe('');
  });

  it('keeps the words and says why when sending fails', async () => {
    const { conversation } = await openConversation();
    conversation.write('My answer');
    device.refuses = 'storage-full';
    expect(await conversation.send()).toBe(false);
    expect(conversation.sendError).toBe('storage-full');
    expect(conversation.draft).toBe('My answer');
  });

  it('sends nothing that is empty', async () => {
    const { conversation } = await openConversation();
    conversation.write(' \n ');
    expect(await conversation.send()).toBe(false);
    expect(device.messages).toHaveLength(1);
  });

  it('leaves neither messages nor draft on the screen when the vault locks', async () => {
    const { conversation } = await openConversation();
    conversation.write('Secret');
    device.open = false;
    device.tell('vault');
    await settled();
    expect(conversation.view).toBeNull();
    expect(conversation.draft).toBe('');
    expect(conversation.readError).toBe('vault-locked');
  });

  it('marks messages as read only while somebody can see them', async () => {
    device.unread = 2;
    page.visibilityState = 'hidden';
    await openConversation();
    expect(device.marked).toBe(0);
    page.visibilityState = 'visible';
    await openConversation();
    expect(device.marked).toBe(1);
  });

  it('allows fewer bytes until the other person has answered', async () => {
    device.messages = [{ fromMe: true, text: 'First' }];
    const { conversation } = await openConversation();
    expect(conversation.limitBytes).toBe(2_300);
    device.messages.push({ fromMe: false, text: 'Answer' });
    device.tell('mail');
    await settled();
    expect(conversation.limitBytes).toBe(3_900);
  });

  it('takes a notice for no answer', async () => {
    device.messages = [
      { fromMe: true, text: 'First' },
      { fromMe: false, text: '', notice: { kind: 'declined' } },
    ];
    const { conversation } = await openConversation();
    expect(conversation.limitBytes).toBe(2_300);
  });

  it('shows what was decided', async () => {
    const { conversation } = await openConversation();
    expect(await conversation.chooseLifetime(7)).toBe(true);
    expect(conversation.view?.lifetimeDays).toBe(7);
    expect(conversation.decideError).toBeNull();
  });

  it('decides one thing at a time', async () => {
    const { conversation } = await openConversation();
    const outcomes = await Promise.all([
      conversation.chooseLifetime(7),
      conversation.chooseLifetime(1),
    ]);
    expect(outcomes).toEqual([true, false]);
    expect(device.decisions).toEqual([['lifetime', 7]]);
  });

  it('says why a decision failed until one succeeds', async () => {
    const { conversation } = await openConversation();
    device.refuses = 'key-changed';
    expect(await conversation.chooseLifetime(30)).toBe(false);
    expect(conversation.decideError).toBe('key-changed');
    expect(conversation.view?.lifetimeDays).toBe(0);
    device.refuses = null;
    await conversation.chooseLifetime(30);
    expect(conversation.decideError).toBeNull();
  });

  it('shows a deleted message no more', async () => {
    device.messages = [
      { id: 'one', fromMe: false, text: 'Hello' },
      { id: 'two', fromMe: false, text: 'Again' },
    ];
    const { conversation } = await openConversation();
    await conversation.removeMessage('one' as MessageId);
    expect(conversation.view?.messages.map(({ id }) => id)).toEqual(['two']);
  });
});
