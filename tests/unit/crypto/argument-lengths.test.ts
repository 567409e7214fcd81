import { beforeAll, describe, expect, test } from 'vitest';
import type {
  DhPrivateKey,
  DhPublicKey,
  KemCiphertext,
  KemPrivateKey,
  KemPublicKey,
  PersonaKey,
  PersonaSeed,
  Signature,
} from '#core/types/ids.ts';
import type { AeadKey, CryptoPort } from '#core/types/ports.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';

let crypto: CryptoPort;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
});

const of = <T extends Uint8Array>(length: number): T => new Uint8Array(length) as Uint8Array as T;
const none = new Uint8Array(0);

/** Calls with one argument of `length` bytes, where `right` were right. */
const ownArguments: readonly [string, number, (length: number) => unknown][] = [
  ['a Diffie-Hellman seed', 32, (length) => crypto.dhKeyPair(of(length))],
  [
    'a Diffie-Hellman private key',
    32,
    (length) => crypto.dh(of<DhPrivateKey>(length), of<DhPublicKey>(32)),
  ],
  ['a KEM seed', 32, (length) => crypto.kemKeyPair(of(length))],
  ['KEM randomness', 64, (length) => crypto.kemEncapsulate(of<KemPublicKey>(1216), of(length))],
  [
    'a KEM private key',
    32,
    (length) => crypto.kemDecapsulate(of<KemPrivateKey>(length), of<KemCiphertext>(1120)),
  ],
  ['a key to seal with', 32, (length) => crypto.aeadSeal(of<AeadKey>(length), of(24), none, none)],
  [
    'a nonce to seal with',
    24,
    (length) => crypto.aeadSeal(of<AeadKey>(32), of(length), none, none),
  ],
  [
    'a key to open with',
    32,
    (length) => crypto.aeadOpen(of<AeadKey>(length), of(24), of(16), none),
  ],
  [
    'a nonce to open with',
    24,
    (length) => crypto.aeadOpen(of<AeadKey>(32), of(length), of(16), none),
  ],
  ['a seed to sign with', 32, (length) => crypto.sign(of<PersonaSeed>(length), none)],
  ['a seed of a persona', 32, (length) => crypto.personaKey(of<PersonaSeed>(length))],
];

describe('an argument of one’s own', () => {
  test.each(ownArguments)('that is %s of another length is a bug', (_name, right, call) => {
    for (const length of [0, right - 1, right + 1]) {
      expect(() => call(length)).toThrow(
        new RangeError(`expected ${String(right)} bytes, got ${String(length)}`),
      );
    }
    expect(() => call(right)).not.toThrow();
  });
});

describe('what others sent', () => {
  const lowOrderPoint = { ok: false, error: { code: 'low-order-point' } };

  test('as a public key or a ciphertext of another length is refused, not cut to fit', () => {
    const pair = crypto.kemKeyPair(of(32));
    const { publicKey } = crypto.dhKeyPair(new Uint8Array(32).fill(1));
    const sent = crypto.kemEncapsulate(pair.publicKey, of(64));
    if (!sent.ok) throw new Error(sent.error.code);
    const { ciphertext } = sent.value;
    for (const change of [(whole: Uint8Array) => whole.slice(1), longer, () => none]) {
      expect(crypto.dh(of<DhPrivateKey>(32), change(publicKey) as DhPublicKey)).toEqual(
        lowOrderPoint,
      );
      expect(crypto.kemEncapsulate(change(pair.publicKey) as KemPublicKey, of(64))).toEqual(
        lowOrderPoint,
      );
      expect(crypto.kemDecapsulate(pair.privateKey, change(ciphertext) as KemCiphertext)).toEqual(
        lowOrderPoint,
      );
    }
  });

  test('as a key or signature of another length verifies nothing', () => {
    const seed = of<PersonaSeed>(32);
    const message = Uint8Array.of(1);
    const key = crypto.personaKey(seed);
    const signature = crypto.sign(seed, message);
    expect(crypto.verify(key, message, signature)).toBe(true);
    expect(crypto.verify(longer(key) as PersonaKey, message, signature)).toBe(false);
    expect(crypto.verify(key, message, longer(signature) as Signature)).toBe(false);
  });
});

function longer(whole: Uint8Array): Uint8Array {
  return Uint8Array.from([...whole, 0]);
}

describe('Argon2id', () => {
  test.each([
    ['15 bytes of salt', 15, 1, 8192],
    ['17 bytes of salt', 17, 1, 8192],
    ['no pass', 16, 0, 8192],
    ['half a pass', 16, 1.5, 8192],
    ['no number of passes', 16, NaN, 8192],
    ['less memory than a lane has', 16, 1, 8191],
    ['half a byte of memory', 16, 1, 8192.5],
    ['memory without end', 16, 1, Infinity],
  ])('with %s is a bug, which is not to be taken for too little memory', (_name, salt, t, m) => {
    expect(() => crypto.argon2id(none, of(salt), t, m)).toThrow(
      new RangeError('Argon2id: 16 bytes of salt, at least 1 pass and 8,192 bytes of memory'),
    );
  });
});

describe('HKDF', () => {
  test.each([-1, 0.5, NaN, 16_321])('of %d bytes is a bug', (length) => {
    expect(() => crypto.hkdfSha512(none, none, none, length)).toThrow(
      new RangeError(`HKDF cannot derive ${String(length)} bytes`),
    );
  });

  test('of no byte is empty', () => {
    expect(crypto.hkdfSha512(none, none, none, 0)).toEqual(none);
  });
});
