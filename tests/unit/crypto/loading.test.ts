import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock('libsodium-wrappers-sumo');
});

describe('loading libsodium', () => {
  test('says so where there is no WebAssembly, and tries again later', async () => {
    const { loadSodium } = await import('#crypto/sodium.ts');
    vi.stubGlobal('WebAssembly', undefined);
    expect(await loadSodium()).toEqual({ ok: false, error: { code: 'no-webassembly' } });
    vi.unstubAllGlobals();
    expect((await loadSodium()).ok).toBe(true);
  });

  test('says so when the code does not arrive or does not start', async () => {
    vi.doMock('libsodium-wrappers-sumo', () => ({
      default: { ready: Promise.reject(new Error('aborted')) },
    }));
    const { loadSodium } = await import('#crypto/sodium.ts');
    expect(await loadSodium()).toEqual({ ok: false, error: { code: 'sodium-did-not-load' } });
  });

  test('happens once', async () => {
    const { loadSodium } = await import('#crypto/sodium.ts');
    const first = loadSodium();
    expect(loadSodium()).toBe(first);
    await first;
    expect(loadSodium()).toBe(first);
  });

  test('rejects the facade with the same code', async () => {
    const { createSodiumCrypto } = await import('#crypto/sodium-crypto.ts');
    vi.stubGlobal('WebAssembly', undefined);
    await expect(createSodiumCrypto()).rejects.toMatchObject({
      code: 'no-webassembly',
      message: 'no-webassembly',
      name: 'SodiumUnavailableError',
    });
  });

  test('is not needed to verify where WebCrypto knows Ed25519', async () => {
    vi.doMock('libsodium-wrappers-sumo', () => {
      throw new Error('loaded');
    });
    const { createSignatureVerifier } = await import('#crypto/signature-verifier.ts');
    const verify = await createSignatureVerifier();
    expect(
      await verify(new Uint8Array(32) as never, new Uint8Array(1), new Uint8Array(64) as never),
    ).toBe(false);
  });
});
