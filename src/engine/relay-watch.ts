import type { RelayOrigin } from '#core/types/ids.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { composePoll } from '#sync/live-poll.ts';
import { RelayClient, type RelayTransport } from '#sync/relay-client.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import type { EngineContext } from './engine-context.ts';
import type { QueuePositions } from './mail-pickup.ts';
import type { Visited } from './relay-visit.ts';
import type { VaultSession } from './vault-session.ts';

/** A challenge lasts ten minutes; a poll is not begun with one older than this. */
const challengeUseMs = 480_000;

type QueueRole = 'contact' | 'conversation';
type Visits = readonly (readonly [RelayOrigin, Visited])[];

/** Whom a watch tells: that something moved, or that waiting broke off. */
export interface WatchListener {
  readonly moved: () => void;
  readonly broke: () => void;
}

/** Waits at the relays that were visited until something moves there. */
export class RelayWatch {
  readonly #context: EngineContext;
  readonly #transport: RelayTransport;
  readonly #positions: QueuePositions;
  readonly #listener: WatchListener;
  #watching: AbortController | null = null;

  constructor(
    context: EngineContext,
    transport: RelayTransport,
    positions: QueuePositions,
    listener: WatchListener,
  ) {
    this.#context = context;
    this.#transport = transport;
    this.#positions = positions;
    this.#listener = listener;
  }

  /** Waits at these relays, and no longer at those before. Files at a web host wake nobody. */
  begin(visits: Visits): void {
    this.stop();
    const controller = new AbortController();
    this.#watching = controller;
    const untilMs = this.#context.clock() + challengeUseMs;
    for (const [origin, visited] of visits) {
      if (visited === null) continue;
      for (const role of ['contact', 'conversation'] as const) {
        void this.#watch(origin, visited, role, controller.signal, untilMs).catch(onlyStorage);
      }
    }
  }

  stop(): void {
    this.#watching?.abort();
  }

  async #watch(
    origin: RelayOrigin,
    { call }: NonNullable<Visited>,
    role: QueueRole,
    signal: AbortSignal,
    untilMs: number,
  ): Promise<void> {
    const context = this.#context;
    const client = new RelayClient(origin, this.#transport);
    while (!signal.aborted && context.clock() < untilMs) {
      const { vault } = context;
      const watched = vault === null ? [] : await this.#watchedQueues(vault, origin, role);
      if (role === 'conversation' && watched.length === 0) return;
      const seen = role === 'contact' ? await this.#seenBoard(origin) : null;
      const body = composePoll(vault?.crypto ?? null, call, seen, watched);
      const woken = await client.poll(body, signal);
      if (signal.aborted) return;
      if (!woken.ok) {
        this.#listener.broke();
        return;
      }
      const [boardMoved, queuesMoved] = woken.value;
      // A poll watches so many queues; what may lie in the others, a visit finds.
      const isPartial = watched.length > wireLimits.queuesPerRead;
      if (boardMoved || queuesMoved.length > 0 || isPartial) break;
    }
    if (!signal.aborted) this.#listener.moved();
  }

  /** Up to where the board is here; null where its moving is no news, as it would wake at once and for ever. */
  async #seenBoard(origin: RelayOrigin) {
    const relay = await this.#context.db.relays.get(origin);
    if (relay === undefined || relay.epoch === null) return null;
    // It is on its way, or waits before damage, or for the user.
    if (this.#context.boards.isBringing(origin) || relay.damagedReads > 0) return null;
    return relay.sequence;
  }

  async #watchedQueues(vault: VaultSession, origin: RelayOrigin, role: QueueRole) {
    const { watchedQueues } = await import('./mail-pickup.ts');
    return watchedQueues(this.#context, vault, origin, role, this.#positions);
  }
}

/** Watching ends where storage does; anything else is a bug. */
export function onlyStorage(cause: unknown): void {
  if (storageFaultOf(cause) === undefined) throw cause;
}
