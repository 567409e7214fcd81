import { encodeCbor } from '../codec/cbor.ts';
import { concatBytes, type Bytes } from '../types/bytes.ts';
import { columnsToCbor, maxPayloadBytes, maxSegmentRecords } from './pack-columns.ts';
import { maxPackRecords, type MalformedPayload } from './pack-payload.ts';
import { languageOf, writeColumns, type AuthorTable } from './pack-rows.ts';
import type { SignedRecord } from './record.ts';

/** docs/protocol.md, "Packs": 'WFP', the version, and how what follows is compressed. */
export const packMagic = Uint8Array.of(0x57, 0x46, 0x50);
export const packVersion = 2;
export const packHeaderBytes = 5;
export const packCompressions = { none: 0, zstd: 1 } as const;

/** A pack has no more bytes than this on the wire. */
export const maxPackBytes = maxPayloadBytes + packHeaderBytes;

/** Why bytes are not a pack that this version reads. */
export type MalformedPack =
  | MalformedPayload
  | {
      readonly code: 'malformed-pack';
      readonly reason:
        'not-a-pack' | 'unknown-version' | 'unknown-compression' | 'bad-compression' | 'too-large';
    };

/** The header of a pack. */
export function packHeader(compression: keyof typeof packCompressions): Bytes {
  return concatBytes(packMagic, Uint8Array.of(packVersion, packCompressions[compression]));
}

/**
 * Lays records out in segments of columns, in the given order but for this: within a segment they
 * stand by language, which compresses better. Every one can be rebuilt byte for byte, also those
 * whose bodies this version does not understand. At most maxPackRecords; what comes out is to be
 * put behind a header, compressed or not.
 */
export function encodePackPayload(records: readonly SignedRecord[]): Bytes {
  if (records.length > maxPackRecords) throw new RangeError('too many records for a pack');
  const segments: Bytes[] = [];
  const authors: AuthorTable = new Map();
  for (let first = 0; first < records.length; first += maxSegmentRecords) {
    const segment = byLanguage(records.slice(first, first + maxSegmentRecords));
    segments.push(encodeCbor(columnsToCbor(writeColumns(segment, authors))));
  }
  return concatBytes(...segments);
}

/** A pack that is not compressed. */
export function encodePack(records: readonly SignedRecord[]): Bytes {
  return concatBytes(packHeader('none'), encodePackPayload(records));
}

function byLanguage(records: readonly SignedRecord[]): readonly SignedRecord[] {
  return records
    .map((record) => ({ record, language: languageOf(record) }))
    .sort((a, b) => (a.language < b.language ? -1 : Number(a.language > b.language)))
    .map(({ record }) => record);
}
