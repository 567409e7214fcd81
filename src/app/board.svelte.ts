import type { EntryKind, Skill, Urgency } from '#core/types/board-terms.ts';
import type { BoardPage, BoardQuery, BoardRow } from '#engine/api/board-calls.ts';
import { engine, onEngineEvent } from './engine-client.ts';

/** What the reader looks for; an empty text means no wish. */
export interface BoardWishes {
  readonly text: string;
  readonly kind: EntryKind | '';
  readonly skill: Skill | '';
  readonly language: string;
  readonly country: string;
  readonly urgency: Urgency | '';
  readonly savedOnly: boolean;
}

export const noWishes: BoardWishes = {
  text: '',
  kind: '',
  skill: '',
  language: '',
  country: '',
  urgency: '',
  savedOnly: false,
};

const rowsPerPage = 30;
/** The engine's own bound on one answer. */
const mostRowsPerQuery = 100;
const typingPauseMs = 120;

/**
 * The list on the board. It outlives the screen, so that coming back finds the same place; wishes
 * stay in memory and never in an address, which others could read in the browser's history.
 */
export class BoardState {
  #wishes = $state.raw<BoardWishes>(noWishes);
  #rows = $state.raw<readonly BoardRow[]>([]);
  #page = $state.raw<BoardPage | null>(null);
  #wanted = rowsPerPage;
  #ticket = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;

  get wishes(): BoardWishes {
    return this.#wishes;
  }

  get rows(): readonly BoardRow[] {
    return this.#rows;
  }

  /** The newest answer without its rows' history, or null before the first. */
  get page(): BoardPage | null {
    return this.#page;
  }

  get hasMore(): boolean {
    return this.#page !== null && this.#rows.length < this.#page.total;
  }

  /** How many wishes apart from the search text are set. */
  readonly filterCount = $derived(
    [
      this.#wishes.kind,
      this.#wishes.skill,
      this.#wishes.language,
      this.#wishes.country,
      this.#wishes.urgency,
      this.#wishes.savedOnly ? 'saved' : '',
    ].filter((wish) => wish !== '').length,
  );

  /** Reads the board and reads it again when it moves, until the returned function is called. */
  follow(): () => void {
    const stop = onEngineEvent((event) => {
      if (event === 'board' || event === 'vault') void this.#read();
    });
    void this.#read();
    return () => {
      stop();
      clearTimeout(this.#typing);
    };
  }

  /** Takes other wishes and starts from the top; typing is answered after a short pause. */
  wish(change: Partial<BoardWishes>): void {
    this.#wishes = { ...this.#wishes, ...change };
    this.#wanted = rowsPerPage;
    clearTimeout(this.#typing);
    if ('text' in change) this.#typing = setTimeout(() => void this.#read(), typingPauseMs);
    else void this.#read();
  }

  clear(): void {
    this.wish(noWishes);
  }

  /** Shows one page more; resolves when its rows are there, to the index of the first new one. */
  async showMore(): Promise<number> {
    const first = this.#rows.length;
    this.#wanted = first + rowsPerPage;
    await this.#read();
    return first;
  }

  async #read(): Promise<void> {
    const ticket = ++this.#ticket;
    const rows: BoardRow[] = [];
    let page: BoardPage;
    do {
      const limit = Math.min(mostRowsPerQuery, this.#wanted - rows.length);
      page = await engine.queryBoard(wishesToQuery(this.#wishes, rows.length, limit));
      if (ticket !== this.#ticket) return;
      rows.push(...page.rows);
      if (page.rows.length === 0) break;
    } while (rows.length < Math.min(this.#wanted, page.total));
    this.#rows = withoutRepeats(rows);
    this.#page = page;
  }
}

function wishesToQuery(wishes: BoardWishes, offset: number, limit: number): BoardQuery {
  return {
    text: wishes.text,
    kind: wishes.kind || null,
    skill: wishes.skill || null,
    language: wishes.language || null,
    country: wishes.country || null,
    urgency: wishes.urgency || null,
    savedOnly: wishes.savedOnly,
    mineOnly: false,
    offset,
    limit,
  };
}

/** A board that moved between two queries may tell one row twice. */
function withoutRepeats(rows: readonly BoardRow[]): readonly BoardRow[] {
  return [...new Map(rows.map((row) => [row.address, row])).values()];
}

export const board = new BoardState();
