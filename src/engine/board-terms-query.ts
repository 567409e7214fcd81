import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { queryWords } from '#core/search/words.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import { skillCodes, statusCodes, urgencyCodes } from '#core/types/board-terms.ts';
import { documentsAt, type ColumnQuery, type MatchColumns } from '#storage/board-query.ts';
import { AuthorSet } from '#storage/author-set.ts';
import { personaText } from './addresses.ts';
import type { MatchProfile, SearchTerms } from './api/board-calls.ts';
import { today, type EngineContext } from './engine-context.ts';
import type { TrustView } from './trust-index.ts';

/** What a screen asks for, in the columns' terms. */
export function toColumnQuery(
  context: EngineContext,
  terms: SearchTerms,
  trust: TrustView | null,
): ColumnQuery {
  const { vault, board } = context;
  const saved = () =>
    (vault?.all('saved') ?? []).flatMap(({ address }) => {
      const bytes = base64UrlToBytes(address);
      return bytes.ok && bytes.value.length === 32 ? [bytes.value] : [];
    });
  const profile = terms.sort === 'match' ? matchProfileOf(context) : null;
  return {
    words: queryWords(terms.text),
    kind: terms.kind === null ? null : recordKinds[terms.kind],
    skill: terms.skill === null ? null : 1 << skillCodes[terms.skill],
    language: terms.language,
    country: terms.country,
    urgency: terms.urgency === null ? null : urgencyCodes[terms.urgency],
    status: terms.status === null ? null : statusCodes[terms.status],
    fromDay: terms.maxAgeDays === null ? null : today(context) - terms.maxAgeDays,
    afterArrival: null,
    onlyDocuments: terms.savedOnly ? documentsAt(board.store.documents, saved()) : null,
    onlyAuthors: wantedAuthors(context, terms, trust),
    match: profile && toMatchColumns(profile),
  };
}

function wantedAuthors(
  { vault }: EngineContext,
  { mineOnly, minStars }: SearchTerms,
  trust: TrustView | null,
): AuthorSet | null {
  const mine = mineOnly ? (vault?.all('persona') ?? []).map(({ key }) => key) : null;
  if (minStars === null) return mine && new AuthorSet(mine);
  if (mine === null) return trust?.withAtLeast(minStars) ?? new AuthorSet([]);
  const starsOf = (key: PersonaKey) => trust?.stars.get(personaText(key))?.stars ?? -1;
  return new AuthorSet(mine.filter((key) => starsOf(key) >= minStars));
}

/** What the helper of this device can do, as far as the open vault says; null for nothing. */
export function matchProfileOf({ vault }: EngineContext): MatchProfile | null {
  const [value] = vault?.all('match-profile') ?? [];
  if (value === undefined) return null;
  const { skills, languages, countries } = value;
  return skills.length + languages.length + countries.length === 0
    ? null
    : { skills, languages, countries };
}

function toMatchColumns({ skills, languages, countries }: MatchProfile): MatchColumns {
  return {
    skills: skills.reduce((bits, skill) => bits | (1 << skillCodes[skill]), 0),
    languages,
    countries,
  };
}
