import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import { composePoll } from '#sync/live-poll.ts';
import { RelayClient, type RelayTransport } from '#sync/relay-client.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import type { QueueCallContext } from '#sync/wire/queues.ts';
import type { EngineContext } from './engine-context.ts';
import type { QueuePositions } from './mail-pickup.ts';
import type { Visited } from './relay-visit.ts';
import type { VaultSession } from './vault-session.ts';

/** A challenge lasts ten minutes; a poll is not begun with one older than this. */
const challengeUseMs = 480_000;

const roles = ['contact', 'conversation'] as const;
type QueueRole = (typeof roles)[number];
type Visits = readonly (readonly [RelayOrigin, Visited])[];

/** Whom a watch tells: that something moved, or that waiting broke off. */
export interface WatchListener {
  readonly moved: () => void;
  readonly broke: () => void;
}

/** What a poll waits for, and a name for it. */
interface Wish {
  readonly name: string;
  readonly compose: (call: QueueCallContext) => ReturnType<typeof composePoll>;
  /** A poll watches so many queues; what may lie in the others, a visit finds. */
  readonly isPartial: boolean;
}

/** A poll that stands at a relay. */
interface Standing {
  name: string;
  readonly controller: AbortController;
}

const placeOf = (role: QueueRole, origin: RelayOrigin) => `${role} ${origin}`;

/**
 * Waits at the relays that were visited until something moves there. A poll that would wait for the
 * same again is left standing: that is cheaper, and Firefox keeps the connection of one that a worker
 * breaks off, of which there are six.
 */
export class RelayWatch {
  readonly #context: EngineContext;
  readonly #transport: RelayTransport;
  readonly #positions: QueuePositions;
  readonly #listener: WatchListener;
  readonly #standing = new Map<string, Standing>();
  #round = 0;

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

  /** Waits at these relays, and no longer at others. Files at a web host wake nobody. */
  begin(visits: Visits): void {
    const round = ++this.#round;
    const left = new Set(this.#standing.keys());
    for (const [origin, visited] of visits) {
      if (visited === null) continue;
      for (const role of roles) {
        left.delete(placeOf(role, origin));
        void this.#waitAt(origin, visited.call, role, round).catch(onlyStorage);
      }
    }
    for (const place of left) this.#end(place);
  }

  stop(): void {
    this.#round++;
    for (const place of [...this.#standing.keys()]) this.#end(place);
  }

  #end(place: string): void {
    this.#standing.get(place)?.controller.abort();
    this.#standing.delete(place);
  }

  async #waitAt(
    origin: RelayOrigin,
    call: QueueCallContext,
    role: QueueRole,
    round: number,
  ): Promise<void> {
    const place = placeOf(role, origin);
    const untilMs = this.#context.clock() + challengeUseMs;
    const wish = await this.#wish(origin, call, role);
    if (round !== this.#round || this.#standing.get(place)?.name === wish?.name) return;
    this.#end(place);
    if (wish === null) return;
    const own: Standing = { name: wish.name, controller: new AbortController() };
    this.#standing.set(place, own);
    try {
      await this.#stand(own, wish, origin, call, role, untilMs);
    } finally {
      if (this.#standing.get(place) === own) this.#standing.delete(place);
    }
  }

  /** Polls until something moves, the poll breaks or is ended, or the challenge is too old. */
  async #stand(
    own: Standing,
    first: Wish,
    origin: RelayOrigin,
    call: QueueCallContext,
    role: QueueRole,
    untilMs: number,
  ): Promise<void> {
    const client = new RelayClient(origin, this.#transport);
    const { signal } = own.controller;
    let wish: Wish | null = first;
    while (wish !== null && this.#context.clock() < untilMs) {
      own.name = wish.name;
      const woken = await client.poll(wish.compose(call), signal);
      if (signal.aborted) return;
      if (!woken.ok) {
        // The other one there is on the same link.
        for (const one of roles) this.#end(placeOf(one, origin));
        this.#listener.broke();
        return;
      }
      const [boardMoved, queuesMoved] = woken.value;
      if (boardMoved || queuesMoved.length > 0 || wish.isPartial) break;
      wish = await this.#wish(origin, call, role);
      if (signal.aborted) return;
    }
    this.#standing.delete(placeOf(role, origin));
    if (wish !== null) this.#listener.moved();
  }

  /** Null where there is nothing to wait for. */
  async #wish(
    origin: RelayOrigin,
    { epoch }: QueueCallContext,
    role: QueueRole,
  ): Promise<Wish | null> {
    const { vault } = this.#context;
    const watched = vault === null ? [] : await this.#watchedQueues(vault, origin, role);
    if (role === 'conversation' && watched.length === 0) return null;
    const seen = role === 'contact' ? await this.#seenBoard(origin) : null;
    const queues = watched.map(({ queue, after }) => `${bytesToBase64Url(queue.id)} ${after}`);
    return {
      name: [bytesToBase64Url(epoch), seen, ...queues.sort()].join(),
      compose: (call) => composePoll(vault?.crypto ?? null, call, seen, watched),
      isPartial: watched.length > wireLimits.queuesPerRead,
    };
  }

  async #watchedQueues(vault: VaultSession, origin: RelayOrigin, role: QueueRole) {
    const { watchedQueues } = await import('./mail-pickup.ts');
    return watchedQueues(this.#context, vault, origin, role, this.#positions);
  }

  /** Up to where the board is here; null where its moving is no news, as it would wake at once and for ever. */
  async #seenBoard(origin: RelayOrigin) {
    const relay = await this.#context.db.relays.get(origin);
    if (relay === undefined || relay.epoch === null) return null;
    // It is on its way, or waits before damage, or for the user.
    if (this.#context.boards.isBringing(origin) || relay.damagedReads > 0) return null;
    return relay.sequence;
  }
}

/** Watching ends where storage does; anything else is a bug. */
export function onlyStorage(cause: unknown): void {
  if (storageFaultOf(cause) === undefined) throw cause;
}
