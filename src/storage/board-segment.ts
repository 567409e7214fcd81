import { compareBytes, type Bytes } from '#core/types/bytes.ts';
import { slotBytes } from '#core/records/record.ts';
import type { RecordId, Slot } from '#core/types/ids.ts';

/** A segment's documents have numbers below this; docs/decisions/0090. */
export const segmentBits = 13;
export const maxSegmentDocuments = 1 << segmentBits;
/** So many records of a new segment lie in one value of the chunks' table: a page reads up to twenty. */
export const chunkDocuments = 32;
/** The same of segments that do not say it. */
const chunkDocumentsBefore = 64;

/** Set in the kinds' column where a record has no content. A floor has kind 0. */
export const withdrawn = 128;

/** The facts of one document. Addresses, ids and authors are 32 bytes. */
export interface DocumentFacts {
  readonly address: Uint8Array;
  readonly id: Uint8Array;
  readonly author: Uint8Array;
  readonly slot: number;
  readonly rev: number;
  readonly day: number;
  readonly until: number;
  /** Length of the record as it is sent; 0 for a floor, of which nothing else is kept. */
  readonly size: number;
  /** Number of the batch in which it came to this device; grows. */
  readonly arrival: number;
  readonly kind: number;
  /** One bit for each skill's code; where a request stands, for a status; stars, for an attestation. */
  readonly skills: number;
  /** How a steward knows, for an attestation. */
  readonly urgency: number;
  readonly language: string;
  readonly country: string;
  /** A profile's name. */
  readonly name: string | null;
  /** Whom an attestation is about: 32 bytes. */
  readonly subject: Bytes | null;
}

/** A segment as it is stored: fixed-width columns one after another in one value. */
export interface SegmentRow {
  readonly id?: number;
  readonly newestDay: number;
  readonly count: number;
  readonly columns: Bytes;
  readonly languages: readonly string[];
  readonly countries: readonly string[];
  /** Names by the number of the profile's document. */
  readonly names: ReadonlyMap<number, string>;
  /** Whom attestations are about, by their documents' numbers; absent where there are none. */
  readonly subjects?: ReadonlyMap<number, Bytes>;
  /** How many records lie in one value of the chunks' table; 64 where it is absent. */
  readonly chunkDocuments?: number;
}

const nobody: ReadonlyMap<number, Bytes> = new Map();
const bytesPerDocument = 3 * 32 + 5 * 4 + 4 * 2 + 2;

/** A segment's columns as views into its one buffer, widest first so that all are aligned. */
export class Segment {
  readonly id: number;
  readonly count: number;
  readonly chunkDocuments: number;
  readonly addresses: Bytes;
  readonly ids: Bytes;
  readonly authors: Bytes;
  readonly addressHashes: Uint32Array<ArrayBuffer>;
  readonly authorHashes: Uint32Array<ArrayBuffer>;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly revs: Uint32Array<ArrayBuffer>;
  readonly days: Uint32Array<ArrayBuffer>;
  readonly untils: Uint32Array<ArrayBuffer>;
  readonly arrivals: Uint32Array<ArrayBuffer>;
  readonly sizes: Uint16Array<ArrayBuffer>;
  readonly skills: Uint16Array<ArrayBuffer>;
  readonly languageNumbers: Uint16Array<ArrayBuffer>;
  readonly countryNumbers: Uint16Array<ArrayBuffer>;
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly urgencies: Uint8Array<ArrayBuffer>;
  readonly languages: readonly string[];
  readonly countries: readonly string[];
  readonly names: ReadonlyMap<number, string>;
  readonly subjects: ReadonlyMap<number, Bytes>;
  /** 1 where the document is an entry to show; in memory only. */
  readonly shown: Uint8Array<ArrayBuffer>;
  /** 1 where the document won at its address; in memory only. */
  readonly winning: Uint8Array<ArrayBuffer>;
  /** 1 where the record's bytes were let go of for want of room; in memory only. */
  readonly released: Uint8Array<ArrayBuffer>;
  /** Where each request stands, as the status documents of all segments say; in memory only. */
  readonly statuses: Uint8Array<ArrayBuffer>;

  constructor(id: number, row: SegmentRow) {
    const { count, columns } = row;
    const { buffer } = columns;
    let offset = columns.byteOffset;
    const take = (bytes: number) => {
      const start = offset;
      offset += bytes;
      return start;
    };
    this.id = id;
    this.count = count;
    this.chunkDocuments = row.chunkDocuments ?? chunkDocumentsBefore;
    const addressesAt = take(32 * count);
    this.addresses = new Uint8Array(buffer, addressesAt, 32 * count);
    this.addressHashes = new Uint32Array(buffer, addressesAt, 8 * count);
    this.ids = new Uint8Array(buffer, take(32 * count), 32 * count);
    const authorsAt = take(32 * count);
    this.authors = new Uint8Array(buffer, authorsAt, 32 * count);
    this.authorHashes = new Uint32Array(buffer, authorsAt, 8 * count);
    this.slots = new Uint32Array(buffer, take(4 * count), count);
    this.revs = new Uint32Array(buffer, take(4 * count), count);
    this.days = new Uint32Array(buffer, take(4 * count), count);
    this.untils = new Uint32Array(buffer, take(4 * count), count);
    this.arrivals = new Uint32Array(buffer, take(4 * count), count);
    this.sizes = new Uint16Array(buffer, take(2 * count), count);
    this.skills = new Uint16Array(buffer, take(2 * count), count);
    this.languageNumbers = new Uint16Array(buffer, take(2 * count), count);
    this.countryNumbers = new Uint16Array(buffer, take(2 * count), count);
    this.kinds = new Uint8Array(buffer, take(count), count);
    this.urgencies = new Uint8Array(buffer, take(count), count);
    this.languages = row.languages;
    this.countries = row.countries;
    this.names = row.names;
    this.subjects = row.subjects ?? nobody;
    this.shown = new Uint8Array(count);
    this.winning = new Uint8Array(count);
    this.released = new Uint8Array(count);
    this.statuses = new Uint8Array(count);
  }

  addressOf(local: number): Bytes {
    return this.addresses.subarray(local * 32, local * 32 + 32);
  }

  idOf(local: number): RecordId {
    return this.ids.subarray(local * 32, local * 32 + 32) as RecordId;
  }

  /** 4 bytes. */
  slotOf(local: number): Slot {
    const slot = new Uint8Array(slotBytes);
    new DataView(slot.buffer).setUint32(0, this.slots[local] ?? 0, true);
    return slot as Slot;
  }

  authorOf(local: number): Bytes {
    return this.authors.subarray(local * 32, local * 32 + 32);
  }

  languageOf(local: number): string {
    return this.languages[this.languageNumbers[local] ?? 0] ?? '';
  }

  countryOf(local: number): string {
    return this.countries[this.countryNumbers[local] ?? 0] ?? '';
  }

  /** Everything of one document, for a segment that it moves into. */
  factsOf(local: number): DocumentFacts {
    return {
      address: this.addressOf(local),
      id: this.idOf(local),
      author: this.authorOf(local),
      slot: this.slots[local] ?? 0,
      rev: this.revs[local] ?? 0,
      day: this.days[local] ?? 0,
      until: this.untils[local] ?? 0,
      size: this.sizes[local] ?? 0,
      arrival: this.arrivals[local] ?? 0,
      kind: this.kinds[local] ?? 0,
      skills: this.skills[local] ?? 0,
      urgency: this.urgencies[local] ?? 0,
      language: this.languageOf(local),
      country: this.countryOf(local),
      name: this.names.get(local) ?? null,
      subject: this.subjects.get(local) ?? null,
    };
  }
}

/** The order of documents in a segment and on the board: newest day first, then by address. */
export function compareNewestFirst(
  a: { readonly day: number; readonly address: Uint8Array },
  b: { readonly day: number; readonly address: Uint8Array },
): number {
  return b.day - a.day || compareBytes(a.address, b.address);
}

/** Lays documents out in columns; they come in the board's order. */
export function createSegmentRow(documents: readonly DocumentFacts[]): SegmentRow {
  const count = documents.length;
  const languages = new Map<string, number>();
  const countries = new Map<string, number>();
  const names = new Map<number, string>();
  const subjects = new Map<number, Bytes>();
  const empty: SegmentRow = {
    newestDay: documents[0]?.day ?? 0,
    count,
    columns: new Uint8Array(count * bytesPerDocument),
    languages: [],
    countries: [],
    names,
    chunkDocuments,
  };
  const columns = new Segment(0, empty);
  for (const [local, facts] of documents.entries()) {
    columns.addresses.set(facts.address, local * 32);
    columns.ids.set(facts.id, local * 32);
    columns.authors.set(facts.author, local * 32);
    columns.slots[local] = facts.slot;
    columns.revs[local] = facts.rev;
    columns.days[local] = facts.day;
    columns.untils[local] = facts.until;
    columns.sizes[local] = facts.size;
    columns.arrivals[local] = facts.arrival;
    columns.kinds[local] = facts.kind;
    columns.skills[local] = facts.skills;
    columns.urgencies[local] = facts.urgency;
    columns.languageNumbers[local] = numberOf(languages, facts.language);
    columns.countryNumbers[local] = numberOf(countries, facts.country);
    if (facts.name !== null) names.set(local, facts.name);
    if (facts.subject !== null) subjects.set(local, facts.subject);
  }
  return {
    ...empty,
    languages: [...languages.keys()],
    countries: [...countries.keys()],
    ...(subjects.size > 0 && { subjects }),
  };
}

function numberOf(numbers: Map<string, number>, value: string): number {
  const known = numbers.get(value);
  if (known !== undefined) return known;
  numbers.set(value, numbers.size);
  return numbers.size - 1;
}
