import { wantBack } from '#storage/board-return.ts';
import { today, type EngineContext } from './engine-context.ts';

/** What an entry takes on the disk, with its words and columns, and as much again for the way there. */
const bytesPerEntry = 2_000;
/** Below this the next picture or message would fill the device again. */
const spareBytes = 67_108_864;

/** Sees to it that what was let go of comes back, where the device has room for it now. */
export async function takeBackRoom(context: EngineContext): Promise<void> {
  const { db, token, boards } = context;
  const storage = navigator.storage as StorageManager | undefined;
  if (storage === undefined || context.clockWrong) return;
  const { usage = 0, quota = 0 } = await storage.estimate();
  if (quota - usage < spareBytes + db.board.limits.leftOut * bytesPerEntry) return;
  const isComing = await boards.inTurn(() => wantBack(db, token, today(context)));
  if (isComing) context.emit('network');
}
