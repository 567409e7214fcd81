import * as z from 'zod/mini';
import type { CborBounds } from '../codec/bounds.ts';
import type { CborValue } from '../codec/cbor.ts';
import { boundedBytes, isU32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import { maxBodyBytes } from './record.ts';

/** Records of one segment: what is read, verified and shown in one go. */
export const maxSegmentRecords = 256;
/** A pack's segments together take no more, unpacked: what a phone can hold while it decodes. */
export const maxPayloadBytes = 4_194_304;
export const segmentBounds: CborBounds = {
  maxBytes: maxPayloadBytes,
  maxDepth: 2,
  maxLength: maxSegmentRecords,
};

/** How a body stands in the columns. */
export const bodyShapes = {
  /** The whole body in `rest`: whatever is not canonical or of an unknown form. */
  raw: 0,
  /** Header in columns, the content array as CBOR in `rest`: profiles, statuses, withdrawals. */
  plain: 1,
  /** Header and every field of a request or offer in columns. */
  entry: 2,
} as const;

/**
 * A segment's columns in their order on the wire: what compresses well comes first, keys and
 * signatures last. A column has one entry for each record of the shapes that use it, in the records' order.
 */
export interface PackColumns {
  readonly titles: readonly string[];
  readonly texts: readonly string[];
  readonly rest: readonly Bytes[];
  readonly languages: readonly string[];
  readonly countries: readonly string[];
  /** Skill codes of an entry, one byte each. */
  readonly skills: readonly Bytes[];
  readonly urgencies: Bytes;
  /** One byte a record: bodyShapes. */
  readonly shapes: Bytes;
  readonly kinds: Bytes;
  /** until - day. */
  readonly lifetimes: Bytes;
  readonly days: readonly number[];
  readonly revisions: readonly number[];
  /** 4 bytes each. */
  readonly slots: Bytes;
  /** One entry a record: which of the authors of this segment and those before it in the pack. */
  readonly authorIndexes: readonly number[];
  /** 32 bytes each: the authors whom no segment before has named, in order of appearance. */
  readonly authors: Bytes;
  /** 64 bytes a record. */
  readonly signatures: Bytes;
}

/** A whole column at a time: a schema's own walk makes objects for every value. */
function columnOf<T>(isValue: (value: unknown) => boolean) {
  return z.custom<readonly T[]>((values) => Array.isArray(values) && values.every(isValue));
}

const texts = columnOf<string>((value) => typeof value === 'string');
const integers = columnOf<number>(isU32);
const byteStrings = columnOf<Bytes>(
  (value) => value instanceof Uint8Array && value.length <= maxBodyBytes,
);
const column = boundedBytes(maxPayloadBytes);

/** Proves the columns' types; whether they agree with each other, readColumns finds out. */
export const columnsShape = z.pipe(
  z.tuple([
    texts,
    texts,
    byteStrings,
    texts,
    texts,
    byteStrings,
    column,
    column,
    column,
    column,
    integers,
    integers,
    column,
    integers,
    column,
    column,
  ]),
  z.transform((columns): PackColumns => ({
    titles: columns[0],
    texts: columns[1],
    rest: columns[2],
    languages: columns[3],
    countries: columns[4],
    skills: columns[5],
    urgencies: columns[6],
    shapes: columns[7],
    kinds: columns[8],
    lifetimes: columns[9],
    days: columns[10],
    revisions: columns[11],
    slots: columns[12],
    authorIndexes: columns[13],
    authors: columns[14],
    signatures: columns[15],
  })),
);

/** The columns in their order on the wire. */
export function columnsToCbor(columns: PackColumns): CborValue {
  return [
    columns.titles,
    columns.texts,
    columns.rest,
    columns.languages,
    columns.countries,
    columns.skills,
    columns.urgencies,
    columns.shapes,
    columns.kinds,
    columns.lifetimes,
    columns.days,
    columns.revisions,
    columns.slots,
    columns.authorIndexes,
    columns.authors,
    columns.signatures,
  ];
}
