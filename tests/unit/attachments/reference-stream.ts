import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { concatBytes, equalBytes } from '#core/types/bytes.ts';

/*
 * secretstream after libsodium's documentation ("Encrypted streams", "Algorithm"), on noble's
 * ChaCha20 and Poly1305. Slow, and without rekeying but by counter: files never come that far.
 */

const sigma = Uint32Array.from([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) =>
    view.getUint32(index * 4, true),
  );
}

function littleEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.floor(value / 256 ** index) % 256);
}

/** Both directions of one stream. */
export class ReferenceStream {
  readonly #key: Uint8Array;
  readonly #innerNonce: Uint8Array;
  #counter = 1;

  constructor(key: Uint8Array, header: Uint8Array) {
    const out = new Uint32Array(8);
    hchacha(sigma, words(key), words(header.subarray(0, 16)), out);
    this.#key = concatBytes(...Array.from(out, (word) => littleEndian(word, 4)));
    this.#innerNonce = new Uint8Array(header.subarray(16, 24));
  }

  push(plaintext: Uint8Array, ad: Uint8Array, tag: number): Uint8Array {
    const block = new Uint8Array(64);
    block[0] = tag;
    const sealedBlock = this.#xor(block, 1);
    const ciphertext = this.#xor(plaintext, 2);
    const mac = this.#mac(sealedBlock, ciphertext, ad);
    this.#advance(mac);
    return concatBytes(sealedBlock.subarray(0, 1), ciphertext, mac);
  }

  pull(sealed: Uint8Array, ad: Uint8Array): { plaintext: Uint8Array; tag: number } | null {
    const block = new Uint8Array(64);
    block[0] = sealed[0] ?? 0;
    const tag = this.#xor(block, 1)[0] ?? 0;
    const opened = new Uint8Array(64);
    opened[0] = tag;
    const ciphertext = sealed.subarray(1, -16);
    const mac = this.#mac(this.#xor(opened, 1), ciphertext, ad);
    if (!equalBytes(mac, sealed.subarray(-16))) return null;
    const plaintext = this.#xor(ciphertext, 2);
    this.#advance(mac);
    return { plaintext, tag };
  }

  #nonce(): Uint8Array {
    return concatBytes(littleEndian(this.#counter, 4), this.#innerNonce);
  }

  #xor(bytes: Uint8Array, blockCounter: number): Uint8Array {
    return chacha20(this.#key, this.#nonce(), bytes, undefined, blockCounter);
  }

  #mac(block: Uint8Array, ciphertext: Uint8Array, ad: Uint8Array): Uint8Array {
    const authKey = this.#xor(new Uint8Array(32), 0);
    // The second padding is computed without negation, and has to stay so (libsodium's note).
    return poly1305(
      concatBytes(
        ad,
        new Uint8Array((16 - (ad.length % 16)) % 16),
        block,
        ciphertext,
        new Uint8Array(ciphertext.length % 16),
        littleEndian(ad.length, 8),
        littleEndian(64 + ciphertext.length, 8),
      ),
      authKey,
    );
  }

  #advance(mac: Uint8Array): void {
    for (const index of this.#innerNonce.keys()) {
      this.#innerNonce[index] = (this.#innerNonce[index] ?? 0) ^ (mac[index] ?? 0);
    }
    this.#counter++;
  }
}
