import type { Brand } from './brand.ts';
import type { Bytes } from './bytes.ts';

/** Ed25519 public key of a persona, 32 bytes. */
export type PersonaKey = Brand<Bytes, 'PersonaKey'>;
/** Ed25519 seed of a persona, 32 bytes, secret. */
export type PersonaSeed = Brand<Bytes, 'PersonaSeed'>;
/** Ed25519 signature, 64 bytes. */
export type Signature = Brand<Bytes, 'Signature'>;
/** X25519 public key, 32 bytes. */
export type DhPublicKey = Brand<Bytes, 'DhPublicKey'>;
/** X25519 private key, 32 bytes, secret. */
export type DhPrivateKey = Brand<Bytes, 'DhPrivateKey'>;
/** X-Wing public key, 1,216 bytes. */
export type KemPublicKey = Brand<Bytes, 'KemPublicKey'>;
/** X-Wing private key (its seed), 32 bytes, secret. */
export type KemPrivateKey = Brand<Bytes, 'KemPrivateKey'>;
/** X-Wing ciphertext, 1,120 bytes. */
export type KemCiphertext = Brand<Bytes, 'KemCiphertext'>;

/** Where a record lives: H("address", author, kind, slot), 32 bytes. One winner per address. */
export type RecordAddress = Brand<Bytes, 'RecordAddress'>;
/** Which revision it is: H("record", author, body), 32 bytes. */
export type RecordId = Brand<Bytes, 'RecordId'>;
/** 4 bytes, unique per author and kind. */
export type Slot = Brand<Bytes, 'Slot'>;
/** Where to send to a queue: H("queue", readKey, capHash), 32 bytes. */
export type QueueId = Brand<Bytes, 'QueueId'>;
/** Ed25519 public key that may read and acknowledge one queue, 32 bytes. */
export type QueueReadKey = Brand<Bytes, 'QueueReadKey'>;
/** Bearer secret for sending to a conversation's queue: 32 bytes, or empty for a contact queue. */
export type QueueCap = Brand<Bytes, 'QueueCap'>;
/** H("envelope", envelope), 32 bytes: what an acknowledgement names. */
export type EnvelopeId = Brand<Bytes, 'EnvelopeId'>;
/** Random name of a blob on a relay, 32 bytes. */
export type BlobId = Brand<Bytes, 'BlobId'>;
/** SHA-256 of a pack's bytes, 32 bytes: its file name. */
export type PackHash = Brand<Bytes, 'PackHash'>;
/** Random 16 bytes a relay draws when its log is created; sequences mean nothing outside it. */
export type RelayEpoch = Brand<Bytes, 'RelayEpoch'>;
/** Position in one relay's log, from 1; grows with every accepted change. */
export type RelaySequence = Brand<number, 'RelaySequence'>;
/** Origin of a relay, as in `https://relay.example`: scheme, host and port, no path. */
export type RelayOrigin = Brand<string, 'RelayOrigin'>;

/** A record's address as text (base64url, 43 characters), for URLs and lists. */
export type RecordAddressText = Brand<string, 'RecordAddressText'>;
/** A persona's key as text (base64url, 43 characters). */
export type PersonaKeyText = Brand<string, 'PersonaKeyText'>;
/** Local name of a conversation (base64url of 16 random bytes); never leaves the device. */
export type ConversationId = Brand<string, 'ConversationId'>;
/** Local name of a message (base64url of 16 random bytes); never leaves the device. */
export type MessageId = Brand<string, 'MessageId'>;
/** Local name of a draft (base64url of 16 random bytes); never leaves the device. */
export type DraftId = Brand<string, 'DraftId'>;
