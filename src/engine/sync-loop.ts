import type { RelayOrigin } from '#core/types/ids.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { RelayClient, type RelayTransport } from '#sync/relay-client.ts';
import { readMeter, writeMeter } from '#storage/settings-store.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import type { EngineContext } from './engine-context.ts';
import { expireBoard } from './board-expiry.ts';
import type { QueuePositions } from './mail-pickup.ts';
import { boardOrigins } from './publishing.ts';
import { visitRelay, type Visited } from './relay-visit.ts';
import type { VaultSession } from './vault-session.ts';

/** After a visit that failed: 1 s, doubled each time, at most a minute. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A link that breaks in the middle of visits is there: the wait grows to 8 s only. */
const mostFailuresWithLink = 4;
/** A challenge lasts ten minutes; a poll is not begun with one older than this. */
const challengeUseMs = 480_000;
/** Where there are only boards of files, they are looked at this often. */
const staticVisitMs = 900_000;

type Visits = readonly (readonly [RelayOrigin, Visited])[];

/** Visits the relays: when something waits, when a link comes, when a relay says that something moved. */
export class SyncLoop {
  readonly transport: RelayTransport;
  readonly #context: EngineContext;
  readonly #positions: QueuePositions = new Map();
  readonly #meter = { down: 0, up: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching: AbortController | null = null;
  #failures = 0;
  #running: Promise<void> | null = null;
  #following: Promise<void> | null = null;
  #runAgain = false;
  #stopped = false;
  #clockConfirmed = false;

  constructor(context: EngineContext) {
    this.#context = context;
    this.transport = {
      fetch: context.fetch,
      countBytes: (direction, bytes) => {
        this.#meter[direction] += bytes;
      },
    };
  }

  get syncing(): boolean {
    return this.#running !== null;
  }

  /**
   * Visits as soon as possible; resolves when a visit that began after this call is over. One that is
   * under way may have passed by what the caller wants to see done, so another follows it.
   */
  visitNow(): Promise<void> {
    if (this.#running === null) return this.#begin();
    this.#following ??= this.#running.then(() => this.#begin());
    return this.#following;
  }

  /** Visits soon, without waiting for it. */
  kick(): void {
    if (this.#stopped) return;
    if (this.#running !== null) this.#runAgain = true;
    else this.#schedule(0);
  }

  /** The link is back: visits at once, and forgets how often it failed. */
  linkIsBack(): void {
    this.#failures = 0;
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
    this.#watching?.abort();
    await this.#context.transfers?.close();
    await this.#running;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.visitNow(), delayMs);
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
    this.#running = null;
    this.#context.emit('network');
    if (this.#stopped) return;
    this.#failures = visits.length > 0 ? 0 : Math.min(this.#failures + 1, mostFailures);
    if (this.#following !== null) return;
    if (this.#runAgain) {
      this.#schedule(0);
    } else if (visits.length > 0) {
      this.#watch(visits);
    } else {
      this.#schedule(this.#retryDelayMs());
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
      const visits = await this.#visitAll();
      await this.#afterVisits(visits.length > 0);
      return visits;
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

  async #visitAll(): Promise<Visits> {
    const context = this.#context;
    const known = await boardOrigins(context.db);
    const addressed = (await context.db.outbox.toArray()).map(({ relay }) => relay);
    const queues = context.vault?.all('queue').filter(({ wanted }) => wanted) ?? [];
    const read = queues.map(({ relay }) => relay);
    const origins = [...new Set([...known, ...addressed, ...read])];
    const results = await Promise.all(
      origins.map(async (origin) => {
        const client = new RelayClient(origin, this.transport);
        const isConfirmed = () => this.#clockConfirmed;
        return [origin, await visitRelay(context, client, this.#positions, isConfirmed)] as const;
      }),
    );
    return results.flatMap(([origin, visited]) =>
      visited.ok ? [[origin, visited.value] as const] : [],
    );
  }

  /** Replies that waited for a card are encrypted now, and go out with the next visit. */
  async #afterVisits(isLinked: boolean): Promise<void> {
    const context = this.#context;
    if (context.vault !== null) {
      const { answerWhereCardsCame } = await import('./housekeeping.ts');
      const begun = await answerWhereCardsCame(context, isLinked ? this.transport : null);
      if (begun > 0) this.#runAgain = true;
    }
    if (isLinked) await this.#wakeTransfers();
    await this.#keepMeter();
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

  async #keepMeter(): Promise<void> {
    const { down, up } = this.#meter;
    if (down + up === 0) return;
    this.#meter.down -= down;
    this.#meter.up -= up;
    const meter = await readMeter(this.#context.db);
    await writeMeter(this.#context.db, { down: meter.down + down, up: meter.up + up });
  }

  #retryDelayMs(): number {
    const delay = Math.min(firstRetryMs * 2 ** (this.#failures - 1), longestRetryMs);
    const [jitter = 0] = this.#context.random(1);
    return delay * (0.8 + (0.4 * jitter) / 255);
  }

  /** Waits at every visited relay until something moves, then visits again. */
  #watch(visits: Visits): void {
    this.#watching?.abort();
    const controller = new AbortController();
    this.#watching = controller;
    const untilMs = this.#context.clock() + challengeUseMs;
    const relays = visits.flatMap(([origin, visited]) =>
      visited === null ? [] : [[origin, visited] as const],
    );
    // Files at a web host wake nobody.
    if (relays.length === 0) this.#schedule(staticVisitMs);
    for (const [origin, visited] of relays) {
      for (const role of ['contact', 'conversation'] as const) {
        void this.#watchRole(origin, visited, role, controller.signal, untilMs).catch(onlyStorage);
      }
    }
  }

  async #watchedQueues(vault: VaultSession, origin: RelayOrigin, role: 'contact' | 'conversation') {
    const { watchedQueues } = await import('./mail-pickup.ts');
    return watchedQueues(this.#context, vault, origin, role, this.#positions);
  }

  async #watchRole(
    origin: RelayOrigin,
    { call }: NonNullable<Visited>,
    role: 'contact' | 'conversation',
    signal: AbortSignal,
    untilMs: number,
  ): Promise<void> {
    const context = this.#context;
    const client = new RelayClient(origin, this.transport);
    while (!signal.aborted && context.clock() < untilMs) {
      const { vault } = context;
      const watched = vault === null ? [] : await this.#watchedQueues(vault, origin, role);
      if (role === 'conversation' && watched.length === 0) return;
      const relay = role === 'contact' ? await context.db.relays.get(origin) : undefined;
      // A cursor that waits before damage, or for the user, would be woken at once, for ever.
      const isWaiting = relay === undefined || relay.epoch === null || relay.damagedReads > 0;
      const seen = isWaiting ? null : relay.sequence;
      const { composePoll } = await import('#sync/mail-sync.ts');
      const body = composePoll(vault?.crypto ?? null, call, seen, watched);
      const woken = await client.poll(body, signal);
      if (signal.aborted) return;
      if (!woken.ok) {
        this.#failures++;
        this.#schedule(this.#retryDelayMs());
        return;
      }
      const [boardMoved, queuesMoved] = woken.value;
      // A poll watches so many queues; what may lie in the others, a visit finds.
      const isPartial = watched.length > wireLimits.queuesPerRead;
      if (boardMoved || queuesMoved.length > 0 || isPartial) break;
    }
    if (!signal.aborted) this.kick();
  }
}

/** Watching ends where storage does; anything else is a bug. */
function onlyStorage(cause: unknown): void {
  if (storageFaultOf(cause) === undefined) throw cause;
}
