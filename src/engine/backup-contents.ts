import * as z from 'zod/mini';
import type { CborBounds } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import { daySchema, u32 } from '#core/codec/shapes.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { BackupDamaged } from '#crypto/backup-file.ts';
import type { BackupScope } from './api/backup-calls.ts';
import { conversationForBackup } from './restarted-conversations.ts';
import {
  decodeSealedValue,
  encodeSealedValue,
  type SealedType,
  type SealedValue,
} from './sealed-values.ts';

/** What stands at the head of a backup. */
export interface BackupHead {
  readonly scope: BackupScope;
  readonly day: Day;
  /** Counts the backups of the same words, from 1. */
  readonly serial: number;
}

/** A backup in the clear. */
export interface BackupContents extends BackupHead {
  readonly values: readonly SealedValue[];
}

/** protocol.md, "Laws": backups never hold card, session or queue private keys. */
const kept: Readonly<Record<BackupScope, readonly SealedType[]>> = {
  keys: ['persona', 'own-head'],
  whole: [
    'persona',
    'own-head',
    'conversation',
    'message',
    'former',
    'mail-settings',
    'saved',
    'draft',
    'search',
    'match-profile',
  ],
};

const headBounds: CborBounds = { maxBytes: 64, maxDepth: 2, maxLength: 8 };
const headShape = z.tuple([z.literal([0, 1]), daySchema, u32]);
const scopes = ['whole', 'keys'] as const satisfies readonly BackupScope[];
const lengthBytes = 4;

/** What of the vault goes into a backup, without any session. */
export function backupValues(
  values: readonly SealedValue[],
  scope: BackupScope,
): readonly SealedValue[] {
  return values.filter(({ type }) => kept[scope].includes(type)).map(withoutTransport);
}

/** Lays a backup out: head, then values, each as CBOR after its length in 4 bytes. */
export function encodeBackup({ scope, day, serial, values }: BackupContents): Bytes {
  const head = encodeCbor([scopes.indexOf(scope), day, serial]);
  return concatBytes(...[head, ...values.map(encodeSealedValue)].flatMap(withLength));
}

/** Reads what encodeBackup laid out. Total; values of kinds that a backup never holds are refused. */
export function decodeBackup(bytes: Bytes): Result<BackupContents, BackupDamaged> {
  const parts = splitParts(bytes);
  const [first, ...rest] = parts ?? [];
  const head = first === undefined ? undefined : decodeCbor(first, headShape, headBounds);
  if (head?.ok !== true) return damaged;
  const [scopeNumber, day, serial] = head.value;
  const scope = scopes[scopeNumber] ?? 'keys';
  const values: SealedValue[] = [];
  for (const part of rest) {
    const value = decodeSealedValue(part);
    if (!value.ok || !kept[scope].includes(value.value.type)) return damaged;
    values.push(value.value);
  }
  return ok({ scope, day, serial, values });
}

const damaged = fail<BackupDamaged>({ code: 'backup-damaged' });

function withLength(part: Bytes): readonly Bytes[] {
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setUint32(0, part.length);
  return [length, part];
}

function splitParts(bytes: Bytes): readonly Bytes[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Bytes[] = [];
  for (let offset = 0; offset < bytes.length;) {
    if (offset + lengthBytes > bytes.length) return undefined;
    const start = offset + lengthBytes;
    offset = start + view.getUint32(offset);
    if (offset > bytes.length) return undefined;
    parts.push(bytes.subarray(start, offset));
  }
  return parts;
}

/**
 * A conversation leaves its session behind. A message that was on its way then may have arrived
 * since: it is never sent a second time. Files are asked for again at the relay.
 */
function withoutTransport(value: SealedValue): SealedValue {
  if (value.type === 'conversation') return conversationForBackup(value);
  if (value.type !== 'message') return value;
  const { attachment, delivery, ...message } = value;
  const isUnsent = delivery === 'needs-link' || delivery === 'on-device';
  return {
    ...message,
    sequence: null,
    delivery: isUnsent ? 'refused' : delivery,
    ...(attachment === undefined ? {} : { attachment: { ...attachment, state: 'elsewhere' } }),
  };
}
