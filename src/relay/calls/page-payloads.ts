import type { Bytes } from '#core/types/bytes.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';

/** Pages that are kept: after a wake-up, everybody asks for the same few. */
const keptPages = 16;
const nothing: Bytes = new Uint8Array(0);

/** Lays pages of the log out as payloads, in a worker, each once for all who ask at a time. */
export class PagePayloads {
  readonly #workers: WorkerPool;
  readonly #kept = new Map<string, Promise<Bytes>>();

  constructor(workers: WorkerPool) {
    this.#workers = workers;
  }

  /** The payload of a page; `name` is the same for the same records. */
  of(name: string, records: readonly Bytes[]): Promise<Bytes> {
    if (records.length === 0) return Promise.resolve(nothing);
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const made = this.#workers.layOut(records);
    this.#kept.set(name, made);
    made.catch(() => this.#kept.delete(name));
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= keptPages) break;
      this.#kept.delete(oldest);
    }
    return made;
  }
}
