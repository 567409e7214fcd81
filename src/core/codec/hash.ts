import type { Bytes } from '../types/bytes.ts';
import { writeCborBehind } from './cbor-writer.ts';
import type { CborValue } from './cbor.ts';
import { sha256Bytes } from './sha256.ts';

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
  return new TextEncoder().encode(`wallflower/${purpose}/1\0`);
}

const knownLabels = new Map<Purpose, Bytes>();

function knownLabel(purpose: Purpose): Bytes {
  const known = knownLabels.get(purpose);
  if (known !== undefined) return known;
  const label = domainLabel(purpose);
  knownLabels.set(purpose, label);
  return label;
}

/** The bytes that are hashed or signed: label, then CBOR of the fields in order. */
export function labelledBytes(purpose: Purpose, ...fields: readonly CborValue[]): Bytes {
  return writeCborBehind(knownLabel(purpose), fields);
}

/** H(label, x, ...) = SHA-256 over label and CBOR([x, ...]), 32 bytes. */
export function labelledHash(purpose: Purpose, ...fields: readonly CborValue[]): Bytes {
  return sha256Bytes(labelledBytes(purpose, ...fields));
}
