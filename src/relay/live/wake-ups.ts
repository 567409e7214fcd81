import type { QueueId } from '#core/types/ids.ts';
import type { LogMove, RelayLog } from '../log-port.ts';

/** What moved: a board, some queues; both empty is a heartbeat. */
export interface WakeUp {
  readonly board: boolean;
  readonly queues: readonly QueueId[];
}

/** What a board tells those whose queues did not move: one object, so that its bytes are made once. */
export const boardAlone: WakeUp = { board: true, queues: [] };

/** Somebody who waits. */
export interface Watcher {
  readonly board: boolean;
  readonly queues: readonly QueueId[];
  /** Called for each wake-up until the watcher is removed. */
  wake(wakeUp: WakeUp): void;
  /** Called when the relay stops. */
  end(): void;
}

/**
 * The first move is told at once, those within this time after it together: a busy board must not ring
 * more than twenty times a second.
 */
const gatherMs = 50;
/**
 * Watchers told between two turns of the event loop, some 13 µs each: what an answer costs after it
 * was written, and what those who were told ask next, waits until all are told.
 */
const slice = 16_384;

/** Tells watchers what has moved. */
export class WakeUps {
  readonly #watchers = new Set<Watcher>();
  readonly #boardWatchers = new Set<Watcher>();
  readonly #watchersByQueue = new Map<string, Set<Watcher>>();
  readonly #limit: number;
  #boardMoved = false;
  #movedQueues = new Map<string, QueueId>();
  #timer: NodeJS.Timeout | undefined;
  #toldMs = 0;

  constructor(log: RelayLog, limit: number) {
    this.#limit = limit;
    log.watch((move) => {
      this.#note(move);
    });
  }

  /** How many wait. */
  get count(): number {
    return this.#watchers.size;
  }

  /** Whether another may wait. */
  get hasRoom(): boolean {
    return this.#watchers.size < this.#limit;
  }

  /** Adds a watcher. */
  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
    if (watcher.board) this.#boardWatchers.add(watcher);
    for (const queue of watcher.queues) {
      const name = nameOf(queue);
      const watchers = this.#watchersByQueue.get(name) ?? new Set();
      this.#watchersByQueue.set(name, watchers.add(watcher));
    }
  }

  /** Removes a watcher; false where it was removed before. */
  remove(watcher: Watcher): boolean {
    if (!this.#watchers.delete(watcher)) return false;
    this.#boardWatchers.delete(watcher);
    for (const queue of watcher.queues) {
      const name = nameOf(queue);
      const watchers = this.#watchersByQueue.get(name);
      watchers?.delete(watcher);
      if (watchers?.size === 0) this.#watchersByQueue.delete(name);
    }
    return true;
  }

  /** Tells everybody that the relay stops. */
  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of [...this.#watchers]) watcher.end();
  }

  #note(move: LogMove): void {
    if (this.#watchers.size === 0) return;
    if (move.what === 'board') this.#boardMoved = true;
    else this.#movedQueues.set(nameOf(move.queue), move.queue);
    // Never within the move itself: whoever caused it is answered first.
    this.#timer ??= setTimeout(
      () => {
        this.#tell();
      },
      Math.max(0, this.#toldMs + gatherMs - performance.now()),
    );
  }

  #tell(): void {
    this.#timer = undefined;
    this.#toldMs = performance.now();
    const boardMoved = this.#boardMoved;
    const moved = this.#movedQueues;
    this.#boardMoved = false;
    this.#movedQueues = new Map();
    const queuesByWatcher = new Map<Watcher, QueueId[]>();
    for (const [name, queue] of moved) {
      for (const watcher of this.#watchersByQueue.get(name) ?? []) {
        const queues = queuesByWatcher.get(watcher);
        if (queues === undefined) queuesByWatcher.set(watcher, [queue]);
        else queues.push(queue);
      }
    }
    // Whose queue moved comes first: the board wakes everybody.
    const watchers = new Set(queuesByWatcher.keys());
    if (boardMoved) for (const watcher of this.#boardWatchers) watchers.add(watcher);
    this.#wake([...watchers], 0, boardMoved, queuesByWatcher);
  }

  #wake(
    watchers: readonly Watcher[],
    from: number,
    boardMoved: boolean,
    queuesByWatcher: ReadonlyMap<Watcher, readonly QueueId[]>,
  ): void {
    for (const watcher of watchers.slice(from, from + slice)) {
      if (!this.#watchers.has(watcher)) continue;
      const queues = queuesByWatcher.get(watcher);
      if (queues === undefined) watcher.wake(boardAlone);
      else watcher.wake({ board: boardMoved && watcher.board, queues });
    }
    if (from + slice >= watchers.length) return;
    setImmediate(() => {
      this.#wake(watchers, from + slice, boardMoved, queuesByWatcher);
    });
  }
}

function nameOf(queue: QueueId): string {
  return Buffer.from(queue).toString('base64url');
}
