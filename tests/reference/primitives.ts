/*
 * Suite 1 for the reference model, on the noble libraries: X25519 (RFC 7748), X-Wing
 * (draft-connolly-cfrg-xwing-kem), HMAC (RFC 2104) and HKDF (RFC 5869) with SHA-512,
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), Ed25519 (RFC 8032), SHA-256. Nothing of src/ is used.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { ml_kem768_x25519 as xwing } from '@noble/post-quantum/hybrid.js';
import { encode, type Item } from './cbor.ts';

export type Octets = Uint8Array<ArrayBuffer>;

const own = (bytes: Uint8Array): Octets => new Uint8Array(bytes);

export function join(...parts: readonly Uint8Array[]): Octets {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export const dhPublic = (privateKey: Uint8Array): Octets => own(x25519.getPublicKey(privateKey));

/** Null where RFC 7748 section 6.1 says to stop: the output is zero. */
export function dh(privateKey: Uint8Array, publicKey: Uint8Array): Octets | null {
  try {
    return own(x25519.getSharedSecret(privateKey, publicKey));
  } catch {
    return null;
  }
}

export const kemPublic = (seed: Uint8Array): Octets => own(xwing.keygen(seed).publicKey);

export function encapsulate(publicKey: Uint8Array, randomness: Uint8Array) {
  const { cipherText, sharedSecret } = xwing.encapsulate(publicKey, randomness);
  return { ciphertext: own(cipherText), secret: own(sharedSecret) };
}

/** Null where the X25519 half gives zero. */
export function decapsulate(seed: Uint8Array, ciphertext: Uint8Array): Octets | null {
  try {
    return own(xwing.decapsulate(ciphertext, seed));
  } catch {
    return null;
  }
}

export const derive = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number) =>
  own(hkdf(sha512, ikm, salt, info, length));

export const mac = (key: Uint8Array, data: Uint8Array): Octets => own(hmac(sha512, key, data));

export const seal = (key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, ad: Uint8Array) =>
  own(xchacha20poly1305(key, nonce, ad).encrypt(plain));

/** Null when it is not authentic. */
export function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array) {
  try {
    return own(xchacha20poly1305(key, nonce, ad).decrypt(sealed));
  } catch {
    return null;
  }
}

export const signPublic = (seed: Uint8Array): Octets => own(ed25519.getPublicKey(seed));
export const sign = (seed: Uint8Array, message: Uint8Array): Octets =>
  own(ed25519.sign(message, seed));
export const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  ed25519.verify(signature, message, key, { zip215: false });

/** protocol.md, "Labels, hashes, signatures". */
export const label = (purpose: string): Octets =>
  join(new TextEncoder().encode(`wallflower/${purpose}/1`), Uint8Array.of(0));
export const labelled = (purpose: string, ...fields: readonly Item[]): Octets =>
  join(label(purpose), encode(fields));
export const plainHash = (bytes: Uint8Array): Octets => own(sha256(bytes));
export const hash = (purpose: string, ...fields: readonly Item[]): Octets =>
  plainHash(labelled(purpose, ...fields));
