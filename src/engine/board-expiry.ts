import { expireRecords } from '#storage/record-store.ts';
import { today, type EngineContext } from './engine-context.ts';

/** Lets go of what has expired on the board; nothing while the clock is doubted. */
export async function expireBoard(context: EngineContext): Promise<void> {
  if (context.clockWrong) return;
  if (await expireRecords(context.db, today(context))) context.emit('board');
}
