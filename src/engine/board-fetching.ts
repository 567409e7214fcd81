import type { RelayOrigin } from '#core/types/ids.ts';
import type { Result } from '#core/types/result.ts';
import type { BoardCount } from '#sync/board-context.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { BoardProgress } from './api/network-calls.ts';
import type { EngineContext } from './engine-context.ts';

/** How often the screens hear of a first sync that goes on. */
const tellEveryMs = 500;

/** How bringing a board ended. */
export type BoardBrought = Result<void, RelayFault>;

interface Fetching {
  readonly brought: Promise<BoardBrought>;
  /** Aborted when the user put it off. */
  readonly signal: AbortSignal;
}

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
  readonly #underWay = new Map<RelayOrigin, Fetching>();

  constructor(db: WallflowerDatabase, inTurn: EngineContext['exclusive'], tell: () => void) {
    this.inTurn = inTurn;
    this.#db = db;
    this.#tell = tell;
  }

  /**
   * Brings one relay's board, or joins in where that is under way already. It goes on beside later
   * visits: mail neither goes out nor comes in any later because a board is long.
   */
  bring(origin: RelayOrigin, work: () => Promise<BoardBrought>): Promise<BoardBrought> {
    const before = this.#underWay.get(origin);
    // One that was put off is about to end where it is; what is wanted again follows it.
    const isEnding = before?.signal.aborted === true && !this.signal().aborted;
    if (before !== undefined && !isEnding) return before.brought;
    const brought = this.inTurn(work).finally(() => {
      if (this.#underWay.get(origin)?.brought === brought) this.#underWay.delete(origin);
    });
    brought.catch(() => undefined);
    this.#underWay.set(origin, { brought, signal: this.signal() });
    return brought;
  }

  /** Whether a board is on its way, from this relay or from any. */
  isBringing(origin?: RelayOrigin): boolean {
    return origin === undefined ? this.#underWay.size > 0 : this.#underWay.has(origin);
  }

  /** Resolves when no board is on its way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.allSettled([...this.#underWay.values()].map(({ brought }) => brought));
    }
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
