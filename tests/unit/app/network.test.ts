import { beforeEach, describe, expect, it, vi } from 'vitest';

const device = {
  relays: [] as { origin: string; lastContactMs: number | null }[],
  answering: new Set<string>(),
};

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    readNetwork: () =>
      Promise.resolve({ relays: device.relays.map((relay) => ({ ...relay })), syncing: false }),
    syncNow: () => {
      for (const relay of device.relays) {
        if (device.answering.has(relay.origin)) relay.lastContactMs = Date.now();
      }
      return Promise.resolve();
    },
    addRelay: (address: string) =>
      Promise.resolve(
        address.startsWith('https://')
          ? { ok: true, value: address }
          : { ok: false, error: { code: 'invalid-relay-address' } },
      ),
  },
  onEngineEvent: () => () => undefined,
}));

vi.stubGlobal('navigator', { storage: { persist: () => Promise.resolve(false) } });

const { network } = await import('#app/network.svelte.ts');

beforeEach(() => {
  device.relays = [
    { origin: 'https://a.example', lastContactMs: 1 },
    { origin: 'https://b.example', lastContactMs: null },
  ];
  device.answering = new Set();
});

describe('The network screen', () => {
  it('counts only relays that answered this time, not those that once did', async () => {
    await network.sync();
    expect(network.syncAnswer).toEqual({ reached: 0, asked: 2 });
    device.answering.add('https://b.example');
    await network.sync();
    expect(network.syncAnswer).toEqual({ reached: 1, asked: 2 });
    expect(network.syncing).toBe(false);
  });

  it('says why an address was not taken, and forgets it with the next one that is', async () => {
    expect(await network.add('b.example')).toBe(false);
    expect(network.error).toBe('invalid-relay-address');
    expect(await network.add(' https://c.example ')).toBe(true);
    expect(network.error).toBeNull();
  });

  it('tells that the browser would not promise to keep the storage', async () => {
    await network.keepStorage();
    expect(network.persistence).toBe('refused');
  });
});
