import type { CharterContent } from '#core/records/charter.ts';
import { readHeldRecord } from '#core/records/held-record.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, singletonSlot } from '#core/records/record.ts';
import { compareStars, type WeighedStars } from '#core/trust/weigh-stars.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PersonaKey, PersonaKeyText, RecordAddress, RecordId } from '#core/types/ids.ts';
import {
  vettingMethodCodes,
  vettingMethods,
  type Stars,
  type VettingMethod,
} from '#core/types/trust-terms.ts';
import { AuthorSet } from '#storage/author-set.ts';
import { localOf, type DocumentNumber } from '#storage/board-documents.ts';
import type { Segment } from '#storage/board-segment.ts';
import type { BoardStore } from '#storage/board-store.ts';
import { personaText } from './addresses.ts';

/** One steward's word on one persona, while it stands. */
export interface StandingStars extends WeighedStars {
  readonly subject: PersonaKey;
  readonly steward: PersonaKey;
  readonly stars: Stars;
  readonly method: VettingMethod | null;
  readonly day: Day;
  readonly until: Day;
}

/** A charter that stands. */
interface StandingCharter extends CharterContent {
  readonly id: RecordId;
  readonly until: Day;
}

/** What the board said of trust at one moment. */
export interface TrustView {
  /** Null while it has not come, was taken back or has expired: nobody is a steward then. */
  readonly charter: StandingCharter | null;
  /** Whether anybody vets people on this board now. */
  readonly hasStewards: boolean;
  /** Every word of a steward that stands. */
  readonly all: readonly StandingStars[];
  /** What counts for each persona that was vetted, by its key as text. */
  readonly stars: ReadonlyMap<PersonaKeyText, StandingStars>;
  /** Everybody with so many or more. */
  readonly withAtLeast: (least: Stars) => AuthorSet;
}

/** The stars on this board by one charter, found anew when the board has changed. */
export class TrustIndex {
  readonly #store: BoardStore;
  readonly #address: RecordAddress;
  #charter: StandingCharter | null = null;
  #found: { readonly version: number; readonly day: Day; readonly view: TrustView } | null = null;

  constructor(store: BoardStore, charterKey: PersonaKey) {
    this.#store = store;
    this.#address = recordAddress(charterKey, recordKinds.charter, singletonSlot);
  }

  /** Who vets people here and what they say, as far as the board is in memory. */
  async read(): Promise<TrustView> {
    const { version, firstDay: day } = this.#store.documents;
    if (this.#found?.version === version && this.#found.day === day) return this.#found.view;
    const charter = await this.#readCharter();
    const stewards = charter?.stewards ?? [];
    const all = findStanding(this.#store, new AuthorSet(stewards));
    const stars = countStars(all);
    const view = {
      charter,
      hasStewards: stewards.length > 0,
      all,
      stars,
      withAtLeast: setsOf(stars),
    };
    this.#found = { version, day, view };
    return view;
  }

  async #readCharter(): Promise<StandingCharter | null> {
    const { documents } = this.#store;
    const document = documents.find(this.#address);
    if (document < 0 || documents.hasExpired(document)) return null;
    const segment = documents.segmentOf(document);
    const id = segment.idOf(localOf(document));
    if (this.#charter !== null && equalBytes(this.#charter.id, id)) return this.#charter;
    const until = (segment.untils[localOf(document)] ?? 0) as Day;
    const [bytes] = await this.#store.readRecords([document]);
    const record = bytes && readHeldRecord(bytes);
    const content = record?.kind === 'charter' ? record.value : null;
    this.#charter = content && { ...content, id, until };
    return this.#charter;
  }
}

function findStanding({ documents }: BoardStore, stewards: AuthorSet): readonly StandingStars[] {
  const standing: StandingStars[] = [];
  for (const document of documents.attestations) {
    const segment = documents.segmentOf(document);
    if (!stewards.hasWritten(segment, localOf(document)) || documents.hasExpired(document))
      continue;
    const said = toStars(segment, document);
    if (said !== null) standing.push(said);
  }
  return standing;
}

function countStars(all: readonly StandingStars[]): TrustView['stars'] {
  const stars = new Map<PersonaKeyText, StandingStars>();
  for (const said of all) {
    const subject = personaText(said.subject);
    const rival = stars.get(subject);
    if (rival === undefined || compareStars(said, rival) < 0) stars.set(subject, said);
  }
  return stars;
}

/** Sets of personas are found once, for as long as the board stays as it is. */
function setsOf(stars: TrustView['stars']): TrustView['withAtLeast'] {
  const sets = new Map<Stars, AuthorSet>();
  return (least) => {
    const known = sets.get(least);
    if (known !== undefined) return known;
    const vetted = [...stars.values()].filter(({ stars: count }) => count >= least);
    const set = new AuthorSet(vetted.map(({ subject }) => subject));
    sets.set(least, set);
    return set;
  };
}

function toStars(segment: Segment, document: DocumentNumber): StandingStars | null {
  const local = localOf(document);
  const steward = segment.authorOf(local) as PersonaKey;
  const subject = segment.subjects.get(local) as PersonaKey | undefined;
  if (subject === undefined || equalBytes(subject, steward)) return null;
  return {
    steward,
    subject,
    stars: (segment.skills[local] ?? 0) as Stars,
    method:
      vettingMethods.find((name) => vettingMethodCodes[name] === segment.urgencies[local]) ?? null,
    day: (segment.days[local] ?? 0) as Day,
    until: (segment.untils[local] ?? 0) as Day,
  };
}
