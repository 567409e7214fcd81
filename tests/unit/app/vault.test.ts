import { beforeEach, describe, expect, it, vi } from 'vitest';

const device = {
  vault: 'locked' as 'missing' | 'locked' | 'unlocked',
  attempts: 0,
  erased: false,
  gone: false,
};

vi.mock('#app/engine-client.ts', () => ({
  engine: {
    status: () => Promise.resolve({ ok: true, value: { vault: device.vault } }),
    unlockVault: (passphrase: string) => {
      device.attempts++;
      if (device.gone) return Promise.reject(new Error('The worker is gone'));
      if (passphrase !== 'right') {
        return Promise.resolve({ ok: false, error: { code: 'wrong-passphrase' } });
      }
      device.vault = 'unlocked';
      return Promise.resolve({ ok: true, value: undefined });
    },
    lockVault: () => {
      device.vault = 'locked';
      return Promise.resolve();
    },
    eraseDevice: () => {
      if (device.gone) return Promise.reject(new Error('The worker is gone'));
      device.erased = true;
      return Promise.resolve();
    },
  },
  onEngineEvent: () => () => undefined,
}));

const kept = new Map<string, string>();
const cleared = { clear: () => kept.clear() };
vi.stubGlobal('localStorage', cleared);
vi.stubGlobal('sessionStorage', cleared);

const { vault } = await import('#app/vault.svelte.ts');

beforeEach(async () => {
  device.gone = false;
  device.erased = false;
  await vault.lock();
  device.attempts = 0;
});

describe('The vault', () => {
  it('is told to be open only when the engine says that it is', async () => {
    expect(await vault.unlock('wrong')).toBe(false);
    expect(vault.state).toBe('locked');
    expect(vault.error).toBe('wrong-passphrase');
    expect(await vault.unlock('right')).toBe(true);
    expect(vault.state).toBe('unlocked');
    expect(vault.error).toBeNull();
  });

  it('tries one passphrase at a time', async () => {
    await Promise.all([vault.unlock('right'), vault.unlock('right')]);
    expect(device.attempts).toBe(1);
  });

  it('says so when the engine is gone, and can be tried again', async () => {
    device.gone = true;
    expect(await vault.unlock('right')).toBe(false);
    expect(vault.error).toBe('engine-gone');
    expect(vault.busy).toBe(false);
  });

  it('erases display preferences with everything else', async () => {
    kept.set('wallflower-locale', 'ar');
    expect(await vault.erase()).toBe(true);
    expect(device.erased).toBe(true);
    expect(kept.size).toBe(0);
  });

  it('never claims to have erased what it could not', async () => {
    device.gone = true;
    expect(await vault.erase()).toBe(false);
    expect(vault.eraseFailed).toBe(true);
  });
});
