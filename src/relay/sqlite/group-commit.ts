import type { DatabaseSync } from 'node:sqlite';

interface Write {
  /** Does the work inside the transaction; what it throws undoes this write alone. */
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** How long the first write of a group waits for company. */
const gatherMs = 2;
/** A group this large is committed at once. */
const maxGroup = 512;

/** Thrown at writes that come after the log was closed. */
export class LogClosedError extends Error {
  constructor() {
    super('the log is closed');
    this.name = 'LogClosedError';
  }
}

/**
 * Runs many writes in one transaction every few milliseconds. A promise resolves only after COMMIT
 * has returned, which with synchronous=FULL means after the write-ahead log is on the disk.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #onCommitted: () => void;
  readonly #onRolledBack: () => void;
  #waiting: Write[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #groups = 0;

  /** `onRolledBack` is called whenever counters kept in memory must be read again. */
  constructor(db: DatabaseSync, onCommitted: () => void, onRolledBack: () => void) {
    this.#db = db;
    this.#onCommitted = onCommitted;
    this.#onRolledBack = onRolledBack;
  }

  /** Transactions so far. */
  get groups(): number {
    return this.#groups;
  }

  /** Queues a write; resolves with what `work` returned, once it is durable. */
  run<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new LogClosedError());
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (this.#waiting.length >= maxGroup) this.flush();
      else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    if (!this.#commit(group)) for (const write of group) this.#commit([write], true);
  }

  /** Commits what waits and refuses everything after it. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  #commit(group: readonly Write[], alone = false): boolean {
    const results: unknown[] = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const write of group) results.push(write.work());
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#onRolledBack();
      if (alone) for (const write of group) write.reject(error);
      return false;
    }
    this.#groups++;
    this.#onCommitted();
    for (const [index, write] of group.entries()) write.resolve(results[index]);
    return true;
  }
}
