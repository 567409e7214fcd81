import { ed25519 } from '@noble/curves/ed25519.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { PersonaKey, PersonaSeed, Signature } from '#core/types/ids.ts';
import type { CryptoPort, SignatureVerifier } from '#core/types/ports.ts';
import { passesEd25519Prechecks } from '#crypto/ed25519-prechecks.ts';
import { createNodeVerifier } from '#crypto/node-signature-verifier.ts';
import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import edgeCases from '#tests/vectors/ed25519-edge-cases.json' with { type: 'json' };
import rfcVectors from '#tests/vectors/ed25519-rfc8032.json' with { type: 'json' };
import { generateEdgeCases, type EdgeCase } from '#tests/vectors/generate-ed25519-edge-cases.ts';

const allCases: readonly EdgeCase[] = [
  ...edgeCases.cases,
  ...rfcVectors.cases.map((vector) => ({ ...vector, valid: true })),
];

let crypto: CryptoPort;
let byWebCrypto: SignatureVerifier;
const byNode = createNodeVerifier();

beforeAll(async () => {
  crypto = await createSodiumCrypto();
  byWebCrypto = await createSignatureVerifier();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function fromHex<T extends Bytes>(hex: string): T {
  return new Uint8Array(hexToBytes(hex)) as T;
}

function argumentsOf({ key, message, signature }: EdgeCase): [PersonaKey, Bytes, Signature] {
  return [fromHex(key), fromHex(message), fromHex(signature)];
}

/** Cofactored and lax about encodings (ZIP 215): true wherever the equation holds in some reading. */
function holdsByZip215({ key, message, signature }: EdgeCase): boolean {
  try {
    return ed25519.verify(hexToBytes(signature), hexToBytes(message), hexToBytes(key), {
      zip215: true,
    });
  } catch {
    return false;
  }
}

describe('a signature gets the same verdict', () => {
  test.each(allCases)('on every path: $name', async (edgeCase) => {
    const signed = argumentsOf(edgeCase);
    expect(crypto.verify(...signed)).toBe(edgeCase.valid);
    expect(await byWebCrypto(...signed)).toBe(edgeCase.valid);
    expect(byNode(...signed)).toBe(edgeCase.valid);
  });

  test('where WebCrypto does not know Ed25519 and libsodium takes over', async () => {
    const subtle = {
      importKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')),
      verify: vi.fn(),
    };
    vi.stubGlobal('crypto', { subtle });
    const bySodium = await createSignatureVerifier();
    for (const edgeCase of allCases) {
      expect(await bySodium(...argumentsOf(edgeCase)), edgeCase.name).toBe(edgeCase.valid);
    }
    expect(subtle.verify).not.toHaveBeenCalled();
  });

  test('where WebCrypto is there and accepts too much', async () => {
    const subtle = {
      importKey: (_format: string, key: Uint8Array) => Promise.resolve(key),
      verify: (_name: string, key: Uint8Array, signature: Uint8Array, message: Uint8Array) =>
        Promise.resolve(ed25519.verify(signature, message, key, { zip215: true })),
    };
    vi.stubGlobal('crypto', { subtle });
    const lax = await createSignatureVerifier();
    for (const edgeCase of allCases.filter(({ name }) =>
      /small-order|S [+=]|canonical/.test(name),
    )) {
      expect(await lax(...argumentsOf(edgeCase)), edgeCase.name).toBe(false);
    }
  });

  test('batched by the hundred, over many authors', async () => {
    const signed = Array.from({ length: 300 }, (_, index) => {
      const seed = new Uint8Array(32).fill(index % 50) as PersonaSeed;
      const message = new Uint8Array(64).fill(index);
      const signature = crypto.sign(seed, message);
      if (index % 7 === 0) signature[40] = (signature[40] ?? 0) ^ 1;
      return [crypto.personaKey(seed), message, signature] as const;
    });
    const verdicts = await Promise.all(signed.map((item) => byWebCrypto(...item)));
    expect(verdicts).toEqual(signed.map((_, index) => index % 7 !== 0));
  });
});

describe('a verifier that fails', () => {
  const signed = (): [PersonaKey, Bytes, Signature] => {
    const seed = new Uint8Array(32).fill(1) as PersonaSeed;
    const message = Uint8Array.of(1, 2, 3);
    return [crypto.personaKey(seed), message, crypto.sign(seed, message)];
  };

  test('in WebCrypto says no, and does not reject', async () => {
    const { subtle } = globalThis.crypto;
    let failing = false;
    vi.stubGlobal('crypto', {
      subtle: {
        importKey: subtle.importKey.bind(subtle),
        verify: (...input: Parameters<SubtleCrypto['verify']>) =>
          failing ? Promise.reject(new Error('busy')) : subtle.verify(...input),
      },
    });
    const verify = await createSignatureVerifier();
    expect(await verify(...signed())).toBe(true);
    failing = true;
    expect(await verify(...signed())).toBe(false);
  });

  test('in Node says no, and does not throw', async () => {
    vi.resetModules();
    vi.doMock('node:crypto', async (original) => ({
      ...(await original<object>()),
      createPublicKey: () => {
        throw new Error('another build of OpenSSL');
      },
    }));
    const fresh = await import('#crypto/node-signature-verifier.ts');
    vi.doUnmock('node:crypto');
    expect(fresh.createNodeVerifier()(...signed())).toBe(false);
    expect(byNode(...signed())).toBe(true);
  });
});

describe('the vectors', () => {
  test('are what their generator makes', () => {
    expect(edgeCases).toEqual(generateEdgeCases());
  });

  test('of small and mixed order do hold in the laxest reading, so that refusing them says something', () => {
    const ofOrder = edgeCases.cases.filter(({ name }) => / order |small-order/.test(name));
    expect(ofOrder).toHaveLength(28 + 15);
    for (const edgeCase of ofOrder) expect(holdsByZip215(edgeCase), edgeCase.name).toBe(true);
  });
});

describe('the prechecks', () => {
  test('alone refuse small order, foreign spellings and S from L on', () => {
    const refused = edgeCases.cases.filter(({ name }) =>
      /small-order|not canonical|S \+|S = L|2\^256|all ones|truncated|empty|too long/.test(name),
    );
    expect(refused).toHaveLength(28 + 2 + 3 + 1 + 1 + 1 + 2 + 1 + 2);
    for (const edgeCase of refused) {
      const [key, , signature] = argumentsOf(edgeCase);
      expect(passesEd25519Prechecks(key, signature), edgeCase.name).toBe(false);
    }
  });

  test('take a key for one of small order only when all of it is', () => {
    const { key, signature } = rfcVectors.cases[0] ?? { key: '', signature: '' };
    expect(passesEd25519Prechecks(fromHex(key), fromHex(signature))).toBe(true);
    const almostZero = new Uint8Array(32);
    almostZero[31] = 1;
    expect(passesEd25519Prechecks(almostZero, fromHex(signature))).toBe(true);
    almostZero[31] = 0x80;
    expect(passesEd25519Prechecks(almostZero, fromHex(signature))).toBe(false);
  });

  test('let the last scalar below L and the last y below p through', () => {
    const signature = new Uint8Array(64);
    signature.set(fromHex('ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'), 32);
    signature[0] = 3;
    const key = new Uint8Array(32).fill(0xff);
    key[0] = 0xeb;
    key[31] = 0x7f;
    expect(passesEd25519Prechecks(key, signature)).toBe(true);
    signature[32] = 0xed;
    expect(passesEd25519Prechecks(key, signature)).toBe(false);
  });
});
