import { readBoardAsOf } from '#storage/settings-store.ts';
import type { EngineStatus } from './api/engine-api.ts';
import type { EngineContext } from './engine-context.ts';
import { readVaultState } from './vault-state.ts';

/** The few facts that every screen shows. */
export async function readStatus(
  context: EngineContext,
  { syncing, hasAsked }: Pick<EngineStatus, 'syncing' | 'hasAsked'>,
): Promise<EngineStatus> {
  const { db } = context;
  const [relays, waiting, boardAsOfMs, vault] = await Promise.all([
    db.relays.toArray(),
    db.outbox.where('state').equals('waiting').count(),
    readBoardAsOf(db),
    readVaultState(context),
  ]);
  return {
    vault,
    unread: context.vault?.countUnread() ?? 0,
    asked: context.vault?.countAsked() ?? 0,
    outboxWaiting: waiting,
    boardAsOfMs,
    board: await context.boards.progress(),
    syncing,
    hasAsked,
    reachable: relays.some(({ reachable }) => reachable),
    demo: relays.some(({ demo }) => demo),
  };
}
