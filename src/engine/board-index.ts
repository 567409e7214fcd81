import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import type { EntryContent } from '#core/records/entry.ts';
import type { ProfileContent } from '#core/records/profile.ts';
import { foldForSearch, searchWords } from '#core/records/search-text.ts';
import type { EntryKind, RequestStatus } from '#core/types/board-terms.ts';
import type { Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { RecordRow } from '#storage/database.ts';
import type { BoardQuery } from './api/board-calls.ts';

/** One entry as the board holds it in memory. */
export interface IndexedEntry {
  readonly address: RecordAddressText;
  readonly kind: EntryKind;
  readonly author: PersonaKeyText;
  readonly slot: string;
  readonly rev: number;
  readonly day: Day;
  readonly until: Day;
  readonly entry: EntryContent;
  readonly folded: string;
}

/** Which entries a query may show that only the vault knows of. */
export interface PrivateMarks {
  readonly isMine: (entry: IndexedEntry) => boolean;
  readonly isSaved: (address: RecordAddressText) => boolean;
}

/** The board in memory: filters and search without touching the disk. */
export class BoardIndex {
  readonly #entries = new Map<RecordAddressText, IndexedEntry>();
  readonly #profiles = new Map<PersonaKeyText, ProfileContent>();
  readonly #statuses = new Map<string, RequestStatus>();
  #newestFirst: readonly IndexedEntry[] | null = null;

  get size(): number {
    return this.#entries.size;
  }

  /** Takes in rows that won at their address. */
  take(rows: readonly RecordRow[]): void {
    for (const row of rows) this.#takeRow(row);
    this.#newestFirst = null;
  }

  /** Lets go of what has expired. */
  drop(addresses: readonly RecordAddressText[]): void {
    for (const address of addresses) this.#entries.delete(address);
    this.#newestFirst = null;
  }

  get(address: RecordAddressText): IndexedEntry | undefined {
    return this.#entries.get(address);
  }

  profileOf(author: PersonaKeyText): ProfileContent | undefined {
    return this.#profiles.get(author);
  }

  statusOf(entry: IndexedEntry): RequestStatus {
    return this.#statuses.get(statusKey(entry.author, entry.slot)) ?? 'open';
  }

  /** How many entries a persona has on the board. */
  countOf(author: PersonaKeyText): number {
    return [...this.#entries.values()].filter((entry) => entry.author === author).length;
  }

  /** Everything that matches, newest first. */
  find(query: BoardQuery, marks: PrivateMarks): readonly IndexedEntry[] {
    const words = searchWords(query.text);
    return this.#sorted().filter(
      (entry) =>
        (query.kind === null || entry.kind === query.kind) &&
        (query.skill === null || entry.entry.skills.includes(query.skill)) &&
        (query.language === null || entry.entry.language === query.language) &&
        (query.country === null || entry.entry.country === query.country) &&
        (query.urgency === null || entry.entry.urgency === query.urgency) &&
        words.every((word) => entry.folded.includes(word)) &&
        (!query.savedOnly || marks.isSaved(entry.address)) &&
        (!query.mineOnly || marks.isMine(entry)),
    );
  }

  /** Languages and countries that occur, most frequent first. */
  facets(): { readonly languages: readonly string[]; readonly countries: readonly string[] } {
    const entries = this.#sorted();
    return {
      languages: mostFrequentFirst(entries.map(({ entry }) => entry.language)),
      countries: mostFrequentFirst(entries.map(({ entry }) => entry.country)),
    };
  }

  #takeRow(row: RecordRow): void {
    const checked = checkRecord(row.bytes);
    if (!checked.ok) return;
    const { content, header } = checked.value;
    const slot = bytesToBase64Url(header.slot);
    switch (content.kind) {
      case 'request':
      case 'offer':
        if (content.value === null) this.#entries.delete(row.address);
        else this.#entries.set(row.address, toIndexed(row, content.kind, slot, content.value));
        break;
      case 'profile':
        if (content.value === null) this.#profiles.delete(row.author);
        else this.#profiles.set(row.author, content.value);
        break;
      case 'status':
        this.#statuses.set(statusKey(row.author, slot), content.value?.status ?? 'open');
        break;
      case 'contact':
        break;
    }
  }

  #sorted(): readonly IndexedEntry[] {
    this.#newestFirst ??= [...this.#entries.values()].sort(
      (a, b) => b.day - a.day || (a.address < b.address ? -1 : 1),
    );
    return this.#newestFirst;
  }
}

function toIndexed(
  row: RecordRow,
  kind: EntryKind,
  slot: string,
  entry: EntryContent,
): IndexedEntry {
  const { address, author, rev, day, until } = row;
  const folded = foldForSearch(`${entry.title}\n${entry.text}`);
  return { address, kind, author, slot, rev, day, until, entry, folded };
}

function statusKey(author: PersonaKeyText, slot: string): string {
  return `${author}.${slot}`;
}

function mostFrequentFirst(values: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}
