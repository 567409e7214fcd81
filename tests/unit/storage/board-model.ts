import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { attestationToContent } from '#core/records/attestation.ts';
import { charterToContent } from '#core/records/charter.ts';
import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { entryToContent, type EntryContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { mergeRevisions } from '#core/records/merge.ts';
import { foldForSearch } from '#core/records/search-text.ts';
import type { SignedRecord } from '#core/records/record.ts';
import { profileToContent } from '#core/records/profile.ts';
import { statusToContent } from '#core/records/status.ts';
import type { RequestStatus } from '#core/types/board-terms.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey, PersonaSeed, Signature, Slot } from '#core/types/ids.ts';
import type { Stars } from '#core/types/trust-terms.ts';
import type { RecordRow } from '#storage/database.ts';
import { toRecordRow } from '#sync/record-intake.ts';

/** Nothing here looks at signatures: the store keeps what was proved before. */
const unsigned = { sign: () => new Uint8Array(64).fill(1) as Signature };

/** An author by a number. */
export function authorOf(number: number): { readonly key: PersonaKey; readonly seed: PersonaSeed } {
  const key = new Uint8Array(32).fill(number + 1);
  return { key: key as PersonaKey, seed: key as unknown as PersonaSeed };
}

export function slotOf(number: number): Slot {
  return Uint8Array.of(1, 0, 0, number) as Slot;
}

function rowOf(record: SignedRecord): RecordRow {
  const checked = checkSignedRecord(record);
  if (!checked.ok) throw new Error(checked.error.code);
  return toRecordRow(checked.value);
}

/** Where a record stands and when. */
export interface Place {
  readonly author: number;
  readonly slot: number;
  readonly rev: number;
  readonly day: Day;
  readonly until: Day;
}

export function entryRow(
  { author, slot, rev, day, until }: Place,
  entry: EntryContent,
  kind: 'request' | 'offer' = 'request',
): RecordRow {
  const header = { kind: recordKinds[kind], slot: slotOf(slot), rev, day, until };
  return rowOf(composeRecord(unsigned, authorOf(author), header, entryToContent(entry)));
}

export function withdrawalRow({ author, slot, rev, day }: Place): RecordRow {
  const header = { kind: recordKinds.request, slot: slotOf(slot), rev, day };
  return rowOf(composeWithdrawal(unsigned, authorOf(author), header));
}

export function statusRow(
  { author, slot, rev, day, until }: Place,
  status: RequestStatus,
): RecordRow {
  const header = { kind: recordKinds.status, slot: slotOf(slot), rev, day, until };
  return rowOf(composeRecord(unsigned, authorOf(author), header, statusToContent({ status })));
}

export function profileRow({ author, rev, day }: Place, name: string): RecordRow {
  const slot = new Uint8Array(4) as Slot;
  const header = { kind: recordKinds.profile, slot, rev, day, until: addDays(day, 180) };
  const content = profileToContent({ name, about: '', languages: [], skills: [], countries: [] });
  return rowOf(composeRecord(unsigned, authorOf(author), header, content));
}

/** What a steward says of somebody; null takes it back. */
export function attestationRow(
  { author, slot, rev, day, until }: Place,
  subject: number,
  stars: Stars | null,
): RecordRow {
  const header = { kind: recordKinds.attestation, slot: slotOf(slot), rev, day };
  if (stars === null) return rowOf(composeWithdrawal(unsigned, authorOf(author), header));
  const content = attestationToContent({ subject: authorOf(subject).key, stars, method: 'papers' });
  return rowOf(composeRecord(unsigned, authorOf(author), { ...header, until }, content));
}

export function charterRow(
  { author, rev, day, until }: Omit<Place, 'slot'>,
  stewards: readonly number[],
): RecordRow {
  const header = { kind: recordKinds.charter, slot: new Uint8Array(4) as Slot, rev, day, until };
  const keys = stewards.map((steward) => authorOf(steward).key);
  const content = charterToContent({ name: 'The house', stewards: keys });
  return rowOf(composeRecord(unsigned, authorOf(author), header, content));
}

/** What the model knows of an entry; null in place of content for a withdrawal. */
interface ModelEntry {
  readonly row: RecordRow;
  readonly author: number;
  readonly slot: number;
  readonly kind: 'request' | 'offer';
  readonly entry: EntryContent | null;
}

/** The board as a map and a loop: slow, and plainly right. */
export class BoardModel {
  readonly #winners = new Map<string, RecordRow>();
  readonly #entries = new Map<RecordRow, ModelEntry>();
  readonly #statuses = new Map<RecordRow, RequestStatus>();
  #today = 0 as Day;

  addEntry(row: RecordRow, facts: Omit<ModelEntry, 'row'>): void {
    this.#entries.set(row, { row, ...facts });
    this.#merge(row);
  }

  addStatus(row: RecordRow, status: RequestStatus): void {
    this.#statuses.set(row, status);
    this.#merge(row);
  }

  expire(today: Day): void {
    this.#today = today;
  }

  /** Addresses of what is shown and passes, newest first. */
  find(
    passes: (entry: EntryContent, facts: ModelEntry, status: RequestStatus) => boolean,
  ): readonly string[] {
    return [...this.#winners.values()]
      .filter(({ until }) => until >= this.#today)
      .flatMap((row) => this.#entries.get(row) ?? [])
      .filter((facts) => facts.entry !== null && passes(facts.entry, facts, this.#statusOf(facts)))
      .sort((a, b) => b.row.day - a.row.day || (hex(a.row) < hex(b.row) ? -1 : 1))
      .map(({ row }) => row.address);
  }

  #statusOf({ author, slot }: ModelEntry): RequestStatus {
    const key = bytesToBase64Url(authorOf(author).key);
    for (const row of this.#winners.values()) {
      const status = this.#statuses.get(row);
      if (status !== undefined && row.author === key && row.bytes[0] !== undefined) {
        const isSame =
          row.address ===
          statusRow({ author, slot, rev: 0, day: row.day, until: row.day }, 'open').address;
        if (isSame) return status;
      }
    }
    return 'open';
  }

  #merge(row: RecordRow): void {
    const rival = this.#winners.get(row.address);
    this.#winners.set(row.address, rival === undefined ? row : mergeRevisions(rival, row));
  }
}

function hex(row: RecordRow): string {
  return Buffer.from(row.address, 'base64url').toString('hex');
}

/** Whether a text of plain words has every word of a query, the last as a beginning. */
export function hasWords(entry: EntryContent, query: string): boolean {
  const words = foldForSearch(`${entry.title} ${entry.text}`).split(/\W+/u);
  const wanted = foldForSearch(query)
    .split(/\W+/u)
    .filter((word) => word !== '');
  return wanted.every((word, index) =>
    words.some((one) => (index === wanted.length - 1 ? one.startsWith(word) : one === word)),
  );
}
