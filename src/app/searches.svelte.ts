import type { MatchProfile, SavedSearch, SearchTerms } from '#engine/api/board-calls.ts';
import type { EngineErrorCode } from '#engine/api/outcome.ts';
import { board, noWishes, toTerms, type BoardWishes } from './board.svelte.ts';
import { engine, onEngineEvent } from './engine-client.ts';

const emptyProfile: MatchProfile = { skills: [], languages: [], countries: [] };

/** Kept searches and what the helper of this device can do; both stay in the vault. */
export class Searches {
  #list = $state.raw<readonly SavedSearch[]>([]);
  #profile = $state.raw<MatchProfile>(emptyProfile);
  #error = $state.raw<EngineErrorCode | null>(null);

  get list(): readonly SavedSearch[] {
    return this.#list;
  }

  get profile(): MatchProfile {
    return this.#profile;
  }

  /** Whether the helper has said anything that entries can be compared with. */
  readonly hasProfile = $derived(
    this.#profile.skills.length + this.#profile.languages.length + this.#profile.countries.length >
      0,
  );

  get error(): EngineErrorCode | null {
    return this.#error;
  }

  /** Reads them, and again when they or the board move, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'searches' || event === 'board' || event === 'vault') void this.#read();
    });
    void this.#read();
    return stop;
  }

  /** Keeps what is being looked for. */
  async keep(): Promise<void> {
    const kept = await engine.saveSearch(toTerms(board.wishes));
    this.#error = kept.ok ? null : kept.error.code;
  }

  /** Looks for it again, and counts its hits as seen. */
  async open({ id, terms }: SavedSearch): Promise<void> {
    board.wish(toWishes(terms));
    await engine.markSearchSeen(id);
  }

  async remove(id: string): Promise<void> {
    await engine.removeSavedSearch(id);
  }

  async saveProfile(profile: MatchProfile): Promise<void> {
    const saved = await engine.saveMatchProfile(profile);
    this.#error = saved.ok ? null : saved.error.code;
    if (saved.ok) this.#profile = profile;
  }

  async #read(): Promise<void> {
    const [list, profile] = await Promise.all([
      engine.listSavedSearches(),
      engine.readMatchProfile(),
    ]);
    this.#list = list.ok ? list.value : [];
    this.#profile = profile.ok ? profile.value : emptyProfile;
  }
}

/** Kept terms as the form shows them; those of an older version may lack a wish of this one. */
function toWishes(terms: SearchTerms): BoardWishes {
  const { kind, skill, language, country, urgency, status } = terms;
  return {
    ...noWishes,
    ...terms,
    kind: kind ?? '',
    skill: skill ?? '',
    language: language ?? '',
    country: country ?? '',
    urgency: urgency ?? '',
    status: status ?? '',
  };
}
