import type { BoardPage, BoardQuery } from '#engine/api/board-calls.ts';

/** Enough to take back all that is usually typed into a search. */
const mostKept = 32;

/** Finds the answer to a query, as JSON, where it lies before it has come. */
type EarlyLook = (query: string) => BoardPage | undefined;

interface KeptAnswer {
  readonly coming: Promise<BoardPage>;
  readonly early: EarlyLook;
  here?: BoardPage | undefined;
}

/** What was asked last, here or on its way; true until the board moves. */
export class KeptAnswers {
  readonly #ask: (query: BoardQuery) => Promise<BoardPage>;
  readonly #lookEarly: () => EarlyLook;
  readonly #kept = new Map<string, KeptAnswer>();

  /** `lookEarly` is called before each question. */
  constructor(ask: (query: BoardQuery) => Promise<BoardPage>, lookEarly: () => EarlyLook) {
    this.#ask = ask;
    this.#lookEarly = lookEarly;
  }

  /** An answer that is here, or lies ready if one may be taken early. */
  get(query: BoardQuery, mayBeEarly: boolean): BoardPage | undefined {
    const asked = JSON.stringify(query);
    const kept = this.#kept.get(asked);
    if (kept === undefined) return undefined;
    this.#use(asked, kept);
    if (mayBeEarly) kept.here ??= kept.early(asked);
    return kept.here;
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
    const kept: KeptAnswer = { early: this.#lookEarly(), coming: this.#ask(query) };
    kept.coming.then(
      (page) => (kept.here = page),
      () => this.#kept.delete(asked),
    );
    return kept;
  }
}
