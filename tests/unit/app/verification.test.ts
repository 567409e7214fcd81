import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationId } from '#core/types/ids.ts';

const device = {
  open: true,
  verifiedDay: null as number | null,
  compared: null as string | null,
  refuses: null as string | null,
  tell: (_event: string): void => undefined,
};

const ok = <T>(value: T) => Promise.resolve({ ok: true as const, value });
const fail = (code: string) => Promise.resolve({ ok: false as const, error: { code } });
const digits = '0123456789'.repeat(6);

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    readConversation: () => (device.open ? ok({ peer: 'key', peerName: 'Rook' }) : fail('locked')),
    readVerification: () =>
      device.open
        ? ok({ digits, code: `code ${digits}`, verifiedDay: device.verifiedDay })
        : fail('vault-locked'),
    setVerified: (_id: string, verified: boolean) => {
      if (device.refuses !== null) return fail(device.refuses);
      device.verifiedDay = verified ? 20_000 : null;
      return ok(undefined);
    },
    compareScanned: (_id: string, code: string) => {
      device.compared = code;
      if (device.refuses !== null) return fail(device.refuses);
      device.verifiedDay = 20_000;
      return ok(undefined);
    },
  },
  onEngineEvent: (listener: (event: string) => void) => {
    device.tell = listener;
    return () => undefined;
  },
}));

const { ContactVerification } = await import('#app/messages-verification.svelte.ts');

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function open() {
  const verification = new ContactVerification('a' as ConversationId);
  verification.follow();
  await settled();
  return verification;
}

beforeEach(() => {
  Object.assign(device, { open: true, verifiedDay: null, compared: null, refuses: null });
});

describe('The comparison of two devices', () => {
  it('shows 60 digits in twelve groups of five', async () => {
    const { groups } = await open();
    expect(groups).toHaveLength(12);
    expect(groups.every((group) => group.length === 5)).toBe(true);
    expect(groups.join('')).toBe(digits);
  });

  it('marks the contact when a code is theirs', async () => {
    const verification = await open();
    await verification.compare(' code of theirs\n');
    expect(device.compared).toBe('code of theirs');
    expect(verification.result).toBe('match');
    expect(verification.facts?.verifiedDay).toBe(20_000);
  });

  it('says that a code is of somebody else, and marks nobody', async () => {
    device.refuses = 'code-not-theirs';
    const verification = await open();
    await verification.compare('another');
    expect(verification.result).toBe('differ');
    expect(verification.compareError).toBe('code-not-theirs');
    expect(verification.facts?.verifiedDay).toBeNull();
  });

  it('does not call them different when the comparison itself failed', async () => {
    device.refuses = 'key-changed';
    const verification = await open();
    await verification.compare('another');
    expect(verification.result).toBeNull();
    expect(verification.compareError).toBe('key-changed');
  });

  it('takes the mark away when the reader sees a difference', async () => {
    device.verifiedDay = 19_000;
    const verification = await open();
    await verification.deny();
    expect(verification.result).toBe('differ');
    expect(device.verifiedDay).toBeNull();
  });

  it('does not claim a match that could not be stored', async () => {
    device.refuses = 'storage-full';
    const verification = await open();
    await verification.confirm();
    expect(verification.result).toBeNull();
    expect(verification.compareError).toBe('storage-full');
  });

  it('shows neither digits nor name once the vault is locked', async () => {
    const verification = await open();
    device.open = false;
    device.tell('vault');
    await settled();
    expect(verification.peer).toBeNull();
    expect(verification.facts).toBeNull();
    expect(verification.groups).toEqual([]);
  });
});
