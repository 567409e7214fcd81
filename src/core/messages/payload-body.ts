import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { fixedBytes, u53 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';

/** What one message says; protocol.md, "Payload". */
export type MessageBody =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'step' }
  | { readonly type: 'receipt' }
  | { readonly type: 'queue' }
  | { readonly type: 'lifetime'; readonly days: 0 | 1 | 7 | 30 }
  | AttachmentBody
  | { readonly type: 'decline' };

/** A file kept as a blob on the relay; `key` opens it. */
export interface AttachmentBody {
  readonly type: 'attachment';
  readonly blobId: Bytes;
  readonly key: Bytes;
  readonly hash: Bytes;
  /** Bytes before padding. */
  readonly size: number;
  readonly mediaType: string;
  readonly name: string;
}

/** protocol.md, "Payload": text in bytes of UTF-8. */
export const maxTextBytes = 3_900;
const maxMediaTypeCharacters = 100;
const maxNameCharacters = 200;

const typeNumbers = {
  text: 0,
  step: 1,
  receipt: 2,
  queue: 3,
  lifetime: 4,
  attachment: 5,
  decline: 6,
} as const satisfies Record<MessageBody['type'], number>;

export const maxBodyType = typeNumbers.decline;

const textEncoder = new TextEncoder();
const loneSurrogate = /\p{Surrogate}/u;

/** Length of a text in bytes of UTF-8. */
export function utf8Length(text: string): number {
  return textEncoder.encode(text).length;
}

const wellFormed = z.string().check(z.refine((text) => !loneSurrogate.test(text)));
const textOf = (maxCharacters: number) =>
  wellFormed.check(z.refine((text) => Array.from(text).length <= maxCharacters));

const textShape = z.tuple([wellFormed.check(z.refine((text) => utf8Length(text) <= maxTextBytes))]);
const emptyShape = z.tuple([]);
const lifetimeShape = z.tuple([z.union([z.literal(0), z.literal(1), z.literal(7), z.literal(30)])]);
const attachmentShape = z.tuple([
  fixedBytes(32),
  fixedBytes(32),
  fixedBytes(32),
  u53,
  textOf(maxMediaTypeCharacters),
  textOf(maxNameCharacters),
]);

/** The type number and positional fields of a body; null when it breaks its limits. */
export function bodyToWire(
  body: MessageBody,
): { readonly type: number; readonly fields: CborValue } | null {
  const type = typeNumbers[body.type];
  const fields = fieldsOf(body);
  return bodyFromWire(type, fields) === null ? null : { type, fields };
}

function fieldsOf(body: MessageBody): CborValue {
  switch (body.type) {
    case 'text':
      return [body.text];
    case 'lifetime':
      return [body.days];
    case 'attachment':
      return [body.blobId, body.key, body.hash, body.size, body.mediaType, body.name];
    default:
      return [];
  }
}

/** Proves the fields of a body by its type number; null when they are not of that type. */
export function bodyFromWire(type: number, fields: unknown): MessageBody | null {
  switch (type) {
    case typeNumbers.text: {
      const text = textShape.safeParse(fields);
      return text.success ? { type: 'text', text: text.data[0] } : null;
    }
    case typeNumbers.step:
      return emptyBody('step', fields);
    case typeNumbers.receipt:
      return emptyBody('receipt', fields);
    case typeNumbers.queue:
      return emptyBody('queue', fields);
    case typeNumbers.lifetime: {
      const lifetime = lifetimeShape.safeParse(fields);
      return lifetime.success ? { type: 'lifetime', days: lifetime.data[0] } : null;
    }
    case typeNumbers.attachment:
      return attachmentFromWire(fields);
    case typeNumbers.decline:
      return emptyBody('decline', fields);
    default:
      return null;
  }
}

function emptyBody(
  type: 'step' | 'receipt' | 'queue' | 'decline',
  fields: unknown,
): MessageBody | null {
  return emptyShape.safeParse(fields).success ? { type } : null;
}

function attachmentFromWire(fields: unknown): AttachmentBody | null {
  const parsed = attachmentShape.safeParse(fields);
  if (!parsed.success) return null;
  const [blobId, key, hash, size, mediaType, name] = parsed.data;
  return { type: 'attachment', blobId, key, hash, size, mediaType, name };
}
