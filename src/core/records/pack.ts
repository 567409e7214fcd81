import type { MalformedCbor } from '../codec/bounds.ts';
import { decodeCbor, encodeCbor } from '../codec/cbor.ts';
import { concatBytes, equalBytes, type Bytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { columnsShape, columnsToCbor, packBounds } from './pack-columns.ts';
import { readColumns, writeColumns } from './pack-rows.ts';
import type { SignedRecord } from './record.ts';

/** docs/protocol.md, "Packs": 'WFP', the version and how what follows is compressed. */
const headerBytes = 5;
const magic = Uint8Array.of(0x57, 0x46, 0x50);
const packVersion = 1;
const compressionNone = 0;

/** A pack holds no more records and no more bytes than this. */
export const maxPackRecords = packBounds.maxLength;
export const maxPackBytes = packBounds.maxBytes + headerBytes;

/** Why bytes are not a pack that this version reads. */
export type MalformedPack =
  | MalformedCbor
  | {
      readonly code: 'malformed-pack';
      readonly reason:
        'not-a-pack' | 'unknown-version' | 'unknown-compression' | 'columns-disagree';
    };

/**
 * Lays records out in columns, in the given order, so that every one can be rebuilt byte for byte,
 * also those whose bodies this version does not understand. At most maxPackRecords.
 */
export function encodePack(records: readonly SignedRecord[]): Bytes {
  if (records.length > maxPackRecords) throw new RangeError('too many records for a pack');
  const header = concatBytes(magic, Uint8Array.of(packVersion, compressionNone));
  return concatBytes(header, encodeCbor(columnsToCbor(writeColumns(records))));
}

/** Rebuilds a pack's records in their order; nothing of them is proved yet. Never throws. */
export function decodePack(bytes: Uint8Array): Result<readonly SignedRecord[], MalformedPack> {
  if (bytes.length < headerBytes || !equalBytes(bytes.subarray(0, magic.length), magic)) {
    return malformedPack('not-a-pack');
  }
  if (bytes[3] !== packVersion) return malformedPack('unknown-version');
  if (bytes[4] !== compressionNone) return malformedPack('unknown-compression');
  const columns = decodeCbor(bytes.subarray(headerBytes), columnsShape, packBounds);
  if (!columns.ok) return columns;
  const records = readColumns(columns.value);
  return records === undefined ? malformedPack('columns-disagree') : ok(records);
}

type PackReason = Extract<MalformedPack, { code: 'malformed-pack' }>['reason'];

function malformedPack(reason: PackReason): Result<never, MalformedPack> {
  return fail({ code: 'malformed-pack', reason });
}
