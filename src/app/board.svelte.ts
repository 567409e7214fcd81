import { untrack } from 'svelte';
import type { EntryKind, RequestStatus, Skill, Urgency } from '#core/types/board-terms.ts';
import type { Stars } from '#core/types/trust-terms.ts';
import type { BoardPage, BoardQuery, BoardRow, SearchTerms } from '#engine/api/board-calls.ts';
import { engine, lookEarly, onEngineEvent } from './engine-client.ts';
import { KeptAnswers } from './kept-answers.ts';
import { RowHeights } from './row-heights.ts';

/** What the reader looks for; an empty text means no wish. */
export interface BoardWishes {
  readonly text: string;
  readonly kind: EntryKind | '';
  readonly skill: Skill | '';
  readonly language: string;
  readonly country: string;
  readonly urgency: Urgency | '';
  readonly status: RequestStatus | '';
  /** Only entries of the last so many days; null for any age. */
  readonly maxAgeDays: number | null;
  /** Only entries of those who have at least so many stars; null for any. */
  readonly minStars: Stars | null;
  readonly sort: 'newest' | 'match';
  readonly savedOnly: boolean;
  readonly mineOnly: boolean;
}

export const noWishes: BoardWishes = {
  text: '',
  kind: '',
  skill: '',
  language: '',
  country: '',
  urgency: '',
  status: '',
  maxAgeDays: null,
  minStars: null,
  sort: 'newest',
  savedOnly: false,
  mineOnly: false,
};

/** Enough for what is drawn at the top: every answer is copied between the threads. */
const rowsPerPage = 25;
/** A page of the list by its number. */
interface HeldPage {
  readonly number: number;
  readonly rows: readonly BoardRow[];
}

/** Pages that stay in memory around what is shown. */
const pagesKept = 16;

/**
 * The list on the board, of any length: rows are asked for by the page where they are looked at. It
 * outlives the screen, so that coming back finds the same place; wishes stay in memory and never in
 * an address, which others could read in the browser's history.
 */
export class BoardState {
  /** Where the rows stand on the screen. */
  readonly heights = new RowHeights();
  #wishes = $state.raw<BoardWishes>(noWishes);
  #page = $state.raw<BoardPage | null>(null);
  #pages = $state.raw<readonly HeldPage[]>([]);
  /** Grows with every list that begins at its top. */
  #list = $state.raw(0);
  #isAsking = $state.raw(false);
  #first = 0;
  #last = rowsPerPage - 1;
  #ticket = 0;
  #answers = keptAnswers();
  #isReading = false;
  #isStale = false;

  get wishes(): BoardWishes {
    return this.#wishes;
  }

  /** The newest answer, or null before the first. */
  get page(): BoardPage | null {
    return this.#page;
  }

  get total(): number {
    return this.#page?.total ?? 0;
  }

  /** Another number for another list: what was scrolled to means nothing any more. */
  get list(): number {
    return this.#list;
  }

  /** Whether another list is on its way. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** How many wishes apart from the search text are set. */
  readonly filterCount = $derived(
    [
      this.#wishes.kind,
      this.#wishes.skill,
      this.#wishes.language,
      this.#wishes.country,
      this.#wishes.urgency,
      this.#wishes.status,
      this.#wishes.maxAgeDays ?? '',
      this.#wishes.minStars ?? '',
      this.#wishes.savedOnly ? 'saved' : '',
      this.#wishes.mineOnly ? 'mine' : '',
    ].filter((wish) => wish !== '').length,
  );

  /** One row, or undefined while it is on its way. */
  rowAt(index: number): BoardRow | undefined {
    const wanted = Math.floor(index / rowsPerPage);
    return this.#pages.find(({ number }) => number === wanted)?.rows[index % rowsPerPage];
  }

  /** Reads the board and reads it again when it moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'board' || event === 'vault') this.#readAgain();
    });
    // What it asks for is no reason to follow anew.
    untrack(() => {
      this.#readAgain();
    });
    return stop;
  }

  /** Takes other wishes and starts from the top. */
  wish(change: Partial<BoardWishes>): void {
    // A choice and a first letter cost so much by themselves that their lists have frames of their own.
    const goesOn = change.text !== undefined && this.#wishes.text !== '';
    this.#wishes = { ...this.#wishes, ...change };
    this.#first = 0;
    this.#last = rowsPerPage - 1;
    void this.#readFromTop(goesOn);
  }

  /** Somebody is about to type: what a search reads is read meanwhile. */
  prepareSearch(): void {
    // A search that could not be made ready waits for the disk itself.
    engine.prepareSearch().catch(() => {});
  }

  /** This is about to be looked for: the engine begins before the box itself has it. */
  foresee(text: string): void {
    // Who asks for it in earnest hears what went wrong.
    this.#answers.bring(this.#queryOf(0, text)).catch(() => {});
  }

  clear(): void {
    this.wish(noWishes);
  }

  /** Stops fetching the rest of the board, or goes on with it. */
  pauseFetching(paused: boolean): Promise<void> {
    return engine.pauseBoard(paused);
  }

  /** The rows from one to another are looked at: brings those that are not here yet. */
  look(first: number, last: number): void {
    this.#first = first;
    this.#last = last;
    void this.#readMissing();
  }

  async #readFromTop(mayBeEarly: boolean): Promise<void> {
    const ticket = ++this.#ticket;
    const query = this.#queryOf(0);
    // What is taken back, or was foreseen, brings its list with it, in the same frame.
    if (this.#beginWithKept(query, mayBeEarly)) return;
    this.#isAsking = true;
    const isAwaited = () => ticket === this.#ticket && this.#isAsking;
    const coming = this.#answers.bring(query);
    if (mayBeEarly) {
      requestAnimationFrame(() => {
        if (isAwaited()) this.#beginWithKept(query, mayBeEarly);
      });
    }
    const page = await coming.catch((error: unknown) => {
      this.#hasAnswer(ticket);
      throw error;
    });
    if (isAwaited()) this.#begin(page);
  }

  /** Whether the answer is here. */
  #beginWithKept(query: BoardQuery, mayBeEarly: boolean): boolean {
    const kept = this.#answers.get(query, mayBeEarly);
    if (kept !== undefined) this.#begin(kept);
    return kept !== undefined;
  }

  #begin(answer: BoardPage): void {
    const page = this.#withWhatStood(answer);
    this.#isAsking = false;
    this.#pages = [{ number: 0, rows: page.rows }];
    this.#page = page;
    this.heights.reset(page.total);
    this.#list++;
  }

  /** Reads what is looked at again, once more if the board moved meanwhile. */
  #readAgain(): void {
    this.#isStale = true;
    this.#answers = keptAnswers();
    if (!this.#isReading) void this.#readStale();
  }

  async #readStale(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const ticket = ++this.#ticket;
        await this.#readShown(ticket).finally(() => {
          this.#hasAnswer(ticket);
        });
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** What is on its way is so no more, unless something else was asked for since. */
  #hasAnswer(ticket: number): void {
    if (ticket === this.#ticket) this.#isAsking = false;
  }

  async #readShown(ticket: number): Promise<void> {
    const pages: HeldPage[] = [];
    for (const number of this.#shownPages()) {
      const page = await this.#ask(number);
      if (ticket !== this.#ticket) return;
      pages.push({ number, rows: page.rows });
      this.#page = page;
    }
    this.#pages = pages;
    this.heights.resize(this.total);
  }

  async #readMissing(): Promise<void> {
    const ticket = this.#ticket;
    for (const number of this.#shownPages()) {
      const isHere = this.#pages.some((page) => page.number === number);
      if (isHere || number * rowsPerPage >= this.total) continue;
      const page = await this.#ask(number);
      if (ticket !== this.#ticket) return;
      this.#pages = this.#withPage({ number, rows: page.rows });
    }
  }

  #shownPages(): readonly number[] {
    const first = Math.floor(this.#first / rowsPerPage);
    const count = Math.floor(this.#last / rowsPerPage) - first + 1;
    return Array.from({ length: Math.max(1, count) }, (_, index) => first + index);
  }

  /** The pages that are here and one more, without those furthest from what is looked at. */
  #withPage(added: HeldPage): readonly HeldPage[] {
    const nearest = [...this.#pages, added].sort(
      (a, b) => Math.abs(a.number - added.number) - Math.abs(b.number - added.number),
    );
    return nearest.slice(0, pagesKept);
  }

  /** Rows and lists that say what the last ones said stay the same ones, and are not drawn anew. */
  async #ask(number: number): Promise<BoardPage> {
    const query = this.#queryOf(number);
    return this.#withWhatStood(
      await (number === 0 ? this.#answers.bring(query) : engine.queryBoard(query)),
    );
  }

  #queryOf(number: number, text = this.#wishes.text): BoardQuery {
    const terms = toTerms({ ...this.#wishes, text });
    return { ...terms, offset: number * rowsPerPage, limit: rowsPerPage };
  }

  #withWhatStood(page: BoardPage): BoardPage {
    const before = this.#page;
    if (before === null) return page;
    const held = this.#pages.flatMap(({ rows }) => rows);
    const heldAt = (wanted: BoardRow) => held.find(({ address }) => address === wanted.address);
    return {
      ...page,
      rows: page.rows.map((row) => sameOrNew(heldAt(row), row)),
      languages: sameOrNew(before.languages, page.languages),
      countries: sameOrNew(before.countries, page.countries),
    };
  }
}

function sameOrNew<T>(before: T | undefined, now: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** Wishes as they are kept or asked for: the engine knows no empty wish. */
export function toTerms(wishes: BoardWishes): SearchTerms {
  const { kind, skill, language, country, urgency, status } = wishes;
  return {
    ...wishes,
    kind: kind || null,
    skill: skill || null,
    language: language || null,
    country: country || null,
    urgency: urgency || null,
    status: status || null,
  };
}

function keptAnswers(): KeptAnswers {
  return new KeptAnswers((query) => engine.queryBoard(query), lookEarly);
}

export const board = new BoardState();
