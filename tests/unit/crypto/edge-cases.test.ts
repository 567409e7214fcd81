import { createPrivateKey, createPublicKey, diffieHellman, hkdfSync, webcrypto } from 'node:crypto';
import { x25519 } from '@noble/curves/ed25519.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type {
  DhPrivateKey,
  DhPublicKey,
  KemCiphertext,
  KemPrivateKey,
  KemPublicKey,
  PersonaSeed,
} from '#core/types/ids.ts';
import type { AeadKey, CryptoPort } from '#core/types/ports.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import lowOrder from '#tests/vectors/x25519-low-order.json' with { type: 'json' };

let crypto: CryptoPort;

beforeAll(async () => {
  crypto = await createSodiumCrypto();
});

const lowOrderPoint = { ok: false, error: { code: 'low-order-point' } };
const notAuthentic = { ok: false, error: { code: 'not-authentic' } };
const privateKey = new Uint8Array(32).fill(5) as DhPrivateKey;

function fromHex<T extends Bytes>(hex: string): T {
  return new Uint8Array(hexToBytes(hex)) as T;
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((data) => new Uint8Array(data));

function dhByNode(scalar: Uint8Array, u: Uint8Array): Uint8Array {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), scalar]);
  const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), u]);
  return diffieHellman({
    privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  });
}

async function dhByWebCrypto(scalar: Uint8Array, u: Uint8Array): Promise<Uint8Array> {
  const { subtle } = webcrypto;
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), scalar]);
  const own = await subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits']);
  const peer = await subtle.importKey('raw', new Uint8Array(u), 'X25519', false, []);
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: peer }, own, 256));
}

describe('X25519', () => {
  test.each(lowOrder.points)(
    'refuses the low-order point %s, as Node and WebCrypto do',
    async (u) => {
      expect(crypto.dh(privateKey, fromHex<DhPublicKey>(u))).toEqual(lowOrderPoint);
      expect(() => dhByNode(privateKey, fromHex(u))).toThrow();
      await expect(dhByWebCrypto(privateKey, fromHex(u))).rejects.toThrow();
    },
  );

  test('agrees with three others on points of curve and twist, whatever their top bit', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), bytes(32), async (scalar, u) => {
        const shared = crypto.dh(scalar as DhPrivateKey, u as DhPublicKey);
        if (!shared.ok) throw new Error(shared.error.code);
        expect(shared.value).toEqual(new Uint8Array(x25519.scalarMult(scalar, u)));
        expect(shared.value).toEqual(new Uint8Array(dhByNode(scalar, u)));
        expect(shared.value).toEqual(await dhByWebCrypto(scalar, u));
      }),
      { numRuns: 40 },
    );
  });

  test('reduces a u at or above the prime', () => {
    for (let above = 2; above <= 18; above++) {
      const canonical = new Uint8Array(32);
      canonical[0] = above;
      const spelled = new Uint8Array(32).fill(0xff);
      spelled[0] = 0xed + above;
      spelled[31] = 0x7f;
      expect(crypto.dh(privateKey, spelled as DhPublicKey)).toEqual(
        crypto.dh(privateKey, canonical as DhPublicKey),
      );
    }
  });

  test('refuses a public key of another length and throws at a private one', () => {
    expect(crypto.dh(privateKey, new Uint8Array(31) as DhPublicKey)).toEqual(lowOrderPoint);
    expect(() => crypto.dh(new Uint8Array(31) as DhPrivateKey, privateKey as never)).toThrow(
      RangeError,
    );
  });
});

describe('X-Wing', () => {
  const randomness = new Uint8Array(64).fill(9);

  test('refuses public keys that are none: low order, coefficients not below q, another length', () => {
    const { publicKey } = crypto.kemKeyPair(new Uint8Array(32).fill(1));
    for (const point of lowOrder.points) {
      const weak = new Uint8Array(publicKey) as KemPublicKey;
      weak.set(fromHex(point), 1184);
      expect(crypto.kemEncapsulate(weak, randomness)).toEqual(lowOrderPoint);
    }
    const unreduced = new Uint8Array(publicKey) as KemPublicKey;
    unreduced.fill(0xff, 0, 3);
    expect(crypto.kemEncapsulate(unreduced, randomness)).toEqual(lowOrderPoint);
    const short = publicKey.slice(1) as KemPublicKey;
    expect(crypto.kemEncapsulate(short, randomness)).toEqual(lowOrderPoint);
  });

  test('refuses malformed ciphertexts and answers an altered one with another secret', () => {
    const pair = crypto.kemKeyPair(new Uint8Array(32).fill(1));
    const sent = crypto.kemEncapsulate(pair.publicKey, randomness);
    if (!sent.ok) throw new Error(sent.error.code);
    const { ciphertext, sharedSecret } = sent.value;
    const open = (altered: Uint8Array, key: KemPrivateKey = pair.privateKey) =>
      crypto.kemDecapsulate(key, altered as KemCiphertext);
    expect(open(ciphertext.slice(1))).toEqual(lowOrderPoint);
    const weak = new Uint8Array(ciphertext);
    weak.fill(0, 1088);
    expect(open(weak)).toEqual(lowOrderPoint);
    for (const index of [0, 1087, 1088, 1119]) {
      const altered = ciphertext.map((byte, at) => (at === index ? byte ^ 1 : byte));
      const secret = open(altered);
      expect(secret.ok).toBe(true);
      expect(secret).not.toEqual({ ok: true, value: sharedSecret });
    }
  });
});

describe('XChaCha20-Poly1305', () => {
  const key = new Uint8Array(32).fill(3) as AeadKey;
  const nonce = new Uint8Array(24).fill(4);
  const ad = Uint8Array.of(1, 2, 3);

  test('refuses every single altered bit, and every truncation', () => {
    const sealed = crypto.aeadSeal(key, nonce, Uint8Array.of(7, 8, 9), ad);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = sealed.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(crypto.aeadOpen(key, nonce, altered, ad)).toEqual(notAuthentic);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(crypto.aeadOpen(key, nonce, sealed.slice(0, length), ad)).toEqual(notAuthentic);
    }
  });

  test('refuses another key, nonce or associated data', () => {
    const sealed = crypto.aeadSeal(key, nonce, new Uint8Array(0), ad);
    const other = new Uint8Array(32) as AeadKey;
    expect(crypto.aeadOpen(other, nonce, sealed, ad)).toEqual(notAuthentic);
    expect(crypto.aeadOpen(key, new Uint8Array(24), sealed, ad)).toEqual(notAuthentic);
    expect(crypto.aeadOpen(key, nonce, sealed, ad.slice(1))).toEqual(notAuthentic);
    expect(crypto.aeadOpen(key, nonce, sealed, ad).ok).toBe(true);
  });
});

describe('HKDF-SHA512', () => {
  test("agrees with Node's and WebCrypto's on keys, salts and lengths of all kinds", async () => {
    const some = fc.uint8Array({ maxLength: 200 }).map((data) => new Uint8Array(data));
    await fc.assert(
      fc.asyncProperty(
        some,
        some,
        some,
        fc.integer({ min: 1, max: 300 }),
        async (salt, ikm, info, length) => {
          const output = crypto.hkdfSha512(salt, ikm, info, length);
          expect(output).toEqual(new Uint8Array(hkdfSync('sha512', ikm, salt, info, length)));
          const base = await webcrypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
          const derived = await webcrypto.subtle.deriveBits(
            { name: 'HKDF', hash: 'SHA-512', salt, info },
            base,
            length * 8,
          );
          expect(output).toEqual(new Uint8Array(derived));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('derives up to 255 hashes and not a byte more', () => {
    const empty = new Uint8Array(0);
    expect(crypto.hkdfSha512(empty, empty, empty, 16_320)).toEqual(
      new Uint8Array(hkdfSync('sha512', empty, empty, empty, 16_320)),
    );
    expect(() => crypto.hkdfSha512(empty, empty, empty, 16_321)).toThrow(RangeError);
  });
});

describe('the facade', () => {
  test('returns plain memory of its own', () => {
    const pair = crypto.kemKeyPair(new Uint8Array(32));
    const outputs = [
      crypto.dhKeyPair(new Uint8Array(32)).publicKey,
      pair.publicKey,
      crypto.hmacSha512(new Uint8Array(0), new Uint8Array(0)),
      crypto.hkdfSha512(new Uint8Array(1), new Uint8Array(1), new Uint8Array(1), 70),
      crypto.sign(new Uint8Array(32) as PersonaSeed, new Uint8Array(1)),
      crypto.argon2id(new Uint8Array(1), new Uint8Array(16), 1, 8192),
    ];
    for (const output of outputs) {
      expect(output.buffer).toBeInstanceOf(ArrayBuffer);
      expect(output.buffer.byteLength).toBe(output.length);
    }
  });

  test('keeps a private key apart from the seed it was made of', () => {
    const seed = new Uint8Array(32).fill(6);
    const { privateKey: own } = crypto.dhKeyPair(seed);
    crypto.wipe(seed);
    expect(own).toEqual(new Uint8Array(32).fill(6));
    expect(seed).toEqual(new Uint8Array(32));
  });

  test('says when Argon2id gets no memory', () => {
    const tooMuch = 4 * 1024 ** 3 - 65_536;
    expect(() => crypto.argon2id(new Uint8Array(1), new Uint8Array(16), 1, tooMuch)).toThrow(
      expect.objectContaining({
        code: 'out-of-memory',
        message: 'out-of-memory',
        name: 'OutOfMemoryError',
      }),
    );
  });
});
