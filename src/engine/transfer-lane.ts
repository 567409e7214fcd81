/** How one file came along. */
export type StepEnd =
  /** Done with, whatever came of it. */
  | { readonly kind: 'done' }
  /** The link or the relay: try again in a while, sooner where something had crossed. */
  | { readonly kind: 'later'; readonly hadProgress: boolean; readonly afterMs: number | null };

/** Something that can be worked on; `key` tells it from others. */
export interface LaneWork {
  readonly key: string;
  readonly run: (signal: AbortSignal) => Promise<StepEnd>;
}

/** 250 ms after a break that followed progress, doubled at each without, at most a minute. */
const firstRetryMs = 250;
const longestRetryMs = 60_000;

/** Until when a file waits; a wait that the relay demanded is kept also when a link comes. */
interface Wait {
  readonly untilMs: number;
  readonly isDemanded: boolean;
}

/** Works on one file at a time, and comes back to those that were cut off. */
export class TransferLane {
  readonly #list: () => Promise<readonly LaneWork[]>;
  readonly #waits = new Map<string, Wait>();
  readonly #failures = new Map<string, number>();
  #current: { readonly key: string; readonly controller: AbortController } | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `list` names what there is to do, in order; it may reject where the storage does. */
  constructor(list: () => Promise<readonly LaneWork[]>) {
    this.#list = list;
  }

  /** The link may be there: what waits for it is tried at once, and so is what its user asks for. */
  wake(asked?: string): void {
    for (const [key, { isDemanded }] of this.#waits) {
      if (!isDemanded || key === asked) this.#waits.delete(key);
    }
    this.#start();
  }

  stop(key: string): void {
    if (this.#current?.key === key) this.#current.controller.abort();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#current?.controller.abort();
    await this.#running;
  }

  #start(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#again = this.#running !== null;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#again) this.#start();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#again = false;
      const works = await this.#list();
      const now = performance.now();
      const due = works.find(({ key }) => (this.#waits.get(key)?.untilMs ?? 0) <= now);
      if (this.#closed) return;
      if (due === undefined) {
        this.#scheduleNext(works, now);
        return;
      }
      await this.#work(due);
    }
  }

  async #work({ key, run }: LaneWork): Promise<void> {
    const controller = new AbortController();
    this.#current = { key, controller };
    const end = await run(controller.signal);
    this.#current = null;
    if (end.kind === 'done') {
      this.#failures.delete(key);
      return;
    }
    const failures = end.hadProgress ? 0 : (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delayMs = end.afterMs ?? Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
    const isDemanded = end.afterMs !== null;
    this.#waits.set(key, { untilMs: performance.now() + delayMs, isDemanded });
  }

  #scheduleNext(works: readonly LaneWork[], now: number): void {
    const times = works.flatMap(({ key }) => this.#waits.get(key)?.untilMs ?? []);
    if (times.length === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#start();
      },
      Math.max(0, Math.min(...times) - now) + 1,
    );
  }
}
