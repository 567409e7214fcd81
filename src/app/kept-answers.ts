import type { BoardPage, BoardQuery } from '#engine/api/board-calls.ts';

/** Enough to take back all that is usually typed into a search. */
const mostKept = 32;

interface KeptAnswer {
  readonly coming: Promise<BoardPage>;
  here?: BoardPage;
}

/** What was asked last, here or on its way; true until the board moves. */
export class KeptAnswers {
  readonly #ask: (query: BoardQuery) => Promise<BoardPage>;
  readonly #kept = new Map<string, KeptAnswer>();

  constructor(ask: (query: BoardQuery) => Promise<BoardPage>) {
    this.#ask = ask;
  }

  /** An answer that is here. */
  get(query: BoardQuery): BoardPage | undefined {
    const asked = JSON.stringify(query);
    const kept = this.#kept.get(asked);
    if (kept !== undefined) this.#use(asked, kept);
    return kept?.here;
  }

  /** The answer, asked for unless it is here or on its way. */
  bring(query: BoardQuery): Promise<BoardPage> {
    const asked = JSON.stringify(query);
    const kept = this.#kept.get(asked) ?? this.#begin(query, asked);
    this.#use(asked, kept);
    return kept.coming;
  }

  /** The one unused longest leaves when there are too many. */
  #use(asked: string, kept: KeptAnswer): void {
    this.#kept.delete(asked);
    this.#kept.set(asked, kept);
    const [unused = asked] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(unused);
  }

  #begin(query: BoardQuery, asked: string): KeptAnswer {
    const kept: KeptAnswer = { coming: this.#ask(query) };
    kept.coming.then(
      (page) => (kept.here = page),
      () => this.#kept.delete(asked),
    );
    return kept;
  }
}
