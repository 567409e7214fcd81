import type { Bytes } from './bytes.ts';
import type {
  DhPrivateKey,
  DhPublicKey,
  KemCiphertext,
  KemPrivateKey,
  KemPublicKey,
  PersonaKey,
  PersonaSeed,
  Signature,
} from './ids.ts';
import type { Brand } from './brand.ts';
import type { Result } from './result.ts';

/** Returns so many unpredictable bytes; seeded in tests. */
export type RandomSource = (length: number) => Bytes;

/** Milliseconds since 1970; fixed or stepped in tests. */
export type Clock = () => number;

/** Output of X25519 or X-Wing, 32 bytes, secret. */
export type SharedSecret = Brand<Bytes, 'SharedSecret'>;
/** Key of XChaCha20-Poly1305, 32 bytes, secret. */
export type AeadKey = Brand<Bytes, 'AeadKey'>;

/** A Diffie-Hellman peer key that forces the output to zero (RFC 7748 section 6.1). */
export interface LowOrderPoint {
  readonly code: 'low-order-point';
}

/** A ciphertext, key or associated data that does not belong together. */
export interface NotAuthentic {
  readonly code: 'not-authentic';
}

export interface DhKeyPair {
  readonly publicKey: DhPublicKey;
  readonly privateKey: DhPrivateKey;
}

export interface KemKeyPair {
  readonly publicKey: KemPublicKey;
  readonly privateKey: KemPrivateKey;
}

/** The primitives of suite 1, as core/messages sees them. Every operation is synchronous and deterministic. */
export interface CryptoPort {
  /** X25519 key pair of a 32-byte seed used as the private key (RFC 7748 section 5). */
  dhKeyPair(seed: Uint8Array): DhKeyPair;
  /** X25519; an all-zero result is refused (RFC 7748 section 6.1). */
  dh(privateKey: DhPrivateKey, publicKey: DhPublicKey): Result<SharedSecret, LowOrderPoint>;
  /** X-Wing key pair of a 32-byte seed (draft-connolly-cfrg-xwing-kem section 5.2). */
  kemKeyPair(seed: Uint8Array): KemKeyPair;
  /** X-Wing encapsulation with 64 bytes of randomness (section 5.4); fails on a public key that is not one. */
  kemEncapsulate(
    publicKey: KemPublicKey,
    randomness: Uint8Array,
  ): Result<
    { readonly ciphertext: KemCiphertext; readonly sharedSecret: SharedSecret },
    LowOrderPoint
  >;
  /** X-Wing decapsulation (section 5.5); rejects implicitly, fails only on malformed input. */
  kemDecapsulate(
    privateKey: KemPrivateKey,
    ciphertext: KemCiphertext,
  ): Result<SharedSecret, LowOrderPoint>;
  /** HMAC-SHA512 (RFC 2104), 64 bytes. */
  hmacSha512(key: Uint8Array, data: Uint8Array): Bytes;
  /** HKDF-SHA512 (RFC 5869), `length` bytes, at most 16,320. */
  hkdfSha512(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Bytes;
  /** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): ciphertext followed by the 16-byte tag. Nonce 24 bytes. */
  aeadSeal(key: AeadKey, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Bytes;
  /** Opens what aeadSeal made. */
  aeadOpen(
    key: AeadKey,
    nonce: Uint8Array,
    ciphertext: Uint8Array,
    ad: Uint8Array,
  ): Result<Bytes, NotAuthentic>;
  /** Ed25519 public key of a seed (RFC 8032 section 5.1.5). */
  personaKey(seed: PersonaSeed): PersonaKey;
  /** Ed25519 signature (RFC 8032 section 5.1.6). */
  sign(seed: PersonaSeed, message: Uint8Array): Signature;
  /** libsodium's verdict on an Ed25519 signature: strict on S, and on canonical, large-order A and R. */
  verify(key: PersonaKey, message: Uint8Array, signature: Signature): boolean;
  /** Argon2id version 1.3 (RFC 9106), 32 bytes; memory in bytes, at least 8,192. */
  argon2id(passphrase: Uint8Array, salt: Uint8Array, passes: number, memoryBytes: number): Bytes;
  /** Overwrites secrets with zeros as far as JavaScript allows. */
  wipe(...secrets: readonly Uint8Array[]): void;
}

/** Verifies Ed25519 signatures in bulk without waiting for libsodium; same verdicts as CryptoPort.verify. */
export type SignatureVerifier = (
  key: PersonaKey,
  message: Uint8Array,
  signature: Signature,
) => Promise<boolean>;
