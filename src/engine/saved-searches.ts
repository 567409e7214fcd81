import { skillCodes } from '#core/types/board-terms.ts';
import { ok } from '#core/types/result.ts';
import type { MatchProfile, SavedSearch, SearchTerms } from './api/board-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { toColumnQuery } from './board-terms-query.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { SealedValueOf } from './sealed-values.ts';

const maxSearches = 50;
const maxTextCharacters = 200;
const maxProfileItems = 60;

/** The searches that are kept, each with how many hits came in since it was looked at. */
export function listSavedSearches(context: EngineContext): Outcome<readonly SavedSearch[]> {
  return runUnlocked(context, async (vault) => {
    await context.db.board.openAll();
    const found: SavedSearch[] = [];
    for (const search of vault.all('search')) {
      found.push({ id: search.id, terms: search.terms, fresh: await countFresh(context, search) });
    }
    return ok(found);
  });
}

/** Keeps a search; what is on the device already counts as seen. */
export function saveSearch(context: EngineContext, terms: SearchTerms): Outcome<string> {
  return runUnlocked(context, async (vault) => {
    if (terms.text.length > maxTextCharacters || vault.all('search').length >= maxSearches) {
      return engineError('invalid-entry');
    }
    const id = vault.newId();
    const seenArrival = await latestArrival(context);
    await vault.commit({ put: [{ type: 'search', id, terms: plainTerms(terms), seenArrival }] });
    context.emit('searches');
    return ok(id);
  });
}

/** Lets go of a search. */
export function removeSavedSearch(context: EngineContext, id: string): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const search = vault.get('search', id);
    if (search === undefined) return engineError('not-found');
    await vault.commit({ remove: [search] });
    context.emit('searches');
    return ok(undefined);
  });
}

/** Notes that a search's hits have been looked at. */
export function markSearchSeen(context: EngineContext, id: string): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const search = vault.get('search', id);
    if (search === undefined) return engineError('not-found');
    const seenArrival = await latestArrival(context);
    if (seenArrival === search.seenArrival) return ok(undefined);
    await vault.commit({ put: [{ ...search, seenArrival }] });
    context.emit('searches');
    return ok(undefined);
  });
}

/** What the helper of this device can do; all empty where nothing was said. */
export function readMatchProfile(context: EngineContext): Outcome<MatchProfile> {
  return runUnlocked(context, (vault) => {
    const [value] = vault.all('match-profile');
    const { skills = [], languages = [], countries = [] } = value ?? {};
    return Promise.resolve(ok({ skills, languages, countries }));
  });
}

/** Keeps what the helper can do; it never leaves the device. */
export function saveMatchProfile(context: EngineContext, profile: MatchProfile): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const [languages, countries] = [[...profile.languages], [...profile.countries]];
    const skills = profile.skills.filter((skill) => skill in skillCodes);
    if (languages.length > maxProfileItems || countries.length > maxProfileItems) {
      return engineError('invalid-entry');
    }
    const id = vault.all('match-profile')[0]?.id ?? vault.newId();
    await vault.commit({ put: [{ type: 'match-profile', id, skills, languages, countries }] });
    context.emit('board');
    context.emit('searches');
    return ok(undefined);
  });
}

async function countFresh(
  context: EngineContext,
  { terms, seenArrival }: SealedValueOf<'search'>,
): Promise<number> {
  const query = toColumnQuery(context, terms, await context.charter.read());
  return context.board.store.count({ ...query, match: null, afterArrival: seenArrival });
}

async function latestArrival({ db }: EngineContext): Promise<number> {
  await db.board.openAll();
  return db.board.documents.latestArrival;
}

/** Only the fields that are kept: a screen's object may carry more. */
function plainTerms(terms: SearchTerms): SearchTerms {
  const { text, kind, skill, language, country, urgency, status } = terms;
  const { maxAgeDays, minStars, sort, savedOnly, mineOnly } = terms;
  return {
    ...{ text, kind, skill, language, country, urgency, status },
    ...{ maxAgeDays, minStars, sort, savedOnly, mineOnly },
  };
}
