import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { concatBytes, type Bytes } from '../types/bytes.ts';
import { encodeCbor, type CborValue } from './cbor.ts';

/** What a hash, signature or derived key is for; each is used by exactly one construction. */
export type Purpose =
  | 'address'
  | 'record'
  | 'sign-record'
  | 'bind'
  | 'queue'
  | 'cap'
  | 'envelope'
  | 'stamp'
  | 'read-queue'
  | 'ack-queue'
  | 'watch-queue'
  | 'challenge'
  | 'first-message-prologue'
  | 'first-message-transcript'
  | 'first-message-seal'
  | 'first-message-keys'
  | 'first-message-mark'
  | 'ratchet-root'
  | 'reconcile'
  | 'vault-slot'
  | 'vault-rows'
  | 'fingerprint'
  | 'attachment'
  | 'blob'
  | 'backup';

/** `wallflower/<purpose>/1` and a zero byte: the domain label of protocol.md, "Encoding". */
export function domainLabel(purpose: Purpose): Bytes {
  return concatBytes(utf8ToBytes(`wallflower/${purpose}/1`), new Uint8Array(1));
}

const knownLabels = new Map<Purpose, Bytes>();

/** The bytes that are hashed or signed: label, then CBOR of the fields in order. */
export function labelledBytes(purpose: Purpose, ...fields: readonly CborValue[]): Bytes {
  const label = knownLabels.get(purpose) ?? domainLabel(purpose);
  knownLabels.set(purpose, label);
  return concatBytes(label, encodeCbor(fields));
}

/** H(label, x, ...) = SHA-256 over label and CBOR([x, ...]), 32 bytes. */
export function labelledHash(purpose: Purpose, ...fields: readonly CborValue[]): Bytes {
  return new Uint8Array(sha256(labelledBytes(purpose, ...fields)));
}

/** SHA-256 of bytes that come piece by piece. */
export function createSha256(): { update(bytes: Uint8Array): void; digest(): Bytes } {
  const hash = sha256.create();
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => new Uint8Array(hash.digest()),
  };
}

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256Bytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(sha256(bytes));
}
