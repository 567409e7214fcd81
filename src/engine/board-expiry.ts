import { decodeBody, decodeRecord } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { expireRecords } from '#storage/record-store.ts';
import { today, type EngineContext } from './engine-context.ts';

/** Lets go of what has expired on the board, or before it was sent; nothing while the clock is doubted. */
export async function expireBoard(context: EngineContext): Promise<void> {
  if (context.clockWrong) return;
  const day = today(context);
  if (await expireRecords(context.db, day)) context.emit('board');
  const unsent = context.db.outbox.filter(
    ({ task }) => task.kind === 'publish' && hasExpired(task.record, day),
  );
  if ((await unsent.delete()) > 0) context.emit('network');
}

function hasExpired(bytes: Bytes, day: Day): boolean {
  const record = decodeRecord(bytes);
  const body = record.ok ? decodeBody(record.value.body) : record;
  return body.ok && body.value.until < day;
}
