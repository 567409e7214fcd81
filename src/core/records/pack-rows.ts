import * as z from 'zod/mini';
import type { CborBounds } from '../codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../codec/cbor.ts';
import { isSignableDay, maxU32 } from '../codec/shapes.ts';
import { concatBytes, equalBytes, type Bytes } from '../types/bytes.ts';
import { addDays, type Day } from '../types/day.ts';
import type { PersonaKey, Signature, Slot } from '../types/ids.ts';
import { recordKinds } from './kinds.ts';
import { bodyShapes, type PackColumns } from './pack-columns.ts';
import {
  decodeBody,
  encodeBody,
  maxBodyBytes,
  slotBytes,
  type PackedRecord,
  type RecordBody,
  type RecordHeader,
  type SignedRecord,
} from './record.ts';

const authorBytes = 32;
const signatureBytes = 64;
const maxByte = 255;
const contentBounds: CborBounds = { maxBytes: maxBodyBytes, maxDepth: 8, maxLength: 256 };
/** Version, kind, slot, revision, day and until stand before the content. */
const headerItems = 6;
const contentShape = z.array(z.custom<CborValue>(() => true));

type EntryFields = readonly [
  title: string,
  text: string,
  language: string,
  country: string,
  skills: readonly number[],
  urgency: number,
];

/** Authors that a pack's segments have named so far, and where. */
export type AuthorTable = Map<string, number>;

/** Takes a segment's records apart into columns; adds its new authors to the table. */
export function writeColumns(records: readonly SignedRecord[], table: AuthorTable): PackColumns {
  const bodies = records.map((record) => shapeBody(record.body));
  const headers = bodies.flatMap((body) => (body.shape === 'raw' ? [] : [body.header]));
  const entries = bodies.flatMap((body) => (body.shape === 'entry' ? [body.fields] : []));
  const { authors, indexes } = indexAuthors(records, table);
  return {
    titles: entries.map(([title]) => title),
    texts: entries.map(([, text]) => text),
    rest: bodies.flatMap((body) => (body.shape === 'entry' ? [] : [body.rest])),
    languages: entries.map(([, , language]) => language),
    countries: entries.map(([, , , country]) => country),
    skills: entries.map(([, , , , skills]) => Uint8Array.from(skills)),
    urgencies: Uint8Array.from(entries, ([, , , , , urgency]) => urgency),
    shapes: Uint8Array.from(bodies, ({ shape }) => bodyShapes[shape]),
    kinds: Uint8Array.from(headers, ({ kind }) => kind),
    lifetimes: Uint8Array.from(headers, ({ day, until }) => until - day),
    days: headers.map(({ day }) => day),
    revisions: headers.map(({ rev }) => rev),
    slots: concatBytes(...headers.map(({ slot }) => slot)),
    authorIndexes: indexes,
    authors: concatBytes(...authors),
    signatures: concatBytes(...records.map(({ signature }) => signature)),
  };
}

/**
 * Puts a segment's records together again; undefined where the columns do not agree with each
 * other. `authors` are those of the segments before; this one's are added.
 */
export function readColumns(
  columns: PackColumns,
  authors: Bytes[],
): readonly PackedRecord[] | undefined {
  const count = columns.shapes.length;
  if (columns.authorIndexes.length !== count) return undefined;
  if (columns.signatures.length !== count * signatureBytes) return undefined;
  const bodies = readBodies(columns);
  if (bodies === undefined) return undefined;
  for (let at = 0; at < columns.authors.length; at += authorBytes) {
    authors.push(columns.authors.slice(at, at + authorBytes));
  }
  const records: PackedRecord[] = [];
  for (const [index, body] of bodies.entries()) {
    const author = authors[columns.authorIndexes[index] ?? 0];
    const signature = slice(columns.signatures, index, signatureBytes);
    if (author === undefined || signature === undefined) return undefined;
    records.push({ author: author as PersonaKey, signature: signature as Signature, ...body });
  }
  return records;
}

/** The language that a body says it is in, as it stands there; empty where it says none. */
export function languageOf({ body }: SignedRecord): string {
  const decoded = decodeBody(body);
  const language = decoded.ok ? decoded.value.content[2] : undefined;
  return typeof language === 'string' ? language : '';
}

type ShapedBody =
  | { readonly shape: 'raw'; readonly rest: Bytes }
  | { readonly shape: 'plain'; readonly header: RecordHeader; readonly rest: Bytes }
  | { readonly shape: 'entry'; readonly header: RecordHeader; readonly fields: EntryFields };

function shapeBody(body: Bytes): ShapedBody {
  const decoded = decodeBody(body);
  // A body that does not come back byte for byte travels as it is.
  if (!decoded.ok || !fitsColumns(decoded.value) || !equalBytes(encodeBody(decoded.value), body)) {
    return { shape: 'raw', rest: body };
  }
  const { content, ...header } = decoded.value;
  const fields = entryFields(header.kind, content);
  if (fields !== undefined) return { shape: 'entry', header, fields };
  return { shape: 'plain', header, rest: encodeCbor(content) };
}

function fitsColumns({ kind, day, until, content }: RecordBody): boolean {
  const lifetime = until - day;
  return (
    kind <= maxByte &&
    lifetime >= 0 &&
    lifetime <= maxByte &&
    encodeCbor(content).length <= maxBodyBytes
  );
}

function entryFields(kind: number, content: readonly CborValue[]): EntryFields | undefined {
  if (kind !== recordKinds.request && kind !== recordKinds.offer) return undefined;
  const [title, text, language, country, skills, urgency] = content;
  if (content.length !== 6 || !Array.isArray(skills) || !skills.every(isByte)) return undefined;
  if (typeof title !== 'string' || typeof text !== 'string') return undefined;
  if (typeof language !== 'string' || typeof country !== 'string') return undefined;
  return isByte(urgency) ? [title, text, language, country, skills, urgency] : undefined;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxByte;
}

function indexAuthors(records: readonly SignedRecord[], table: AuthorTable) {
  const authors: Bytes[] = [];
  const indexes = records.map(({ author }) => {
    const key = String.fromCharCode(...author);
    const known = table.get(key) ?? table.size;
    if (known === table.size) {
      table.set(key, known);
      authors.push(author);
    }
    return known;
  });
  return { authors, indexes };
}

type ReadBody = Pick<PackedRecord, 'body' | 'parts'>;

function readBodies(columns: PackColumns): readonly ReadBody[] | undefined {
  const bodies: ReadBody[] = [];
  let headers = 0;
  let entries = 0;
  let rests = 0;
  for (const shape of columns.shapes) {
    let body: ReadBody | undefined;
    if (shape === bodyShapes.raw) {
      const raw = columns.rest[rests++];
      body = raw && { body: raw };
    } else if (shape === bodyShapes.plain) {
      body = rebuild(readHeader(columns, headers++), readContent(columns.rest[rests++]));
    } else if (shape === bodyShapes.entry) {
      body = rebuild(readHeader(columns, headers++), readEntry(columns, entries++));
    }
    if (body === undefined || body.body.length > maxBodyBytes) return undefined;
    bodies.push(body);
  }
  return usesAll(columns, headers, entries, rests) ? bodies : undefined;
}

function usesAll(columns: PackColumns, headers: number, entries: number, rests: number): boolean {
  return (
    [columns.kinds, columns.lifetimes, columns.days, columns.revisions].every(
      (column) => column.length === headers,
    ) &&
    columns.slots.length === headers * slotBytes &&
    columns.authors.length % authorBytes === 0 &&
    columns.rest.length === rests &&
    [
      columns.titles,
      columns.texts,
      columns.languages,
      columns.countries,
      columns.skills,
      columns.urgencies,
    ].every((column) => column.length === entries)
  );
}

function slice(column: Bytes, index: number, size: number): Bytes | undefined {
  const end = (index + 1) * size;
  return end > column.length ? undefined : column.slice(index * size, end);
}

function readHeader(columns: PackColumns, index: number): RecordHeader | undefined {
  const kind = columns.kinds[index];
  const rev = columns.revisions[index];
  const day = columns.days[index];
  const lifetime = columns.lifetimes[index];
  const slot = slice(columns.slots, index, slotBytes);
  if (kind === undefined || rev === undefined || day === undefined) return undefined;
  if (lifetime === undefined || slot === undefined || day + lifetime > maxU32) return undefined;
  return { kind, slot: slot as Slot, rev, day: day as Day, until: addDays(day as Day, lifetime) };
}

function readEntry(columns: PackColumns, index: number): readonly CborValue[] | undefined {
  const title = columns.titles[index];
  const text = columns.texts[index];
  const language = columns.languages[index];
  const country = columns.countries[index];
  const skills = columns.skills[index];
  const urgency = columns.urgencies[index];
  if (title === undefined || text === undefined || language === undefined) return undefined;
  if (country === undefined || skills === undefined || urgency === undefined) return undefined;
  return [title, text, language, country, [...skills], urgency];
}

function rebuild(
  header: RecordHeader | undefined,
  content: readonly CborValue[] | undefined,
): ReadBody | undefined {
  if (header === undefined || content === undefined) return undefined;
  const parts = { ...header, content };
  const body = encodeBody(parts);
  return isLawfulBody(parts) ? { body, parts } : { body };
}

/** Whether decodeBody would take what these parts encode to; their numbers are u32 and bytes already. */
function isLawfulBody({ day, until, content }: RecordBody): boolean {
  return (
    isSignableDay(day) &&
    isSignableDay(until) &&
    headerItems + content.length <= contentBounds.maxLength &&
    content.every((item) => !Array.isArray(item) || item.length <= contentBounds.maxLength)
  );
}

function readContent(rest: Bytes | undefined): readonly CborValue[] | undefined {
  if (rest === undefined) return undefined;
  const content = decodeCbor(rest, contentShape, contentBounds);
  return content.ok ? content.value : undefined;
}
