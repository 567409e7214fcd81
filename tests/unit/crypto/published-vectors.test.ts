import * as nodeCrypto from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2id } from '@noble/hashes/argon2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ml_kem768_x25519 as XWing } from '@noble/post-quantum/hybrid.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { DhPrivateKey, DhPublicKey, PersonaSeed } from '#core/types/ids.ts';
import type { AeadKey, CryptoPort } from '#core/types/ports.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import argon2idVectors from '#tests/vectors/argon2id.json' with { type: 'json' };
import ed25519Vectors from '#tests/vectors/ed25519-rfc8032.json' with { type: 'json' };
import hkdfVectors from '#tests/vectors/hkdf-sha512.json' with { type: 'json' };
import hmacVectors from '#tests/vectors/hmac-sha512-rfc4231.json' with { type: 'json' };
import x25519Vectors from '#tests/vectors/x25519-rfc7748.json' with { type: 'json' };
import aeadVector from '#tests/vectors/xchacha20poly1305-draft.json' with { type: 'json' };
import xwingVectors from '#tests/vectors/xwing-draft.json' with { type: 'json' };

let crypto: CryptoPort;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
});

function fromHex<T extends Bytes = Bytes>(hex: string): T {
  return new Uint8Array(hexToBytes(hex)) as T;
}

function dhHex(privateKey: string, publicKey: string): string {
  const shared = crypto.dh(fromHex<DhPrivateKey>(privateKey), fromHex<DhPublicKey>(publicKey));
  return shared.ok ? bytesToHex(shared.value) : shared.error.code;
}

describe('X25519 agrees with RFC 7748', () => {
  test.each(x25519Vectors.single)('on scalar $scalar', ({ scalar, u, output }) => {
    expect(dhHex(scalar, u)).toBe(output);
  });

  test('iterated once and a thousand times', () => {
    const { start, after1, after1000 } = x25519Vectors.iterated;
    let [k, u] = [start, start];
    for (let round = 1; round <= 1000; round++) {
      [k, u] = [dhHex(k, u), k];
      if (round === 1) expect(k).toBe(after1);
    }
    expect(k).toBe(after1000);
  });

  test('on both sides of the exchange', () => {
    const { alicePrivate, alicePublic, bobPrivate, bobPublic, shared } =
      x25519Vectors.diffieHellman;
    expect(bytesToHex(crypto.dhKeyPair(fromHex(alicePrivate)).publicKey)).toBe(alicePublic);
    expect(bytesToHex(crypto.dhKeyPair(fromHex(bobPrivate)).publicKey)).toBe(bobPublic);
    expect(dhHex(alicePrivate, bobPublic)).toBe(shared);
    expect(dhHex(bobPrivate, alicePublic)).toBe(shared);
  });
});

describe('Ed25519 agrees with RFC 8032', () => {
  test.each(ed25519Vectors.cases)('on $name', ({ seed, key, message, signature }) => {
    const personaSeed = fromHex<PersonaSeed>(seed);
    expect(bytesToHex(crypto.personaKey(personaSeed))).toBe(key);
    expect(bytesToHex(crypto.sign(personaSeed, fromHex(message)))).toBe(signature);
  });
});

describe('HMAC-SHA512 agrees with RFC 4231', () => {
  test.each(hmacVectors.cases)('on key $key', ({ key, data, mac }) => {
    const computed = bytesToHex(crypto.hmacSha512(fromHex(key), fromHex(data)));
    expect(computed).toHaveLength(128);
    expect(computed.slice(0, mac.length)).toBe(mac);
  });
});

describe("HKDF-SHA512 on RFC 5869's inputs", () => {
  test.each(hkdfVectors.cases)('agrees for $length bytes', ({ ikm, salt, info, length, okm }) => {
    const output = crypto.hkdfSha512(fromHex(salt), fromHex(ikm), fromHex(info), length);
    expect(bytesToHex(output)).toBe(okm);
  });
});

describe('Argon2id', () => {
  const { reference, cases } = argon2idVectors;

  test('of the two oracles is that of RFC 9106', () => {
    const { passphrase, salt, secret, ad, passes, memoryKiB, lanes, tag } = reference;
    const byNoble = argon2id(fromHex(passphrase), fromHex(salt), {
      t: passes,
      m: memoryKiB,
      p: lanes,
      dkLen: 32,
      key: fromHex(secret),
      personalization: fromHex(ad),
    });
    expect(bytesToHex(byNoble)).toBe(tag);
    const byNode = nodeCrypto.argon2Sync('argon2id', {
      message: fromHex(passphrase),
      nonce: fromHex(salt),
      secret: fromHex(secret),
      associatedData: fromHex(ad),
      passes,
      memory: memoryKiB,
      parallelism: lanes,
      tagLength: 32,
    });
    expect(byNode.toString('hex')).toBe(tag);
  });

  test.each(cases)(
    'agrees with them at $passes passes over $memoryKiB KiB',
    ({ passphrase, salt, passes, memoryKiB, hash }) => {
      const computed = crypto.argon2id(
        fromHex(passphrase),
        fromHex(salt),
        passes,
        memoryKiB * 1024,
      );
      expect(bytesToHex(computed)).toBe(hash);
    },
  );
});

describe('XChaCha20-Poly1305 agrees with the draft', () => {
  const { key, nonce, ad, plaintext, ciphertext, tag } = aeadVector;

  test('when sealing and opening', () => {
    const aeadKey = fromHex<AeadKey>(key);
    const sealed = crypto.aeadSeal(aeadKey, fromHex(nonce), fromHex(plaintext), fromHex(ad));
    expect(bytesToHex(sealed)).toBe(ciphertext + tag);
    expect(crypto.aeadOpen(aeadKey, fromHex(nonce), sealed, fromHex(ad))).toEqual({
      ok: true,
      value: fromHex(plaintext),
    });
  });

  test('and with another implementation', () => {
    const other = xchacha20poly1305(fromHex(key), fromHex(nonce), fromHex(ad));
    const empty = crypto.aeadSeal(
      fromHex<AeadKey>(key),
      fromHex(nonce),
      new Uint8Array(0),
      fromHex(ad),
    );
    expect(empty).toEqual(new Uint8Array(other.encrypt(new Uint8Array(0))));
  });
});

describe('X-Wing agrees with the draft', () => {
  test.each(xwingVectors.cases)('on seed $seed', ({ seed, eseed, pkSha256, ctSha256, ss }) => {
    const pair = crypto.kemKeyPair(fromHex(seed));
    expect(bytesToHex(sha256Bytes(pair.publicKey))).toBe(pkSha256);
    expect(bytesToHex(pair.privateKey)).toBe(seed);
    const sent = crypto.kemEncapsulate(pair.publicKey, fromHex(eseed));
    if (!sent.ok) throw new Error(sent.error.code);
    expect(bytesToHex(sha256Bytes(sent.value.ciphertext))).toBe(ctSha256);
    expect(bytesToHex(sent.value.sharedSecret)).toBe(ss);
    expect(crypto.kemDecapsulate(pair.privateKey, sent.value.ciphertext)).toEqual({
      ok: true,
      value: sent.value.sharedSecret,
    });
  });

  test('byte for byte with another implementation, both ways', () => {
    for (let round = 0; round < 20; round++) {
      const seed = new Uint8Array(32).fill(round);
      const randomness = concatBytes(new Uint8Array(32).fill(200 - round), seed);
      const pair = crypto.kemKeyPair(seed);
      const other = XWing.keygen(seed);
      expect(pair.publicKey).toEqual(new Uint8Array(other.publicKey));
      const sent = crypto.kemEncapsulate(pair.publicKey, randomness);
      const otherSent = XWing.encapsulate(other.publicKey, randomness);
      expect(sent).toEqual({
        ok: true,
        value: {
          ciphertext: new Uint8Array(otherSent.cipherText),
          sharedSecret: new Uint8Array(otherSent.sharedSecret),
        },
      });
    }
  });
});
