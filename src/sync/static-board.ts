import { ok, type Result } from '#core/types/result.ts';
import type { BoardSyncReport } from './board-sync.ts';
import { Takings, type BoardSyncContext } from './board-context.ts';
import { bringPacks } from './pack-sync.ts';
import type { RelayFault } from './relay-fault.ts';
import type { BoardManifest } from './wire/board.ts';

/** Brings what is new in a board that lies at some web host as files: the packs that are not held. */
export async function syncStaticBoard(
  context: BoardSyncContext,
  [epoch, packs, tailStart]: BoardManifest,
): Promise<Result<BoardSyncReport, RelayFault>> {
  const takings = new Takings(context);
  try {
    const brought = await bringPacks(context, takings, { epoch, packs, tailStart });
    if (!brought.ok) return brought;
    const isWhole = brought.value === 'brought';
    return ok({ badRecords: takings.bad, isStale: false, isWhole });
  } finally {
    context.onProgress(null);
  }
}
