import { ok } from '#core/types/result.ts';
import { queryBoard, readEntry, saveEntry } from './board-views.ts';
import type { EngineApi } from './api/engine-api.ts';
import { engineError, type EngineContext } from './engine-context.ts';
import { readNetwork, readStatus } from './network-views.ts';
import type { PrivateApi } from './private-api.ts';
import { addRelay, removeRelay } from './relay-book.ts';
import type { SyncLoop } from './sync-loop.ts';
import { lockVault } from './vault-lock.ts';

/** The calls that work without a vault, in the chunk that shows the first board. */
export function createPublicApi(
  context: EngineContext,
  loop: SyncLoop,
): Omit<EngineApi, keyof PrivateApi> {
  return {
    status: async () => ok(await readStatus(context, loop.syncing)),
    queryBoard: (query) => queryBoard(context, query),
    prepareSearch: () => context.board.store.readyWords(),
    readEntry: (address) => readEntry(context, address),
    prepareReply: async (address) => {
      const entry = context.board.get(address);
      if (entry === undefined) return engineError('not-found');
      const { fetchCard } = await import('./contact-card-lookup.ts');
      return ok({ cardOnDevice: await fetchCard(context, loop.transport, entry.author) });
    },
    saveEntry: (address, saved) => saveEntry(context, address, saved),
    lockVault: () => lockVault(context),
    eraseDevice: async () => {
      await loop.stop();
      await lockVault(context);
      await context.db.delete();
      await context.db.ballast.give();
    },
    readNetwork: () => readNetwork(context, loop.syncing),
    addRelay: (address) => addRelay(context, address),
    removeRelay: (origin) => removeRelay(context, origin),
    syncNow: () => loop.visitNow(),
    confirmClock: () => {
      loop.confirmClock();
      context.emit('network');
      return Promise.resolve();
    },
    readCharter: async () => (await import('./charter-view.ts')).readCharter(context),
    followOfferedCharter: async () =>
      (await import('./charter-view.ts')).followOfferedCharter(context),
    pauseBoard: async (paused) => {
      await context.boards.pause(paused);
      if (!paused) context.kick();
    },
  };
}
