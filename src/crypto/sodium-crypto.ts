import type { Bytes } from '#core/types/bytes.ts';
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
import type {
  AeadKey,
  CryptoPort,
  LowOrderPoint,
  NotAuthentic,
  SharedSecret,
} from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { argon2idOf } from './argon2id.ts';
import { hkdfSha512Of, hmacSha512Of } from './hkdf.ts';
import { loadSodium, type Sodium, type SodiumUnavailable } from './sodium.ts';

const keyBytes = 32;
const nonceBytes = 24;
const signatureBytes = 64;
const kemRandomnessBytes = 64;

const lowOrderPoint: LowOrderPoint = { code: 'low-order-point' };
const notAuthentic: NotAuthentic = { code: 'not-authentic' };

/** Thrown where libsodium is needed and cannot be had; ask loadSodium first where that is expected. */
export class SodiumUnavailableError extends Error {
  readonly code: SodiumUnavailable['code'];

  constructor(code: SodiumUnavailable['code']) {
    super(code);
    this.name = 'SodiumUnavailableError';
    this.code = code;
  }
}

/**
 * Suite 1 (protocol.md, "Private messages") on libsodium. Everything returned is plain memory of
 * its own, never a view into WebAssembly's. Rejects with SodiumUnavailableError when libsodium
 * cannot be loaded; an argument of the wrong length is a bug and throws.
 */
export async function createSodiumCrypto(): Promise<CryptoPort> {
  const loaded = await loadSodium();
  if (!loaded.ok) throw new SodiumUnavailableError(loaded.error.code);
  const sodium = loaded.value;
  return {
    ...diffieHellmanOf(sodium),
    ...kemOf(sodium),
    ...aeadOf(sodium),
    ...signaturesOf(sodium),
    hmacSha512: hmacSha512Of(sodium),
    hkdfSha512: hkdfSha512Of(sodium),
    argon2id: argon2idOf(sodium),
    wipe: (...secrets) => {
      for (const secret of secrets) secret.fill(0);
    },
  };
}

function diffieHellmanOf(sodium: Sodium): Pick<CryptoPort, 'dhKeyPair' | 'dh'> {
  return {
    dhKeyPair(seed) {
      demandLength(seed, keyBytes);
      return {
        publicKey: sodium.crypto_scalarmult_base(seed) as DhPublicKey,
        privateKey: new Uint8Array(seed) as DhPrivateKey,
      };
    },
    dh(privateKey, publicKey) {
      demandLength(privateKey, keyBytes);
      return orFail(
        () => sodium.crypto_scalarmult(privateKey, publicKey) as SharedSecret,
        lowOrderPoint,
      );
    },
  };
}

function kemOf(
  sodium: Sodium,
): Pick<CryptoPort, 'kemKeyPair' | 'kemEncapsulate' | 'kemDecapsulate'> {
  return {
    kemKeyPair(seed) {
      demandLength(seed, keyBytes);
      const pair = sodium.crypto_kem_xwing_seed_keypair(seed);
      return {
        publicKey: pair.publicKey as KemPublicKey,
        privateKey: pair.privateKey as KemPrivateKey,
      };
    },
    kemEncapsulate(publicKey, randomness) {
      demandLength(randomness, kemRandomnessBytes);
      return orFail(() => {
        const sent = sodium.crypto_kem_xwing_enc_deterministic(publicKey, randomness);
        return {
          ciphertext: sent.ciphertext as KemCiphertext,
          sharedSecret: sent.sharedSecret as SharedSecret,
        };
      }, lowOrderPoint);
    },
    kemDecapsulate(privateKey, ciphertext) {
      demandLength(privateKey, keyBytes);
      return orFail(
        () => sodium.crypto_kem_xwing_dec(ciphertext, privateKey) as SharedSecret,
        lowOrderPoint,
      );
    },
  };
}

function aeadOf(sodium: Sodium): Pick<CryptoPort, 'aeadSeal' | 'aeadOpen'> {
  return {
    aeadSeal(key, nonce, plaintext, ad) {
      demandLength(key, keyBytes);
      demandLength(nonce, nonceBytes);
      return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext,
        ad,
        null,
        nonce,
        key,
      ) as Bytes;
    },
    aeadOpen(key: AeadKey, nonce, ciphertext, ad) {
      demandLength(key, keyBytes);
      demandLength(nonce, nonceBytes);
      return orFail(
        () =>
          sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            null,
            ciphertext,
            ad,
            nonce,
            key,
          ) as Bytes,
        notAuthentic,
      );
    },
  };
}

function signaturesOf(sodium: Sodium): Pick<CryptoPort, 'personaKey' | 'sign' | 'verify'> {
  const keyPairOf = (seed: PersonaSeed) => {
    demandLength(seed, keyBytes);
    return sodium.crypto_sign_seed_keypair(seed);
  };
  return {
    personaKey(seed) {
      const pair = keyPairOf(seed);
      pair.privateKey.fill(0);
      return pair.publicKey as PersonaKey;
    },
    sign(seed, message) {
      const pair = keyPairOf(seed);
      const signature = sodium.crypto_sign_detached(message, pair.privateKey) as Signature;
      pair.privateKey.fill(0);
      return signature;
    },
    verify: (key, message, signature) =>
      key.length === keyBytes &&
      signature.length === signatureBytes &&
      sodium.crypto_sign_verify_detached(signature, message, key),
  };
}

function demandLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new RangeError(`expected ${length} bytes, got ${bytes.length}`);
  }
}

/** libsodium's wrapper throws where the library returns -1, and at an argument of another length. */
function orFail<T, E>(work: () => T, error: E): Result<T, E> {
  try {
    return ok(work());
  } catch {
    return fail(error);
  }
}
