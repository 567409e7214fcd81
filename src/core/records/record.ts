import * as z from 'zod/mini';
import type { CborBounds, MalformedCbor } from '../codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../codec/cbor.ts';
import { labelledBytes, labelledHash } from '../codec/hash.ts';
import { boundedBytes, daySchema, fixedBytes, u32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { PersonaKey, RecordAddress, RecordId, Signature, Slot } from '../types/ids.ts';
import { ok, type Result } from '../types/result.ts';

export const protocolVersion = 1;
/** protocol.md, "Records". */
export const maxBodyBytes = 8_192;
export const maxLifetimeDays = 180;
export const slotBytes = 4;
/** The slot of records of which an author has one: singletonKinds. */
export const singletonSlot = new Uint8Array(slotBytes) as Slot;
/** A record: 8 KiB of body, 96 bytes of author and signature, and at most 8 bytes of heads. */
export const maxRecordBytes = maxBodyBytes + 104;

const recordBounds: CborBounds = { maxBytes: maxRecordBytes, maxDepth: 8, maxLength: 256 };
const bodyBounds: CborBounds = { maxBytes: maxBodyBytes, maxDepth: 8, maxLength: 256 };

/** A public, signed object, as it is sent: CBOR [author, signature, body]. */
export interface SignedRecord {
  readonly author: PersonaKey;
  readonly signature: Signature;
  readonly body: Bytes;
}

/** What every body begins with, whatever its kind: [v, kind, slot, rev, day, until, ...content]. */
export interface RecordHeader {
  readonly kind: number;
  readonly slot: Slot;
  /** u32; the highest (rev, id) at an address wins. */
  readonly rev: number;
  readonly day: Day;
  /** Last UTC day on which it is shown. */
  readonly until: Day;
}

/** A body taken apart; a withdrawal has no content. */
export interface RecordBody extends RecordHeader {
  readonly content: readonly CborValue[];
}

/** A record out of a pack: `parts` is what decodeBody would make of its body, which was built from them. */
export interface PackedRecord extends SignedRecord {
  readonly parts?: RecordBody;
}

const recordSchema = z.tuple([
  fixedBytes<PersonaKey>(32),
  fixedBytes<Signature>(64),
  boundedBytes(maxBodyBytes),
]);

const contentItem = z.custom<CborValue>(() => true);
const bodySchema = z.tuple(
  [z.literal(protocolVersion), u32, fixedBytes<Slot>(slotBytes), u32, daySchema, daySchema],
  contentItem,
);

/** Encodes a record as it is sent, at most maxRecordBytes. */
export function encodeRecord(record: SignedRecord): Bytes {
  return encodeCbor([record.author, record.signature, record.body]);
}

/** Takes a record apart without judging its body or signature. */
export function decodeRecord(bytes: Uint8Array): Result<SignedRecord, MalformedCbor> {
  const decoded = decodeCbor(bytes, recordSchema, recordBounds);
  if (!decoded.ok) return decoded;
  const [author, signature, body] = decoded.value;
  return ok({ author, signature, body });
}

/** Encodes a body in schema order: the bytes that are hashed and signed. */
export function encodeBody(body: RecordBody): Bytes {
  const { kind, slot, rev, day, until, content } = body;
  return encodeCbor([protocolVersion, kind, slot, rev, day, until, ...content]);
}

/** Takes a body apart; its content is proved by the kind's own schema. */
export function decodeBody(bytes: Uint8Array): Result<RecordBody, MalformedCbor> {
  const decoded = decodeCbor(bytes, bodySchema, bodyBounds);
  if (!decoded.ok) return decoded;
  const [, kind, slot, rev, day, until, ...content] = decoded.value;
  return ok({ kind, slot, rev, day, until, content });
}

/** H("address", author, kind, slot): where a record lives, 32 bytes. */
export function recordAddress(author: PersonaKey, kind: number, slot: Slot): RecordAddress {
  return labelledHash('address', author, kind, slot) as RecordAddress;
}

/** H("record", author, body): which revision it is, 32 bytes. */
export function recordId(author: PersonaKey, body: Uint8Array): RecordId {
  return labelledHash('record', author, body) as RecordId;
}

/** The bytes that a record's author signs. */
export function recordSigningBytes(author: PersonaKey, body: Uint8Array): Bytes {
  return labelledBytes('sign-record', author, body);
}
