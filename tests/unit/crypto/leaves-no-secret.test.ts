import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { PersonaSeed } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { hkdfSha512Of } from '#crypto/hkdf.ts';
import { openRow, sealRow } from '#crypto/sealed-rows.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { loadSodium, type Sodium } from '#crypto/sodium.ts';
import { systemRandom } from '#crypto/system-random.ts';
import {
  createMasterKey,
  createVaultHeader,
  fillVaultSlot,
  openVaultHeader,
  type RowKey,
} from '#crypto/vault-keys.ts';
import { argon2idBounds } from '#crypto/vault-parameters.ts';

const floor = { passes: argon2idBounds.minPasses, memoryBytes: argon2idBounds.minMemoryBytes };
const none = new Uint8Array(0);

let sodium: Sodium;
let crypto: CryptoPort;

beforeAll(async () => {
  const loaded = await loadSodium();
  if (!loaded.ok) throw new Error(loaded.error.code);
  sodium = loaded.value;
  crypto = await createSodiumCrypto();
});

/** A port with an Argon2id that costs nothing; what passes through it in the open is kept, to be looked at. */
function watchedPort() {
  const passphrases: Uint8Array[] = [];
  const derived: Bytes[] = [];
  const sealed: Uint8Array[] = [];
  const opened: Bytes[] = [];
  const watched: CryptoPort = {
    ...crypto,
    argon2id(passphrase, salt) {
      passphrases.push(passphrase);
      const stretched = crypto.hkdfSha512(salt, passphrase, none, 32);
      derived.push(stretched);
      return stretched;
    },
    hkdfSha512(...input) {
      const output = crypto.hkdfSha512(...input);
      derived.push(output);
      return output;
    },
    aeadSeal(key, nonce, plaintext, ad) {
      sealed.push(plaintext);
      return crypto.aeadSeal(key, nonce, plaintext, ad);
    },
    aeadOpen(...input) {
      const plaintext = crypto.aeadOpen(...input);
      if (plaintext.ok) opened.push(plaintext.value);
      return plaintext;
    },
  };
  return { watched, passphrases, derived, sealed, opened };
}

function expectWiped(secrets: readonly Uint8Array[], count: number): void {
  expect(secrets).toHaveLength(count);
  for (const secret of secrets) expect(secret).toEqual(new Uint8Array(secret.length));
}

describe('a vault leaves in memory', () => {
  test('neither passphrase nor what it was stretched to, once made', () => {
    const { watched, passphrases, derived } = watchedPort();
    const made = createVaultHeader(watched, systemRandom, 'right', floor);
    expect(made.ok && made.value.masterKey.some((byte) => byte !== 0)).toBe(true);
    expectWiped(passphrases, 1);
    expectWiped(derived, 2);
  });

  test.each(['right', 'wrong'])('neither of them, once the %s passphrase was tried', (tried) => {
    const made = createVaultHeader(watchedPort().watched, systemRandom, 'right', floor);
    if (!made.ok) throw new Error(made.error.code);
    const { watched, passphrases, derived, opened } = watchedPort();
    const result = openVaultHeader(watched, made.value.header, tried);
    expect(result.ok).toBe(tried === 'right');
    expectWiped(passphrases, 1);
    expectWiped(derived, 2);
    if (result.ok) expect(opened).toEqual([made.value.masterKey]);
  });

  test.each(['same', 'other'])(
    'no key of the other slot when the %s passphrase fills one',
    (one) => {
      const made = createVaultHeader(watchedPort().watched, systemRandom, 'same', floor);
      if (!made.ok) throw new Error(made.error.code);
      const { header, slotIndex } = made.value;
      const second = {
        masterKey: createMasterKey(systemRandom),
        slotIndex: slotIndex === 0 ? 1 : 0,
      } as const;
      const kept = new Uint8Array(second.masterKey);
      const { watched, derived, opened } = watchedPort();
      expect(fillVaultSlot(watched, systemRandom, header, one, second).ok).toBe(one === 'other');
      expectWiped(derived, 2);
      expectWiped(opened, one === 'same' ? 1 : 0);
      expect(second.masterKey).toEqual(kept);
    },
  );

  test('no padded copy of a row that was sealed or opened', () => {
    const { watched, sealed, opened } = watchedPort();
    const rowKey = new Uint8Array(32).fill(1) as Bytes as RowKey;
    const plaintext = Uint8Array.of(1, 2, 3);
    const row = sealRow(watched, systemRandom, rowKey, 'messages', 'row-1', plaintext);
    expectWiped(sealed, 1);
    expect(openRow(watched, rowKey, 'messages', 'row-1', row)).toEqual({
      ok: true,
      value: Uint8Array.of(1, 2, 3),
    });
    expectWiped(opened, 1);
  });
});

describe('the facade leaves in memory', () => {
  test('no hash on the way to a derived key', () => {
    const finals: Uint8Array[] = [];
    const watched = Object.create(sodium) as Sodium;
    watched.crypto_auth_hmacsha512_final = ((state) => {
      const mac = sodium.crypto_auth_hmacsha512_final(state);
      finals.push(mac);
      return mac;
    }) as Sodium['crypto_auth_hmacsha512_final'];
    const output = hkdfSha512Of(watched)(none, Uint8Array.of(1), none, 128);
    expect(output).toEqual(crypto.hkdfSha512(none, Uint8Array.of(1), none, 128));
    expectWiped(finals, 3);
  });

  test('no private key that a seed was expanded to', () => {
    const privateKeys: Uint8Array[] = [];
    const expand = sodium.crypto_sign_seed_keypair;
    const spy = vi.spyOn(sodium, 'crypto_sign_seed_keypair').mockImplementation(((
      seed: Uint8Array,
    ) => {
      const pair = expand(seed);
      privateKeys.push(pair.privateKey);
      return pair;
    }) as typeof expand);
    const seed = new Uint8Array(32).fill(3) as PersonaSeed;
    const key = crypto.personaKey(seed);
    expect(crypto.verify(key, none, crypto.sign(seed, none))).toBe(true);
    spy.mockRestore();
    expectWiped(privateKeys, 2);
    expect(seed).toEqual(new Uint8Array(32).fill(3));
  });
});
