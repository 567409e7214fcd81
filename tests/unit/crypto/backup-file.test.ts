import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { maxBackupBytes, openBackup, sealBackup } from '#crypto/backup-file.ts';
import type { RecoveryEntropy } from '#crypto/recovery-words.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';

const entropy = new Uint8Array(16).fill(1) as RecoveryEntropy;
const others = new Uint8Array(16).fill(2) as RecoveryEntropy;
const salt = new Uint8Array(32).fill(3);
const content = Uint8Array.of(9, 8, 0);
const damaged = { ok: false, error: { code: 'backup-damaged' } };

let crypto: CryptoPort;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
});

const random = (length: number): Bytes => salt.slice(0, length);
const seal = (of: Bytes = content) => sealBackup(crypto, random, entropy, of);

/** A backup down the page of docs/protocol.md, on other libraries. */
function sealByPage(padded: Uint8Array, version = 1): Uint8Array {
  const header = Uint8Array.of(0x57, 0x46, 0x42, version, ...salt);
  const label = new TextEncoder().encode('wallflower/backup/1\0');
  const key = hkdf(sha512, entropy, salt, label, 32);
  const sealed = xchacha20poly1305(key, new Uint8Array(24), header).encrypt(padded);
  return Uint8Array.of(...header, ...sealed);
}

describe('a backup', () => {
  test('is byte for byte what another program makes of it', () => {
    expect(seal()).toEqual(sealByPage(Uint8Array.of(9, 8, 0, 0x80)));
  });

  test('comes back whatever it ends in, its length rounded', () => {
    for (const of of [[], [0], [0x80], [0x80, 0, 0], Array<number>(1_000).fill(7)]) {
      const sealed = seal(Uint8Array.from(of));
      expect(openBackup(crypto, entropy, sealed)).toEqual({ ok: true, value: Uint8Array.from(of) });
    }
    expect(seal(new Uint8Array(1_000)).length).toBe(36 + 1_024 + 16);
    expect(seal(new Uint8Array(1_023)).length).toBe(36 + 1_024 + 16);
    expect(seal(new Uint8Array(1_024)).length).toBeGreaterThan(36 + 1_024 + 16);
  });

  test('does not open with other words, cut short or with any byte of it altered', () => {
    const sealed = seal();
    expect(openBackup(crypto, others, sealed)).toEqual(damaged);
    for (let length = 0; length < sealed.length; length++) {
      expect(openBackup(crypto, entropy, sealed.subarray(0, length))).toEqual(damaged);
    }
    for (let index = 0; index < sealed.length; index++) {
      const altered = sealed.map((byte, at) => (at === index ? byte ^ 1 : byte));
      expect(openBackup(crypto, entropy, altered).ok, `byte ${String(index)}`).toBe(false);
    }
  });

  test('of a later version says so, one of an earlier is none', () => {
    const padded = Uint8Array.of(0x80);
    expect(openBackup(crypto, entropy, sealByPage(padded, 1)).ok).toBe(true);
    for (const version of [2, 255]) {
      expect(openBackup(crypto, entropy, sealByPage(padded, version))).toEqual({
        ok: false,
        error: { code: 'backup-newer' },
      });
    }
    expect(openBackup(crypto, entropy, seal().fill(0, 3, 4))).toEqual(damaged);
  });

  test('without an end of its content is damaged', () => {
    for (const padded of [[], [0, 0], [1], [0x80, 1]]) {
      expect(openBackup(crypto, entropy, sealByPage(Uint8Array.from(padded)))).toEqual(damaged);
    }
  });

  test.each([
    ['another kind of file', () => seal().fill(0x58, 0, 1)],
    ['too short for a tag', () => seal().subarray(0, 51)],
    ['longer than a phone holds', () => withHead(maxBackupBytes + 1)],
  ])('that is %s is refused before any work', (_name, file) => {
    const hkdfSha512 = vi.fn(crypto.hkdfSha512);
    expect(openBackup({ ...crypto, hkdfSha512 }, entropy, file())).toEqual(damaged);
    expect(hkdfSha512).not.toHaveBeenCalled();
  });

  test.each([52, maxBackupBytes])('of %i bytes is tried', (length) => {
    const aeadOpen = vi.fn<CryptoPort['aeadOpen']>(() => ({
      ok: false,
      error: { code: 'not-authentic' },
    }));
    expect(openBackup({ ...crypto, aeadOpen }, entropy, withHead(length))).toEqual(damaged);
    expect(aeadOpen).toHaveBeenCalledTimes(1);
  });

  test('leaves no key and no padded copy in memory', () => {
    const secrets: Uint8Array[] = [];
    const watched: CryptoPort = {
      ...crypto,
      hkdfSha512(...input) {
        const key = crypto.hkdfSha512(...input);
        secrets.push(key);
        return key;
      },
      aeadSeal(key, nonce, plaintext, ad) {
        secrets.push(plaintext);
        return crypto.aeadSeal(key, nonce, plaintext, ad);
      },
    };
    const sealed = sealBackup(watched, random, entropy, content);
    expect(openBackup(watched, entropy, sealed).ok).toBe(true);
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(secret).toEqual(new Uint8Array(secret.length));
    expect(content).toEqual(Uint8Array.of(9, 8, 0));
  });
});

/** A file of this length that begins as a backup. */
function withHead(length: number): Uint8Array {
  const file = new Uint8Array(length);
  file.set(seal().subarray(0, 36));
  return file;
}
