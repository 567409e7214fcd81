import type { BoardCount } from '#sync/board-context.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { BoardProgress } from './api/network-calls.ts';
import type { EngineContext } from './engine-context.ts';

/** How often the screens hear of a first sync that goes on. */
const tellEveryMs = 500;

/** The fetching of boards: how far it has come, whether the user wants it now, and one relay at a time. */
export class BoardFetching {
  /** One relay's board after the other: what came from the first is not fetched from the second. */
  readonly inTurn: EngineContext['exclusive'];
  readonly #db: WallflowerDatabase;
  readonly #tell: () => void;
  #count: BoardCount | null = null;
  #toldMs = 0;
  #paused = new AbortController();
  #isPaused: Promise<boolean> | undefined;

  constructor(db: WallflowerDatabase, inTurn: EngineContext['exclusive'], tell: () => void) {
    this.inTurn = inTurn;
    this.#db = db;
    this.#tell = tell;
  }

  /** Aborted while the rest of the board is not wanted. */
  signal(): AbortSignal {
    return this.#paused.signal;
  }

  /** Whether the user has put the rest off; asked once of the disk. */
  isPaused(): Promise<boolean> {
    this.#isPaused ??= this.#db.settings.get('board-paused').then((row) => {
      if (row?.value === true) this.#paused.abort();
      return row?.value === true;
    });
    return this.#isPaused;
  }

  async pause(paused: boolean): Promise<void> {
    this.#isPaused = Promise.resolve(paused);
    if (paused) this.#paused.abort();
    else if (this.#paused.signal.aborted) this.#paused = new AbortController();
    await this.#db.settings.put({ key: 'board-paused', value: paused });
    if (this.#count !== null) this.#tell();
  }

  /** Takes down how far it has come; null when it is through. Where it is paused, the count stays. */
  note(count: BoardCount | null): void {
    if (count === null && this.#paused.signal.aborted) return;
    const isEnd = (count === null) !== (this.#count === null);
    this.#count = count;
    const now = performance.now();
    if (!isEnd && now - this.#toldMs < tellEveryMs) return;
    this.#toldMs = now;
    this.#tell();
  }

  async progress(): Promise<BoardProgress | null> {
    const paused = await this.isPaused();
    const nothing = { records: 0, totalRecords: 0, bytes: 0, totalBytes: 0 };
    if (this.#count === null && !paused) return null;
    return { ...(this.#count ?? nothing), paused };
  }
}
