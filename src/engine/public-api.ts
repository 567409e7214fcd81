import { ok } from '#core/types/result.ts';
import { queryBoard } from './board-views.ts';
import type { EngineApi } from './api/engine-api.ts';
import { engineError, type EngineContext } from './engine-context.ts';
import type { PrivateApi } from './private-api.ts';
import { readStatus } from './status-view.ts';
import type { SyncLoop } from './sync-loop.ts';
import { lockVault } from './vault-lock.ts';

/** The calls that work without a vault, in the chunk that shows the first board. */
export function createPublicApi(
  context: EngineContext,
  loop: SyncLoop,
): Omit<EngineApi, keyof PrivateApi> {
  const loadEntryView = () => import('./entry-view.ts');
  const loadRelayList = () => import('./relay-list.ts');
  const loadCharterView = () => import('./charter-view.ts');
  return {
    status: async () => ok(await readStatus(context, loop)),
    queryBoard: (query) => queryBoard(context, query),
    prepareSearch: () => context.board.store.readyWords(),
    readEntry: async (address) => (await loadEntryView()).readEntry(context, address),
    prepareReply: async (address) => {
      const entry = context.board.get(address);
      if (entry === undefined) return engineError('not-found');
      const { fetchCard } = await import('./contact-card-lookup.ts');
      return ok({ cardOnDevice: await fetchCard(context, loop.transport, entry.author) });
    },
    saveEntry: async (address, saved) => (await loadEntryView()).saveEntry(context, address, saved),
    lockVault: () => lockVault(context),
    eraseDevice: async () => {
      await loop.stop();
      await lockVault(context);
      await context.db.delete();
      await context.db.ballast.give();
    },
    readNetwork: async () =>
      (await import('./network-views.ts')).readNetwork(context, loop.syncing),
    addRelay: async (address) => (await loadRelayList()).addRelay(context, address),
    removeRelay: async (origin) => (await loadRelayList()).removeRelay(context, origin),
    sendAgain: async (id) => (await import('./outbox-again.ts')).sendAgain(context, id),
    syncNow: () => loop.visitNow(),
    confirmClock: () => {
      loop.confirmClock();
      context.emit('network');
      return Promise.resolve();
    },
    readCharter: async () => (await loadCharterView()).readCharter(context),
    followOfferedCharter: async () => (await loadCharterView()).followOfferedCharter(context),
    pauseBoard: async (paused) => {
      await context.boards.pause(paused);
      if (!paused) context.kick();
    },
  };
}
