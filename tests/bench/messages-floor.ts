import type { CryptoPort, RandomSource } from '#core/types/ports.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { loadSodium } from '#crypto/sodium.ts';
import { systemRandom } from '#crypto/system-random.ts';

type Replay = () => unknown;

/**
 * Records the primitives that some work asks for, to run them again on libsodium itself, without
 * any of the code around them: what the work cannot do without.
 */
export class PrimitiveRecorder {
  readonly port: CryptoPort;
  /** Draws what the work asks for; the floor draws the nonces too, no sealing goes without. */
  readonly random: RandomSource;
  #replays: Replay[] = [];

  private constructor(port: CryptoPort) {
    this.port = port;
    this.random = (length) => {
      this.#replays.push(() => systemRandom(length));
      return systemRandom(length);
    };
  }

  static async create(): Promise<PrimitiveRecorder> {
    const loaded = await loadSodium();
    if (!loaded.ok) throw new Error(loaded.error.code);
    const sodium = loaded.value;
    const crypto = await createSodiumCrypto();
    const own = (bytes: Uint8Array) => new Uint8Array(bytes);
    const note = (replay: Replay): void => {
      recorder.#replays.push(replay);
    };
    const port: CryptoPort = {
      ...crypto,
      dhKeyPair: (seed) => {
        const kept = own(seed);
        note(() => sodium.crypto_scalarmult_base(kept));
        return crypto.dhKeyPair(seed);
      },
      dh: (privateKey, publicKey) => {
        const kept = own(privateKey);
        note(() => sodium.crypto_scalarmult(kept, publicKey));
        return crypto.dh(privateKey, publicKey);
      },
      kemEncapsulate: (publicKey, randomness) => {
        const kept = own(randomness);
        note(() => sodium.crypto_kem_xwing_enc_deterministic(publicKey, kept));
        return crypto.kemEncapsulate(publicKey, randomness);
      },
      kemDecapsulate: (privateKey, ciphertext) => {
        note(() => sodium.crypto_kem_xwing_dec(ciphertext, privateKey));
        return crypto.kemDecapsulate(privateKey, ciphertext);
      },
      hmacSha512: (key, data) => {
        const kept = own(key);
        note(() => sodium.crypto_auth_hmacsha512(data, kept));
        return crypto.hmacSha512(key, data);
      },
      hkdfSha512: (salt, ikm, info, length) => {
        const [keptSalt, keptIkm] = [own(salt), own(ikm)];
        note(() => crypto.hkdfSha512(keptSalt, keptIkm, info, length));
        return crypto.hkdfSha512(salt, ikm, info, length);
      },
      aeadSeal: (key, nonce, plaintext, ad) => {
        const [keptKey, kept] = [own(key), own(plaintext)];
        note(() =>
          sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(kept, ad, null, nonce, keptKey),
        );
        return crypto.aeadSeal(key, nonce, plaintext, ad);
      },
      aeadOpen: (key, nonce, ciphertext, ad) => {
        const keptKey = own(key);
        const opened = crypto.aeadOpen(key, nonce, ciphertext, ad);
        // A header tried with a key that is not its own is a cost of ours, not of the primitives.
        if (opened.ok) {
          note(() =>
            sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, ad, nonce, keptKey),
          );
        }
        return opened;
      },
      verify: (key, message, signature) => {
        note(() => sodium.crypto_sign_verify_detached(signature, message, key));
        return crypto.verify(key, message, signature);
      },
    };
    const recorder = new PrimitiveRecorder(port);
    return recorder;
  }

  /** What was recorded since the last call. */
  takeReplay(): Replay {
    const replays = this.#replays;
    this.#replays = [];
    return () => {
      for (const replay of replays) replay();
    };
  }
}

/** Seals and opens so many bytes with XChaCha20-Poly1305 alone. */
export async function createBareAead(length: number): Promise<() => void> {
  const loaded = await loadSodium();
  if (!loaded.ok) throw new Error(loaded.error.code);
  const sodium = loaded.value;
  const key = sodium.randombytes_buf(32);
  const plain = sodium.randombytes_buf(length);
  return () => {
    const nonce = sodium.randombytes_buf(24);
    const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, null, null, nonce, key);
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, null, nonce, key);
  };
}
