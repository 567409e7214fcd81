import { compareRevisions, type Revision } from '#core/records/merge.ts';
import { equalBytes, readU32 } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { RecordAddress } from '#core/types/ids.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { maxSegmentDocuments, segmentBits, type Segment } from './board-segment.ts';
import { DocumentTable } from './document-table.ts';

/** The place of one document in memory: its segment's place, then its number there. */
export type DocumentNumber = number;

/** All documents of the board in memory: which one won at each address, what is shown, where requests stand. */
export class BoardDocuments {
  /** By place; null where a segment has gone. */
  readonly segments: (Segment | null)[] = [];
  /** Changes with everything that is shown. */
  version = 0;
  shownCount = 0;
  latestArrival = 0;
  /** Those that won at their address and were not taken back, expired or not. */
  readonly attestations = new Set<DocumentNumber>();
  /** Documents whose last day is before this one have expired. */
  #firstDay = 0 as Day;
  readonly #byAddress = new DocumentTable((document) => this.#addressHash(document));
  readonly #bySlot = new DocumentTable((document) => this.#slotHash(document));

  get firstDay(): Day {
    return this.#firstDay;
  }

  segmentOf(document: DocumentNumber): Segment {
    const segment = this.segments[document >>> segmentBits];
    if (segment === null || segment === undefined) throw new Error('A segment that has gone');
    return segment;
  }

  /** The document that won at an address, expired or not; -1 for none. */
  find(address: RecordAddress | Uint8Array): DocumentNumber {
    const hash = readU32(address);
    return this.#byAddress.find(
      hash,
      (document) =>
        this.#addressHash(document) === hash &&
        equalBytes(this.segmentOf(document).addressOf(localOf(document)), address),
    );
  }

  /** What is remembered of an address, also after its record has expired. */
  revisionAt(address: RecordAddress | Uint8Array): Revision | undefined {
    const document = this.find(address);
    if (document < 0) return undefined;
    const segment = this.segmentOf(document);
    const local = localOf(document);
    return { rev: segment.revs[local] ?? 0, id: segment.idOf(local) };
  }

  /** Whether the document's time has come. */
  hasExpired(document: DocumentNumber): boolean {
    return (this.segmentOf(document).untils[localOf(document)] ?? 0) < this.#firstDay;
  }

  /** Takes a segment in: every document is weighed against the one at its address. */
  add(segment: Segment): void {
    const free = this.segments.indexOf(null);
    const place = free < 0 ? this.segments.length : free;
    this.segments[place] = segment;
    for (let local = 0; local < segment.count; local++) {
      this.#addDocument(segment, place * maxSegmentDocuments + local);
      this.latestArrival = Math.max(this.latestArrival, segment.arrivals[local] ?? 0);
    }
    this.version++;
  }

  /** Forgets segments whose documents have moved, or are to be forgotten. */
  remove(segments: readonly Segment[]): void {
    for (const segment of segments) {
      const place = this.segments.indexOf(segment);
      for (let local = 0; local < segment.count; local++) {
        const document = place * maxSegmentDocuments + local;
        this.#hide(segment, local);
        if (segment.winning[local] === 1) this.#dethrone(segment, document);
      }
      this.segments[place] = null;
    }
    this.version++;
  }

  /** Hides what has expired by a day; how many entries went from sight. */
  expire(today: Day): number {
    if (today <= this.#firstDay) return 0;
    this.#firstDay = today;
    const before = this.shownCount;
    for (const segment of this.segments) {
      if (segment === null) continue;
      for (let local = 0; local < segment.count; local++) {
        if ((segment.untils[local] ?? 0) < today) this.#hide(segment, local);
      }
    }
    if (before !== this.shownCount) this.version++;
    return before - this.shownCount;
  }

  /** Hides an entry whose record has been let go of. */
  release(segment: Segment, local: number): void {
    segment.released[local] = 1;
    this.#hide(segment, local);
    this.version++;
  }

  #addDocument(segment: Segment, document: DocumentNumber): void {
    const local = localOf(document);
    const rivalDocument = this.find(segment.addressOf(local));
    if (rivalDocument >= 0) {
      const rival = this.segmentOf(rivalDocument);
      const rivalLocal = localOf(rivalDocument);
      if (compareRevisions(revisionOf(segment, local), revisionOf(rival, rivalLocal)) <= 0) return;
      this.#hide(rival, rivalLocal);
      this.#dethrone(rival, rivalDocument);
    }
    segment.winning[local] = 1;
    this.#byAddress.add(document);
    const kind = segment.kinds[local];
    if (kind === recordKinds.status) this.#addStatus(segment, document);
    if (kind === recordKinds.attestation) this.attestations.add(document);
    if (isEntryKind(kind)) this.#addEntry(segment, document);
  }

  #addEntry(segment: Segment, document: DocumentNumber): void {
    const local = localOf(document);
    const status = this.#bySlot.find(this.#slotHash(document), (other) => {
      return this.#kindOf(other) === recordKinds.status && this.#sharesSlot(document, other);
    });
    if (status >= 0) {
      segment.statuses[local] = this.segmentOf(status).skills[localOf(status)] ?? 0;
    }
    this.#bySlot.add(document);
    if ((segment.untils[local] ?? 0) < this.#firstDay) return;
    segment.shown[local] = 1;
    this.shownCount++;
  }

  #addStatus(segment: Segment, document: DocumentNumber): void {
    this.#tellEntries(document, segment.skills[localOf(document)] ?? 0);
    this.#bySlot.add(document);
  }

  #tellEntries(statusDocument: DocumentNumber, status: number): void {
    this.#bySlot.find(this.#slotHash(statusDocument), (other) => {
      if (isEntryKind(this.#kindOf(other)) && this.#sharesSlot(statusDocument, other)) {
        this.segmentOf(other).statuses[localOf(other)] = status;
      }
      return false;
    });
  }

  #dethrone(segment: Segment, document: DocumentNumber): void {
    segment.winning[localOf(document)] = 0;
    this.#byAddress.remove(document);
    const kind = segment.kinds[localOf(document)];
    if (isEntryKind(kind) || kind === recordKinds.status) this.#bySlot.remove(document);
    if (kind === recordKinds.status) this.#tellEntries(document, 0);
    this.attestations.delete(document);
  }

  #hide(segment: Segment, local: number): void {
    if (segment.shown[local] !== 1) return;
    segment.shown[local] = 0;
    this.shownCount--;
  }

  #kindOf(document: DocumentNumber): number {
    return this.segmentOf(document).kinds[localOf(document)] ?? 0;
  }

  #sharesSlot(a: DocumentNumber, b: DocumentNumber): boolean {
    if (this.#slotHash(a) !== this.#slotHash(b)) return false;
    const [first, second] = [this.segmentOf(a), this.segmentOf(b)];
    return (
      first.slots[localOf(a)] === second.slots[localOf(b)] &&
      equalBytes(first.authorOf(localOf(a)), second.authorOf(localOf(b)))
    );
  }

  #addressHash(document: DocumentNumber): number {
    return this.segmentOf(document).addressHashes[localOf(document) * 8] ?? 0;
  }

  #slotHash(document: DocumentNumber): number {
    const segment = this.segmentOf(document);
    const local = localOf(document);
    return (
      (segment.authorHashes[local * 8] ?? 0) ^ Math.imul(segment.slots[local] ?? 0, 0x9e37_79b1)
    );
  }
}

/** A document's number in its segment. */
export function localOf(document: DocumentNumber): number {
  return document & (maxSegmentDocuments - 1);
}

/** Whether a document is a request or an offer. */
export function isEntryKind(kind: number | undefined): boolean {
  return kind === recordKinds.request || kind === recordKinds.offer;
}

function revisionOf(segment: Segment, local: number): Revision {
  return { rev: segment.revs[local] ?? 0, id: segment.idOf(local) };
}
