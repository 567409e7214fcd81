import type { RelayOrigin } from '#core/types/ids.ts';
import { RelayClient, type RelayTransport } from '#sync/relay-client.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import type { EngineContext } from './engine-context.ts';
import { expireBoard } from './board-expiry.ts';
import { LinkMeter } from './link-meter.ts';
import type { QueuePositions } from './mail-pickup.ts';
import { boardOrigins } from './publishing.ts';
import { visitRelay, type Visit, type Visited } from './relay-visit.ts';
import { onlyStorage, RelayWatch } from './relay-watch.ts';

/** After a visit that failed: 1 s, doubled each time, at most a minute. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A link that breaks in the middle of visits is there: the wait grows to 8 s only. */
const mostFailuresWithLink = 4;
/** A board that takes longer is brought beside the watch for mail. */
const boardPatienceMs = 1_000;
/** No row is put off for longer: outbox-flush.ts. */
const longestPutOffMs = 3_600_000;
/** Where there are only boards of files, they are looked at this often. */
const staticVisitMs = 900_000;

type Visits = readonly (readonly [RelayOrigin, Visited])[];

/** Visits the relays: when something waits, when a link comes, when a relay says that something moved. */
export class SyncLoop {
  readonly #context: EngineContext;
  readonly #positions: QueuePositions = new Map();
  readonly #watch: RelayWatch;
  readonly #meter: LinkMeter;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #running: Promise<void> | null = null;
  #following: Promise<void> | null = null;
  #runAgain = false;
  #interrupt = () => {};
  #stopped = false;
  #clockConfirmed = false;
  #hasAsked = false;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#meter = new LinkMeter(context);
    this.#watch = new RelayWatch(context, this.transport, this.#positions, {
      moved: () => {
        this.kick();
      },
      broke: () => {
        this.#failures++;
        this.#schedule(this.#retryDelayMs());
      },
    });
  }

  get transport(): RelayTransport {
    return this.#meter.transport;
  }

  /** Whether every relay has been asked since the start, with whatever outcome. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  get syncing(): boolean {
    return this.#running !== null || this.#context.boards.isBringing();
  }

  /**
   * Visits as soon as possible; resolves when a visit that began after this call is over and no board
   * is on its way. A visit under way may have passed by what the caller wants to see done, so another
   * follows it.
   */
  async visitNow(): Promise<void> {
    await this.#visitNext();
    await this.#context.boards.settled();
  }

  #visitNext(): Promise<void> {
    if (this.#running === null) return this.#begin();
    this.#following ??= this.#running.then(() => this.#begin());
    this.#interrupt();
    return this.#following;
  }

  /** Visits soon, without waiting for it. */
  kick(): void {
    if (this.#stopped) return;
    if (this.#running === null) {
      this.#schedule(0);
      return;
    }
    this.#runAgain = true;
    this.#interrupt();
  }

  /** The link is back: visits at once, and forgets how often it failed. What stood on the old one is gone. */
  linkIsBack(): void {
    this.#failures = 0;
    this.#watch.stop();
    this.kick();
  }

  confirmClock(): void {
    this.#clockConfirmed = true;
    this.#context.clockWrong = false;
    this.kick();
  }

  /** Stops for good; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#watch.stop();
    this.#interrupt();
    await this.#context.transfers?.close();
    await this.#running;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#visitNext(), delayMs);
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#following = null;
    if (this.#stopped) return Promise.resolve();
    this.#runAgain = false;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#context.emit('network');
    const startMs = this.#context.clock();
    const visits = await this.#visitUnlessStorageFails();
    const mostFailures = (await this.#metRelaySince(startMs)) ? mostFailuresWithLink : Infinity;
    const dueMs = await this.#outboxDueMs();
    this.#running = null;
    this.#hasAsked = true;
    this.#context.emit('network');
    if (this.#stopped) return;
    this.#failures = visits.length > 0 ? 0 : Math.min(this.#failures + 1, mostFailures);
    if (this.#following !== null) return;
    if (this.#runAgain) {
      this.#schedule(0);
    } else if (visits.length > 0) {
      this.#watch.begin(visits);
      // Files at a web host wake nobody.
      const filesMs = visits.every(([, visited]) => visited === null) ? staticVisitMs : Infinity;
      const waitMs = Math.min(filesMs, dueMs);
      if (waitMs < Infinity) this.#schedule(waitMs);
    } else {
      this.#schedule(this.#retryDelayMs());
    }
  }

  /** In how long something is to be sent again that a relay put off; Infinity for never. */
  async #outboxDueMs(): Promise<number> {
    try {
      const waiting = await this.#context.db.outbox.where('state').equals('waiting').toArray();
      const nowMs = this.#context.clock();
      const waits = waiting.map(({ notBeforeMs }) => notBeforeMs - nowMs);
      // What waits for a decision has no time.
      return Math.min(Infinity, ...waits.filter((wait) => wait > 0 && wait <= longestPutOffMs));
    } catch (cause) {
      onlyStorage(cause);
      return Infinity;
    }
  }

  /** Whether some relay has greeted since then, although its visit may have failed afterwards. */
  async #metRelaySince(startMs: number): Promise<boolean> {
    try {
      const relays = await this.#context.db.relays.toArray();
      return relays.some(({ lastContactMs }) => lastContactMs !== null && lastContactMs >= startMs);
    } catch (cause) {
      onlyStorage(cause);
      return false;
    }
  }

  /** A full or closed disk ends the round as a broken link does: nothing is lost, and it is tried again. */
  async #visitUnlessStorageFails(): Promise<Visits> {
    try {
      await expireBoard(this.#context);
      await this.#prepare();
      return await this.#visitAndBring();
    } catch (cause) {
      if (storageFaultOf(cause) === undefined) throw cause;
      return [];
    }
  }

  async #prepare(): Promise<void> {
    const context = this.#context;
    await context.exclusive(async () => {
      if (context.vault === null) return;
      const { rotateKeys } = await import('./housekeeping.ts');
      const { vault } = context;
      if (vault !== null) await rotateKeys(context, vault);
    });
  }

  /**
   * Visits, then waits for the boards. A long one goes on beside the watch for mail, and when something
   * is to be sent or read, this round ends without it; the next one joins it again.
   */
  async #visitAndBring(): Promise<Visits> {
    const rounds = await this.#visitAll();
    const visits = rounds.flatMap(([origin, { visited }]) =>
      visited.ok ? [[origin, visited.value] as const] : [],
    );
    const broken = new Set<RelayOrigin>();
    const brought = Promise.all(
      rounds.map(async ([origin, { board }]) => {
        if (board !== null && !(await board).ok) broken.add(origin);
      }),
    );
    if (!(await isOverWithin(brought, boardPatienceMs))) {
      await this.#afterVisits(visits.length > 0);
      this.#watch.begin(visits);
      await Promise.race([brought, this.#whenInterrupted()]);
    }
    await this.#afterVisits(visits.length > 0);
    return visits.filter(([origin]) => !broken.has(origin));
  }

  #whenInterrupted(): Promise<void> {
    return new Promise((resolve) => {
      this.#interrupt = resolve;
      if (this.#runAgain || this.#following !== null || this.#stopped) resolve();
    });
  }

  async #visitAll(): Promise<readonly (readonly [RelayOrigin, Visit])[]> {
    const context = this.#context;
    const known = await boardOrigins(context.db);
    const addressed = (await context.db.outbox.toArray()).map(({ relay }) => relay);
    const queues = context.vault?.all('queue').filter(({ wanted }) => wanted) ?? [];
    const read = queues.map(({ relay }) => relay);
    const origins = [...new Set([...known, ...addressed, ...read])];
    return Promise.all(
      origins.map(async (origin) => {
        const client = new RelayClient(origin, this.transport);
        const isConfirmed = () => this.#clockConfirmed;
        return [origin, await visitRelay(context, client, this.#positions, isConfirmed)] as const;
      }),
    );
  }

  /** Replies that waited for a card are encrypted now, and go out with the next visit. */
  async #afterVisits(isLinked: boolean): Promise<void> {
    const context = this.#context;
    if (context.vault !== null) {
      const { answerWhereCardsCame } = await import('./housekeeping.ts');
      const hasBegun = await answerWhereCardsCame(context, isLinked ? this.transport : null);
      if (hasBegun && isLinked) this.#runAgain = true;
    }
    if (isLinked) await this.#wakeTransfers();
    await this.#meter.keep();
  }

  async #wakeTransfers(): Promise<void> {
    const context = this.#context;
    if (this.#stopped || (await context.db.files.count()) === 0) return;
    if (context.transfers === null) {
      const { AttachmentTransfers } = await import('./attachment-transfers.ts');
      context.transfers ??= new AttachmentTransfers(context, this.transport);
    }
    context.transfers.wake();
  }

  #retryDelayMs(): number {
    const delay = Math.min(firstRetryMs * 2 ** (this.#failures - 1), longestRetryMs);
    const [jitter = 0] = this.#context.random(1);
    return delay * (0.8 + (0.4 * jitter) / 255);
  }
}

/** Whether a promise settles in so much time; its failure is thrown. */
async function isOverWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([promise.then(() => true), later]);
  } finally {
    clearTimeout(timer);
  }
}
