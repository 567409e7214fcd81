import type { MalformedCbor } from '../codec/bounds.ts';
import type { CborValue, Shape } from '../codec/cbor.ts';
import { isAllZero } from '../types/bytes.ts';
import { addDays, type Day } from '../types/day.ts';
import type { RecordAddress, RecordId } from '../types/ids.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { attestationSchema, type AttestationContent } from './attestation.ts';
import { charterSchema, type CharterContent } from './charter.ts';
import { cardLifetimeDays, contactSchema, type ContactContent } from './contact.ts';
import { entrySchema, type EntryContent } from './entry.ts';
import { kindOf, singletonKinds, type RecordKind } from './kinds.ts';
import { profileSchema, type ProfileContent } from './profile.ts';
import {
  decodeBody,
  decodeRecord,
  maxLifetimeDays,
  recordAddress,
  recordId,
  type PackedRecord,
  type RecordHeader,
  type SignedRecord,
} from './record.ts';
import { statusSchema, type StatusContent } from './status.ts';
import { isPublishable } from './text.ts';

/** What a record says; null for a withdrawal. */
export type RecordContent =
  | { readonly kind: 'request' | 'offer'; readonly value: EntryContent | null }
  | { readonly kind: 'profile'; readonly value: ProfileContent | null }
  | { readonly kind: 'status'; readonly value: StatusContent | null }
  | { readonly kind: 'contact'; readonly value: ContactContent | null }
  | { readonly kind: 'attestation'; readonly value: AttestationContent | null }
  | { readonly kind: 'charter'; readonly value: CharterContent | null };

/** A record whose form is proved; its signature is proved by whoever holds a verifier. */
export type CheckedRecord = SignedRecord & {
  readonly header: RecordHeader;
  readonly address: RecordAddress;
  readonly id: RecordId;
  readonly content: RecordContent;
};

/** Why a record is not one that this version holds. */
export type RecordFault =
  | MalformedCbor
  | { readonly code: 'unknown-kind' }
  | { readonly code: 'bad-lifetime' }
  | { readonly code: 'bad-slot' };

/** Why a relay or a writer does not take a record now, although its form is right. */
export type AdmissionFault =
  | { readonly code: 'from-the-future' }
  | { readonly code: 'expired' }
  | { readonly code: 'unpublishable-text' };

/** Takes a record's bytes apart and proves everything but the signature. Never throws. */
export function checkRecord(bytes: Uint8Array): Result<CheckedRecord, RecordFault> {
  const record = decodeRecord(bytes);
  return record.ok ? checkSignedRecord(record.value) : record;
}

/** Proves everything but the signature of a record that is already apart. Never throws. */
export function checkSignedRecord(record: PackedRecord): Result<CheckedRecord, RecordFault> {
  const body = record.parts === undefined ? decodeBody(record.body) : ok(record.parts);
  if (!body.ok) return body;
  const { content: items, ...header } = body.value;
  const kind = kindOf(header.kind);
  if (kind === undefined) return fail({ code: 'unknown-kind' });
  if (!isLifetimeValid(kind, header, items)) return fail({ code: 'bad-lifetime' });
  if (isAllZero(header.slot) !== singletonKinds.includes(kind)) return fail({ code: 'bad-slot' });
  const content = readContent(kind, items);
  if (!content.ok) return content;
  const { author, signature } = record;
  return ok({
    author,
    signature,
    body: record.body,
    header,
    address: recordAddress(author, header.kind, header.slot),
    id: recordId(author, record.body),
    content: content.value,
  });
}

/** Judges a record by the day it is: at most one day ahead, not expired, publishable text. */
export function checkAdmission(record: CheckedRecord, today: Day): Result<void, AdmissionFault> {
  if (record.header.day > addDays(today, 1)) return fail({ code: 'from-the-future' });
  if (record.header.until < today) return fail({ code: 'expired' });
  if (!publicTexts(record.content).every(isPublishable)) {
    return fail({ code: 'unpublishable-text' });
  }
  return ok(undefined);
}

function isLifetimeValid(
  kind: RecordKind,
  { day, until }: RecordHeader,
  items: readonly CborValue[],
): boolean {
  const lifetime = until - day;
  if (items.length === 0) return lifetime === maxLifetimeDays;
  if (kind === 'contact') return lifetime === cardLifetimeDays;
  return lifetime >= 0 && lifetime <= maxLifetimeDays;
}

function readContent(
  kind: RecordKind,
  items: readonly CborValue[],
): Result<RecordContent, MalformedCbor> {
  switch (kind) {
    case 'request':
    case 'offer':
      return shaped(items, entrySchema, (value) => ({ kind, value }));
    case 'profile':
      return shaped(items, profileSchema, (value) => ({ kind, value }));
    case 'status':
      return shaped(items, statusSchema, (value) => ({ kind, value }));
    case 'contact':
      return shaped(items, contactSchema, (value) => ({ kind, value }));
    case 'attestation':
      return shaped(items, attestationSchema, (value) => ({ kind, value }));
    case 'charter':
      return shaped(items, charterSchema, (value) => ({ kind, value }));
  }
}

function shaped<T>(
  items: readonly CborValue[],
  shape: Shape<T>,
  build: (value: T | null) => RecordContent,
): Result<RecordContent, MalformedCbor> {
  if (items.length === 0) return ok(build(null));
  const parsed = shape.safeParse(items);
  return parsed.success
    ? ok(build(parsed.data))
    : fail({ code: 'malformed-cbor', reason: 'wrong-shape' });
}

function publicTexts(content: RecordContent): readonly string[] {
  if (content.value === null) return [];
  if (content.kind === 'profile') return [content.value.name, content.value.about];
  if (content.kind === 'request' || content.kind === 'offer') {
    return [content.value.title, content.value.text];
  }
  if (content.kind === 'charter') return [content.value.name];
  return [];
}
