import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { EntryContent } from '#core/records/entry.ts';
import { readHeldRecord } from '#core/records/held-record.ts';
import { recordKinds } from '#core/records/kinds.ts';
import type { ProfileContent } from '#core/records/profile.ts';
import { recordAddress, singletonSlot } from '#core/records/record.ts';
import { requestStatuses, type EntryKind, type RequestStatus } from '#core/types/board-terms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PersonaKey, PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import { localOf, type DocumentNumber } from '#storage/board-documents.ts';
import { countByAuthor, countValues, type ColumnQuery } from '#storage/board-query.ts';
import type { BoardStore } from '#storage/board-store.ts';
import { addressBytes } from './addresses.ts';

/** One entry as its columns know it. */
export interface IndexedEntry {
  readonly address: RecordAddressText;
  readonly kind: EntryKind;
  readonly author: PersonaKeyText;
  readonly slot: string;
  readonly rev: number;
  readonly day: Day;
  readonly until: Day;
  readonly status: RequestStatus;
  /** The author's public pseudonym, where a profile is known. */
  readonly authorName: string | null;
}

/** One entry with what its record says. */
export interface WholeEntry extends IndexedEntry {
  readonly entry: EntryContent;
}

/** Languages and countries that occur on the board, most frequent first. */
interface Facets {
  readonly languages: readonly string[];
  readonly countries: readonly string[];
}

/** The board in the engine's words: columns answer at once, texts come from the disk. */
export class BoardIndex {
  readonly store: BoardStore;
  #facets: { readonly version: number; readonly values: Facets } | null = null;

  constructor(store: BoardStore) {
    this.store = store;
  }

  get size(): number {
    return this.store.documents.shownCount;
  }

  /** An entry's facts; undefined where it is not shown. */
  get(address: RecordAddressText): IndexedEntry | undefined {
    const document = this.#find(address);
    return document === undefined ? undefined : this.#toIndexed(document);
  }

  /** An entry whole, once the board is in memory; undefined where it is not shown. */
  async read(address: RecordAddressText): Promise<WholeEntry | undefined> {
    await this.store.openAll();
    const document = this.#find(address);
    if (document === undefined) return undefined;
    const facts = this.#toIndexed(document);
    const row = await this.store.getAt(address);
    return row && toWhole(facts, row.bytes);
  }

  /** An author's public pseudonym. */
  profileOf(author: PersonaKeyText): { readonly name: string } | undefined {
    const key = base64UrlToBytes(author);
    const name = key.ok ? this.#nameOf(key.value) : null;
    return name === null ? undefined : { name };
  }

  /** An author's profile whole. */
  async readProfile(author: PersonaKeyText): Promise<ProfileContent | undefined> {
    const key = base64UrlToBytes(author);
    const row = key.ok ? await this.store.get(profileAddress(key.value)) : undefined;
    const profile = row && readHeldRecord(row.bytes);
    return profile?.kind === 'profile' ? (profile.value ?? undefined) : undefined;
  }

  /** How many entries a persona has on the board. */
  countOf(author: PersonaKeyText): number {
    const key = base64UrlToBytes(author);
    return key.ok ? countByAuthor(this.store.documents, key.value) : 0;
  }

  /** One page of what matches. */
  async find(
    query: ColumnQuery,
    offset: number,
    limit: number,
  ): Promise<{ readonly entries: readonly WholeEntry[]; readonly total: number }> {
    const { documents, records, total } = await this.store.query(query, offset, limit);
    const entries = documents.flatMap((document, index) => {
      const bytes = records[index];
      return bytes === undefined ? [] : (toWhole(this.#toIndexed(document), bytes) ?? []);
    });
    return { entries, total };
  }

  /** The filters’ choices. */
  facets(): Facets {
    const { documents } = this.store;
    if (this.#facets?.version !== documents.version) {
      this.#facets = {
        version: documents.version,
        values: {
          languages: countValues(documents, 'language'),
          countries: countValues(documents, 'country'),
        },
      };
    }
    return this.#facets.values;
  }

  #find(address: RecordAddressText): DocumentNumber | undefined {
    const bytes = addressBytes(address);
    const document = bytes === undefined ? -1 : this.store.documents.find(bytes);
    if (document < 0) return undefined;
    const { shown } = this.store.documents.segmentOf(document);
    return shown[localOf(document)] === 1 ? document : undefined;
  }

  #nameOf(author: Bytes): string | null {
    const { documents } = this.store;
    const document = documents.find(profileAddress(author));
    if (document < 0 || documents.hasExpired(document)) return null;
    return documents.segmentOf(document).names.get(localOf(document)) ?? null;
  }

  #toIndexed(document: DocumentNumber): IndexedEntry {
    const segment = this.store.documents.segmentOf(document);
    const local = localOf(document);
    const author = segment.authorOf(local);
    return {
      address: bytesToBase64Url(segment.addressOf(local)) as RecordAddressText,
      kind: segment.kinds[local] === recordKinds.offer ? 'offer' : 'request',
      author: bytesToBase64Url(author) as PersonaKeyText,
      slot: bytesToBase64Url(segment.slotOf(local)),
      rev: segment.revs[local] ?? 0,
      day: (segment.days[local] ?? 0) as Day,
      until: (segment.untils[local] ?? 0) as Day,
      status: requestStatuses[segment.statuses[local] ?? 0] ?? 'open',
      authorName: this.#nameOf(author),
    };
  }
}

function profileAddress(author: Bytes) {
  return recordAddress(author as PersonaKey, recordKinds.profile, singletonSlot);
}

function toWhole(facts: IndexedEntry, bytes: Bytes): WholeEntry | undefined {
  const record = readHeldRecord(bytes);
  const isEntry = record.kind === 'request' || record.kind === 'offer';
  return isEntry && record.value !== null ? { ...facts, entry: record.value } : undefined;
}
