import * as z from 'zod/mini';
import type { CborBounds, MalformedCbor } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { boundedBytes, daySchema, fixedBytes, u32, u53 } from '#core/codec/shapes.ts';
import {
  skillCodes,
  statusCodes,
  urgencyCodes,
  type RequestStatus,
  type Skill,
  type Urgency,
} from '#core/types/board-terms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { maxStars, type Stars } from '#core/types/trust-terms.ts';
import type { FileKey } from '#core/attachments/stream-cipher.ts';
import type { RecoveryEntropy } from '#crypto/recovery-words.ts';
import type {
  BlobId,
  ConversationId,
  DhPrivateKey,
  DhPublicKey,
  DraftId,
  KemPrivateKey,
  KemPublicKey,
  MessageId,
  PersonaKey,
  PersonaSeed,
  QueueCap,
  QueueId,
  RecordAddress,
  RecordId,
  RelayOrigin,
  Signature,
} from '#core/types/ids.ts';
import type { Result } from '#core/types/result.ts';

/** Values of sealed rows: what the vault keeps. Bounds cover a conversation with 1,000 skipped keys. */
const sealedBounds: CborBounds = { maxBytes: 1_048_576, maxDepth: 8, maxLength: 4_096 };
const maxStateBytes = 524_288;

function branded<T extends string>() {
  return z.pipe(
    z.string().check(z.maxLength(64)),
    z.transform((text) => text as T),
  );
}

const anyText = z.string().check(z.maxLength(20_000));
const origin = z.pipe(
  z.string().check(z.maxLength(200)),
  z.transform((text) => text as RelayOrigin),
);
const names = <T extends string>(codes: Readonly<Record<T, number>>) =>
  z.custom<T>((value) => typeof value === 'string' && value in codes);

const personaValue = z.object({
  type: z.literal('persona'),
  id: z.string(),
  key: fixedBytes<PersonaKey>(32),
  seed: fixedBytes<PersonaSeed>(32),
  ikPublic: fixedBytes<DhPublicKey>(32),
  ikPrivate: fixedBytes<DhPrivateKey>(32),
  bind: fixedBytes<Signature>(64),
  label: anyText,
  createdDay: daySchema,
  /** Somebody else signs as this persona: a record of it turned up that this device did not make. */
  foreignRevision: z._default(z.boolean(), false),
  /** Day of the restore from a backup: what was signed until then is this persona's own. */
  restoredDay: z._default(z.nullable(daySchema), null),
});

const cardKeysValue = z.object({
  type: z.literal('card-keys'),
  id: z.string(),
  persona: fixedBytes<PersonaKey>(32),
  recordId: fixedBytes<RecordId>(32),
  spkPublic: fixedBytes<DhPublicKey>(32),
  spkPrivate: fixedBytes<DhPrivateKey>(32),
  kemPublic: fixedBytes<KemPublicKey>(1_216),
  kemPrivate: fixedBytes<KemPrivateKey>(32),
  queueId: fixedBytes<QueueId>(32),
  day: daySchema,
  /** Day after which the private keys are erased: protocol.md, "Contact card". */
  eraseAfter: daySchema,
});

const queueValue = z.object({
  type: z.literal('queue'),
  id: z.string(),
  role: z.literal(['contact', 'conversation']),
  queueId: fixedBytes<QueueId>(32),
  readSeed: fixedBytes<PersonaSeed>(32),
  cap: z.custom<QueueCap>((value) => value instanceof Uint8Array && value.length <= 32),
  relay: origin,
  persona: fixedBytes<PersonaKey>(32),
  conversation: z.nullable(branded<ConversationId>()),
  renewedDay: daySchema,
  /** False until its relay is asked to create it: a stranger's first message alone costs no queue. */
  wanted: z._default(z.boolean(), true),
  /** `next` until the peer is told of it, `old` once another took its place. */
  use: z._default(z.literal(['current', 'next', 'old']), 'current'),
  /** Day on which the peer acknowledged that it writes elsewhere. */
  leftDay: z._default(z.nullable(daySchema), null),
});

const lifetimeDays = z.literal([0, 1, 7, 30]);

const keyBytes = fixedBytes<DhPublicKey>(32);

const conversationValue = z.object({
  type: z.literal('conversation'),
  id: branded<ConversationId>(),
  persona: fixedBytes<PersonaKey>(32),
  peer: fixedBytes<PersonaKey>(32),
  /** ConversationState as encodeConversation wrote it; empty while the peer's card is missing. */
  state: boundedBytes(maxStateBytes),
  about: fixedBytes<RecordAddress>(32),
  aboutTitle: anyText,
  draft: anyText,
  unread: u32,
  lost: u32,
  createdMs: u53,
  stage: z._default(z.literal(['asked', 'open', 'declined', 'declined-by-peer']), 'open'),
  blocked: z._default(z.boolean(), false),
  muted: z._default(z.boolean(), false),
  verifiedDay: z._default(z.nullable(daySchema), null),
  /** What was agreed last, and its place among all that was said of it: protocol.md, "Lifetime". */
  lifetimeDays: z._default(lifetimeDays, 0),
  lifetimeOrder: z._default(u53, 0),
  /** One above the highest of the peer's numbers that brought something to read. */
  heardUpTo: z._default(u32, 0),
  /** Grows whenever numbers begin anew, so that a number is never taken for an older one. */
  era: z._default(u32, 0),
  /** The next session begins with origin 1: an earlier one is lost. */
  again: z._default(z.boolean(), false),
  /** The peer is to be told so even with nothing to say. */
  tellsRestart: z._default(z.boolean(), false),
  /** While there is no session: the only key that the next one may have. */
  expectedKey: z._default(z.nullable(keyBytes), null),
  /** The other key that was shown in the peer's name; nothing is sent while it is here. */
  shownKey: z._default(z.nullable(keyBytes), null),
  /** Keys that the user refused, newest last. */
  refusedKeys: z._default(z.array(keyBytes), []),
  receiptDueMs: z._default(z.nullable(u53), null),
});

const notice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lifetime'), days: lifetimeDays }),
  z.object({ kind: z.literal(['restarted', 'key-changed', 'queue-moved', 'declined']) }),
]);

/** A file that a message brings; its ciphertext lies among the pieces. */
const attachment = z.object({
  blobId: fixedBytes<BlobId>(32),
  key: fixedBytes<FileKey>(32),
  hash: fixedBytes<Bytes>(32),
  /** Bytes of the file itself. */
  size: u53,
  mediaType: anyText,
  name: anyText,
  /** Where the blob lies: the relay that the message itself takes. */
  relay: origin,
  /** Its name among the files of this device. */
  file: z.string(),
  state: z.literal(['own', 'elsewhere', 'wanted', 'here', 'gone', 'damaged']),
});

const messageValue = z.object({
  type: z.literal('message'),
  id: branded<MessageId>(),
  conversation: branded<ConversationId>(),
  fromMe: z.boolean(),
  /** The sender's number; null for a message that has not been sealed yet. */
  sequence: z.nullable(u32),
  text: anyText,
  atMs: u53,
  delivery: z.nullable(z.literal(['needs-link', 'on-device', 'on-relay', 'delivered', 'refused'])),
  /** Says what happened; the text is empty then. */
  notice: z._default(z.nullable(notice), null),
  /** Which count its number belongs to. */
  era: z._default(u32, 0),
  /** What was agreed when it was written or came. */
  lifetimeDays: z._default(lifetimeDays, 0),
  leavesAtMs: z._default(z.nullable(u53), null),
  attachment: z.optional(attachment),
});

const markValue = z.object({
  type: z.literal('mark'),
  id: z.string(),
  mark: fixedBytes<Bytes>(32),
  day: daySchema,
});

/** A conversation that was deleted here: the next one between the two begins with origin 1. */
const formerValue = z.object({
  type: z.literal('former'),
  id: z.string(),
  persona: fixedBytes<PersonaKey>(32),
  peer: fixedBytes<PersonaKey>(32),
  blocked: z._default(z.boolean(), false),
});

/** What the user chose for all conversations. */
const mailSettingsValue = z.object({
  type: z.literal('mail-settings'),
  id: z.string(),
  receipts: z.boolean(),
});

/** The newest revision that this device signed at an address. */
const ownHeadValue = z.object({
  type: z.literal('own-head'),
  id: z.string(),
  persona: fixedBytes<PersonaKey>(32),
  address: z.string(),
  rev: u32,
  recordId: fixedBytes<RecordId>(32),
});

const savedValue = z.object({
  type: z.literal('saved'),
  id: z.string(),
  address: z.string(),
});

const draftValue = z.object({
  type: z.literal('draft'),
  id: branded<DraftId>(),
  edits: z.nullable(z.string()),
  updatedAtMs: u53,
  fields: z.object({
    kind: z.literal(['request', 'offer']),
    title: anyText,
    text: anyText,
    language: anyText,
    country: anyText,
    skills: z.array(names<Skill>(skillCodes)),
    urgency: names<Urgency>(urgencyCodes),
    lifetimeDays: z.literal([30, 90, 180]),
  }),
});

const list = <T>(item: z.ZodMiniType<T>) => z.array(item).check(z.maxLength(100));

const starCount = z.custom<Stars>(
  (value) => Number.isInteger(value) && Number(value) <= maxStars && Number(value) >= 0,
);

/** A search that is kept, and how much had come to the device when it was last looked at. */
const searchValue = z.object({
  type: z.literal('search'),
  id: z.string(),
  terms: z.object({
    text: anyText,
    kind: z.nullable(z.literal(['request', 'offer'])),
    skill: z.nullable(names<Skill>(skillCodes)),
    language: z.nullable(anyText),
    country: z.nullable(anyText),
    urgency: z.nullable(names<Urgency>(urgencyCodes)),
    status: z.nullable(names<RequestStatus>(statusCodes)),
    maxAgeDays: z.nullable(u53),
    /** Absent in searches that were kept before there were stars. */
    minStars: z._default(z.nullable(starCount), null),
    sort: z.literal(['newest', 'match']),
    savedOnly: z.boolean(),
    mineOnly: z.boolean(),
  }),
  seenArrival: u53,
});

/** What the helper of this device can do. */
const matchProfileValue = z.object({
  type: z.literal('match-profile'),
  id: z.string(),
  skills: list(names<Skill>(skillCodes)),
  languages: list(anyText),
  countries: list(anyText),
});

/** What opens this vault's backups, and how far its user has come with it. */
const recoveryValue = z.object({
  type: z.literal('recovery'),
  id: z.string(),
  entropy: fixedBytes<RecoveryEntropy>(16),
  language: z.literal(['en', 'es', 'fr', 'it', 'pt', 'cs', 'ja', 'ko', 'zh-Hans', 'zh-Hant']),
  /** The words were typed back. */
  confirmed: z.boolean(),
  /** Serial number and day of the newest backup, or 0 and null. */
  serial: u32,
  lastBackupDay: z.nullable(daySchema),
});

const sealedValue = z.discriminatedUnion('type', [
  personaValue,
  cardKeysValue,
  queueValue,
  conversationValue,
  messageValue,
  markValue,
  formerValue,
  mailSettingsValue,
  ownHeadValue,
  savedValue,
  draftValue,
  searchValue,
  matchProfileValue,
  recoveryValue,
]);

export type SealedValue = z.infer<typeof sealedValue>;
export type SealedType = SealedValue['type'];
export type SealedValueOf<T extends SealedType> = Extract<SealedValue, { type: T }>;
export type PersonaValue = SealedValueOf<'persona'>;
export type CardKeysValue = SealedValueOf<'card-keys'>;
export type QueueValue = SealedValueOf<'queue'>;
export type ConversationValue = SealedValueOf<'conversation'>;
export type MessageValue = SealedValueOf<'message'>;
export type AttachmentValue = z.infer<typeof attachment>;
export type NoticeValue = z.infer<typeof notice>;

/** Encodes a value for sealing. */
export function encodeSealedValue(value: SealedValue): Bytes {
  return encodeCbor(value as CborValue);
}

/** Reads a value that was opened. */
export function decodeSealedValue(bytes: Uint8Array): Result<SealedValue, MalformedCbor> {
  return decodeCbor(bytes, sealedValue, sealedBounds);
}
