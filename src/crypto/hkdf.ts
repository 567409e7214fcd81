import type { Bytes } from '#core/types/bytes.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import type { Sodium } from './sodium.ts';

/** Output of SHA-512 in bytes. */
const hashBytes = 64;
/** RFC 5869 section 2.3: L is at most 255 hashes. */
const maxOutputBytes = 255 * hashBytes;

/** Length of the keys that libsodium's one-shot call takes. */
const oneShotKeyBytes = 32;

/**
 * HMAC-SHA512 with a key of any length: by libsodium's one-shot call where it takes the key, which
 * is every chain key, else by its streaming calls.
 */
export function hmacSha512Of(sodium: Sodium): CryptoPort['hmacSha512'] {
  return (key, data) =>
    key.length === oneShotKeyBytes
      ? (sodium.crypto_auth_hmacsha512(data, key) as Bytes)
      : hmacOverParts(sodium, key, [data]);
}

/** HKDF (RFC 5869) with SHA-512: extract, then expand; the pseudorandom key is wiped. */
export function hkdfSha512Of(sodium: Sodium): CryptoPort['hkdfSha512'] {
  return (salt, ikm, info, length) => {
    if (!Number.isInteger(length) || length < 0 || length > maxOutputBytes) {
      throw new RangeError(`HKDF cannot derive ${length} bytes`);
    }
    const pseudorandomKey = hmacOverParts(sodium, salt, [ikm]);
    const output = expand(sodium, pseudorandomKey, info, length);
    pseudorandomKey.fill(0);
    return output;
  };
}

function expand(sodium: Sodium, key: Bytes, info: Uint8Array, length: number): Bytes {
  const output = new Uint8Array(length);
  let block: Bytes = new Uint8Array(0);
  for (let start = 0, counter = 1; start < length; start += hashBytes, counter++) {
    const next = hmacOverParts(sodium, key, [block, info, Uint8Array.of(counter)]);
    block.fill(0);
    block = next;
    output.set(block.subarray(0, length - start), start);
  }
  block.fill(0);
  return output;
}

function hmacOverParts(sodium: Sodium, key: Uint8Array, parts: readonly Uint8Array[]): Bytes {
  const state = sodium.crypto_auth_hmacsha512_init(key);
  for (const part of parts) sodium.crypto_auth_hmacsha512_update(state, part);
  return sodium.crypto_auth_hmacsha512_final(state) as Bytes;
}
