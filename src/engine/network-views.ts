import type { OutboxRow } from '#storage/outbox-row.ts';
import { readBoardAsOf, readMeter } from '#storage/settings-store.ts';
import type { EngineContext } from './engine-context.ts';
import type { NetworkView, OutboxItem } from './api/network-calls.ts';
import { toRelayView } from './relay-list.ts';

/** Everything about links, the outbox, data spent and room taken. */
export async function readNetwork(context: EngineContext, syncing: boolean): Promise<NetworkView> {
  const { db } = context;
  const [relays, outbox, boardAsOfMs, meter, storage] = await Promise.all([
    db.relays.toArray(),
    db.outbox.toArray(),
    readBoardAsOf(db),
    readMeter(db),
    readStorage(context),
  ]);
  return {
    relays: relays.map(toRelayView),
    outbox: outbox.filter(({ state }) => state !== 'done').map(toOutboxItem),
    boardAsOfMs,
    syncing,
    bytesDown: meter.down,
    bytesUp: meter.up,
    board: await context.boards.progress(),
    entriesOnDevice: context.board.size,
    storage,
    clockWrong: context.clockWrong,
  };
}

function toOutboxItem(row: OutboxRow): OutboxItem {
  const { id, purpose, relay, sizeBytes, attempts, state, task } = row;
  return {
    id: String(id),
    kind: purpose,
    relay,
    sizeBytes,
    attempts,
    state: state === 'refused' ? 'refused' : 'on-device',
    again: state === 'refused' && task.kind === 'publish',
  };
}

async function readStorage({ db }: EngineContext): Promise<NetworkView['storage']> {
  const storage = navigator.storage as StorageManager | undefined;
  if (storage === undefined) return null;
  const [{ usage = 0, quota = 0 }, persistent] = await Promise.all([
    storage.estimate(),
    storage.persisted(),
  ]);
  const { full, leftOut } = db.board.limits;
  return { usedBytes: usage, quotaBytes: quota, persistent, full, leftOut };
}
