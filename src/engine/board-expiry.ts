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
    ({ task }) => task.kind === 'publish' && lastDayOf(task.record) < day,
  );
  if ((await unsent.delete()) > 0) context.emit('network');
}

function lastDayOf(bytes: Bytes): Day {
  const record = decodeRecord(bytes);
  const body = record.ok ? decodeBody(record.value.body) : record;
  if (!body.ok) throw new Error(`A record of our own is ${body.error.code}`);
  return body.value.until;
}
