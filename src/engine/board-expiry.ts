import { expireRecords } from '#storage/record-store.ts';
import { today, type EngineContext } from './engine-context.ts';

/** Lets go of what has expired on the board; nothing while the clock is doubted. */
export async function expireBoard(context: EngineContext): Promise<void> {
  if (context.clockWrong) return;
  const gone = await expireRecords(context.db, today(context));
  if (gone.length === 0) return;
  context.board.drop(gone);
  context.emit('board');
}
