import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { Postings } from '#core/search/postings.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddress, RecordAddressText } from '#core/types/ids.ts';
import { BoardDocuments, localOf, type DocumentNumber } from './board-documents.ts';
import { limitsOf, noLimits, type BoardLimits } from './board-limits.ts';
import type { WhatMatters } from './board-room.ts';
import { findHits, pageOfHits, type ColumnQuery } from './board-query.ts';
import { chunkKeyOf, chunkKeysOf, recordInChunk } from './board-chunk.ts';
import { Segment, withdrawn } from './board-segment.ts';
import type { RecordRow, WallflowerDatabase } from './database.ts';
import { Slices } from './pause.ts';

/** Chunks that were read last stay in memory, up to so many bytes. */
const maxCachedChunkBytes = 4_194_304;
/** Postings stay in memory once they were asked for, up to so many bytes. */
const maxCachedPostingBytes = 25_165_824;

/** One page of a query. */
export interface DocumentPage {
  readonly documents: readonly DocumentNumber[];
  readonly records: readonly (Bytes | undefined)[];
  readonly total: number;
}

/** The board on this device: columns of all records in memory, their bytes and words on the disk. */
export class BoardStore {
  readonly documents = new BoardDocuments();
  limits: BoardLimits = noLimits;
  /** Set by whoever knows the vault. */
  whatMatters: () => Promise<WhatMatters | null> = () =>
    Promise.resolve({ authors: [], addresses: [] });
  /** Set by whoever tidies: called when something has come in. */
  onAdded: () => void = () => {};
  readonly #db: WallflowerDatabase;
  readonly #chunks = new BoundedCache<Bytes>(maxCachedChunkBytes, ({ length }) => length);
  readonly #postings = new BoundedCache<Postings>(
    maxCachedPostingBytes,
    ({ terms, lists, termEnds }) => terms.length + lists.length + termEnds.length * 8,
  );
  #opening: { readonly first: Promise<void>; readonly all: Promise<void> } | null = null;

  constructor(db: WallflowerDatabase) {
    this.#db = db;
  }

  /** Resolves when the newest segments are in memory: enough for the first page. */
  openFirst(): Promise<void> {
    return this.#open().first;
  }

  /** Resolves when every segment is in memory. */
  openAll(): Promise<void> {
    return this.#open().all;
  }

  #open() {
    if (this.#opening === null) {
      const first = Promise.withResolvers<void>();
      const all = this.#load(first.resolve);
      this.#opening = { first: first.promise, all };
      all.then(first.resolve, first.reject);
      first.promise.catch(() => undefined);
      all.catch(() => (this.#opening = null));
    }
    return this.#opening;
  }

  /** Newest first, a segment at a time, so that queries are answered in between. */
  async #load(firstIsHere: () => void): Promise<void> {
    const db = this.#db;
    this.limits = limitsOf((await db.settings.get('board-limits'))?.value);
    this.documents.expire(this.limits.firstDay);
    const ids = await db.segments.orderBy('newestDay').reverse().primaryKeys();
    const heldIds = new Set(this.documents.segments.map((segment) => segment?.id));
    const slices = new Slices();
    for (const id of ids) {
      if (heldIds.has(id)) continue;
      const row = await db.segments.get(id);
      if (row === undefined) continue;
      const segment = new Segment(id, row);
      this.documents.add(segment);
      if (this.limits.keepFrom > 0) await this.#releaseMissing(segment);
      firstIsHere();
      await slices.next();
    }
    if ((await db.records.count()) > 0 || (await db.floors.count()) > 0) {
      const { takeOverRows } = await import('./board-takeover.ts');
      await takeOverRows(db, this);
    }
  }

  /** Where room ran out, chunks went without their columns. */
  async #releaseMissing(segment: Segment): Promise<void> {
    const keys = new Set(
      await this.#db.chunks
        .where(':id')
        .between(...chunkKeysOf(segment), true, true)
        .primaryKeys(),
    );
    for (let local = 0; local < segment.count; local++) {
      if (!keys.has(chunkKeyOf(segment, local))) this.documents.release(segment, local);
    }
  }

  /** Whether a record may come to this device: where room ran out, nothing older than what was let go of. */
  isWanted({ day }: { readonly day: Day }): boolean {
    return day >= this.limits.keepFrom;
  }

  /** Remembers what time and room have taken. */
  async changeLimits(change: Partial<BoardLimits>): Promise<void> {
    this.limits = { ...this.limits, ...change };
    await this.#db.settings.put({ key: 'board-limits', value: this.limits });
  }

  /** Finds and reads one page. */
  async query(query: ColumnQuery, offset: number, limit: number): Promise<DocumentPage> {
    for (;;) {
      const postings = await this.#readPostings(query);
      const { version } = this.documents;
      const hits = findHits(this.documents, query, ({ id }) => postings.get(id));
      const documents = pageOfHits(hits, offset, limit);
      const records = await this.readRecords(documents);
      if (version === this.documents.version || !records.includes(undefined)) {
        return { documents, records, total: hits.total };
      }
    }
  }

  /** How many match; nothing is read but words. */
  async count(query: ColumnQuery): Promise<number> {
    const postings = await this.#readPostings(query);
    return findHits(this.documents, query, ({ id }) => postings.get(id)).total;
  }

  /** The winning record at an address while it has not expired. */
  async get(address: RecordAddress | Uint8Array): Promise<RecordRow | undefined> {
    await this.openAll();
    for (;;) {
      const { version } = this.documents;
      const document = this.documents.find(address);
      if (document < 0 || this.documents.hasExpired(document)) return undefined;
      const [bytes] = await this.readRecords([document]);
      if (bytes !== undefined) return this.#toRow(document, bytes);
      if (version === this.documents.version) return undefined;
    }
  }

  /** The same by the address as text. */
  async getAt(address: RecordAddressText): Promise<RecordRow | undefined> {
    const bytes = base64UrlToBytes(address);
    return bytes.ok && bytes.value.length === 32 ? this.get(bytes.value) : undefined;
  }

  /** The records of documents as they were sent, in their order; undefined where one has been let go of. */
  async readRecords(documents: readonly DocumentNumber[]): Promise<readonly (Bytes | undefined)[]> {
    const places = documents.map((document) => {
      const segment = this.documents.segmentOf(document);
      const local = localOf(document);
      return { segment, local, key: chunkKeyOf(segment, local) };
    });
    const chunks = new Map<number, Bytes>();
    const missing = new Set<number>();
    for (const { key } of places) {
      const chunk = this.#chunks.get(key);
      if (chunk === undefined) missing.add(key);
      else chunks.set(key, chunk);
    }
    if (missing.size > 0) {
      const keys = [...missing].sort((a, b) => a - b);
      const read = await this.#db.chunks.bulkGet(keys);
      for (const [index, key] of keys.entries()) {
        const chunk = read[index];
        if (chunk === undefined) continue;
        chunks.set(key, chunk);
        this.#chunks.set(key, chunk);
      }
    }
    return places.map(({ segment, key, local }) => {
      const chunk = chunks.get(key);
      return chunk && recordInChunk(segment, chunk, local);
    });
  }

  /** Puts segments that have just become durable in the place of others. */
  replace(before: readonly Segment[], after: readonly Segment[]): void {
    this.documents.remove(before);
    for (const { id } of before) this.#postings.delete(id);
    for (const segment of after) this.documents.add(segment);
    if (before.length === 0 && after.length > 0) this.onAdded();
  }

  /** A chunk was written anew. */
  forgetChunk(key: number): void {
    this.#chunks.delete(key);
  }

  /** The words of one segment, from memory or the disk. */
  async postingsOf(segment: Segment): Promise<Postings | undefined> {
    return this.#postings.get(segment.id) ?? this.#db.postings.get(segment.id);
  }

  /** Brings the words of all segments into memory, so that a search need not wait for the disk. */
  async readyWords(): Promise<void> {
    await this.openAll();
    await this.#readAllPostings();
  }

  async #readPostings({ words }: ColumnQuery): Promise<ReadonlyMap<number, Postings>> {
    return words.length === 0 ? new Map<number, Postings>() : this.#readAllPostings();
  }

  async #readAllPostings(): Promise<ReadonlyMap<number, Postings>> {
    const found = new Map<number, Postings>();
    for (const segment of this.documents.segments) {
      if (segment === null) continue;
      const cached = this.#postings.get(segment.id);
      const postings = cached ?? (await this.#db.postings.get(segment.id));
      if (postings === undefined) continue;
      if (cached === undefined) this.#postings.set(segment.id, postings);
      found.set(segment.id, postings);
    }
    return found;
  }

  #toRow(document: DocumentNumber, bytes: Bytes): RecordRow {
    const segment = this.documents.segmentOf(document);
    const local = localOf(document);
    return {
      address: bytesToBase64Url(segment.addressOf(local)) as RecordAddressText,
      author: bytesToBase64Url(segment.authorOf(local)) as PersonaKeyText,
      kind: (segment.kinds[local] ?? 0) & ~withdrawn,
      rev: segment.revs[local] ?? 0,
      id: segment.idOf(local),
      day: (segment.days[local] ?? 0) as Day,
      until: (segment.untils[local] ?? 0) as Day,
      bytes,
    };
  }
}

/** Values by number, the longest unused leaving first when they grow beyond a size. */
class BoundedCache<T> {
  readonly #values = new Map<number, T>();
  readonly #maxBytes: number;
  readonly #sizeOf: (value: T) => number;
  #bytes = 0;

  constructor(maxBytes: number, sizeOf: (value: T) => number) {
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
  }

  get(key: number): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: number, value: T): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#bytes += this.#sizeOf(value);
    for (const old of this.#values.keys()) {
      if (this.#bytes <= this.#maxBytes || old === key) return;
      this.delete(old);
    }
  }

  delete(key: number): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#bytes -= this.#sizeOf(value);
  }
}
