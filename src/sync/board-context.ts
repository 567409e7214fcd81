import type { RecordRow } from '#storage/database.ts';
import type { IncomingRow } from '#storage/board-writer.ts';
import {
  proveRecords,
  storeProved,
  takeInRecords,
  type Intake,
  type IntakeContext,
} from './record-intake.ts';
import type { SignedRecord } from '#core/records/record.ts';
import type { RelayClient } from './relay-client.ts';

/** How far the fetching of a board has come. */
export interface BoardCount {
  readonly records: number;
  readonly totalRecords: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What board sync works with. */
export interface BoardSyncContext extends IntakeContext {
  readonly client: RelayClient;
  /** Called after each batch, so that the first records show while the rest comes. */
  readonly onChanged: (rows: readonly RecordRow[]) => void;
  /** Called while many records come; null when they are through. */
  readonly onProgress: (count: BoardCount | null) => void;
  /** Aborted while the user does not want the rest of the board now. */
  readonly paused: () => AbortSignal;
}

/** So many records are stored in one go where they come fast: docs/decisions/0105. */
const maxWaiting = 4_608;
/** Where they come slowly, none waits longer for others before it is shown. */
const maxWaitMs = 1_000;

/** What came of everything that one relay sent in one visit. */
export class Takings {
  bad = 0;
  readonly stale: string[] = [];
  readonly #context: BoardSyncContext;
  #waiting: IncomingRow[] = [];
  #storedMs = -Infinity;
  #stored: Promise<void> = Promise.resolve();
  /** Settles with the batch that is waiting now. */
  #next = Promise.withResolvers<void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: BoardSyncContext) {
    this.#context = context;
  }

  /** Proves and merges records, and tells of those that won. */
  async take(records: readonly SignedRecord[]): Promise<Intake> {
    const intake = await takeInRecords(this.#context, records);
    this.bad += intake.bad;
    this.#tell(intake.changed);
    return intake;
  }

  /**
   * Proves records and lets them wait for more, so that a fast link brings few large writes; they are
   * being stored while the next are proved. Nothing counts as stored before `settle`.
   */
  async gather(records: readonly SignedRecord[]): Promise<void> {
    const { proved, bad } = await proveRecords(this.#context, records);
    this.bad += bad;
    for (const row of proved) this.#waiting.push(row);
    const isDue = performance.now() - this.#storedMs >= maxWaitMs;
    if (this.#waiting.length >= maxWaiting || isDue) await this.#storeWaiting();
    else this.#timer ??= setTimeout(() => void this.#storeWaiting().catch(() => {}), maxWaitMs);
  }

  /** Resolves once all that was gathered until now is stored, in its time; rejects as `settle` does. */
  get landed(): Promise<void> {
    return this.#waiting.length === 0 ? this.#stored : this.#next.promise;
  }

  /** Stores all that was gathered; rejects with what kept any of it from being stored. */
  settle(): Promise<void> {
    this.#storeWaiting().catch(() => {});
    return this.#stored;
  }

  /** One batch after the other; resolves when the batch before is stored. */
  #storeWaiting(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#waiting;
    const before = this.#stored;
    if (rows.length === 0) return before;
    this.#waiting = [];
    this.#storedMs = performance.now();
    this.#stored = before.then(async () => {
      this.#tell(await storeProved(this.#context, rows));
    });
    const { promise, resolve, reject } = this.#next;
    promise.catch(() => {});
    this.#stored.then(resolve, reject);
    this.#next = Promise.withResolvers();
    return before;
  }

  #tell(changed: readonly RecordRow[]): void {
    if (changed.length > 0) this.#context.onChanged(changed);
  }
}
