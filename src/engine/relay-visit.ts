import { equalBytes } from '#core/types/bytes.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { syncBoard } from '#sync/board-sync.ts';
import { flushOutbox } from '#sync/outbox-flush.ts';
import type { RelayClient } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { RelayInfo } from '#sync/wire/info.ts';
import { maxStampPrice } from '#sync/wire/limits.ts';
import type { QueueCallContext } from '#sync/wire/queues.ts';
import { writeBoardAsOf } from '#storage/settings-store.ts';
import { today, type EngineContext } from './engine-context.ts';
import type { QueuePositions } from './mail-pickup.ts';
import { isClockOff, noteContact, noteFault, noteTrouble } from './relay-book.ts';

/** A relay that has just been visited. */
export interface Visited {
  readonly info: RelayInfo;
  readonly call: QueueCallContext;
}

/** One whole visit to a relay: greet, send what waits, bring the board, pick up mail. */
export async function visitRelay(
  context: EngineContext,
  client: RelayClient,
  positions: QueuePositions,
  isClockConfirmed: () => boolean,
): Promise<Result<Visited, RelayFault>> {
  const visited = await visit(context, client, positions, isClockConfirmed);
  if (!visited.ok) await noteFault(context, client.origin, visited.error);
  context.emit('network');
  return visited;
}

async function visit(
  context: EngineContext,
  client: RelayClient,
  positions: QueuePositions,
  isClockConfirmed: () => boolean,
): Promise<Result<Visited, RelayFault>> {
  const info = await client.info();
  if (!info.ok) return info;
  await noteContact(context, client.origin, info.value);
  context.clockWrong = (await isClockOff(context)) && !isClockConfirmed();
  const sent = await sendWaiting(context, client, info.value);
  if (sent !== null) return fail(sent);
  const board = await bringBoard(context, client, info.value);
  if (!board.ok) return board;
  const { epoch, challenge } = info.value;
  const call: QueueCallContext = { origin: client.origin, epoch, challenge };
  const { vault } = context;
  if (vault !== null) {
    const { pickUpMail } = await import('./mail-pickup.ts');
    for (const role of ['contact', 'conversation'] as const) {
      const picked = await pickUpMail(context, vault, client, call, role, positions);
      if (!picked.ok) return picked;
    }
  }
  return ok({ info: info.value, call });
}

/** Flushes the outbox and notes in the vault, if it is open, what that brought. */
async function sendWaiting(
  context: EngineContext,
  client: RelayClient,
  info: RelayInfo,
): Promise<RelayFault | null> {
  if (info.stampPrice > maxStampPrice) return { code: 'bad-answer' };
  const { db, clock } = context;
  const fault = await flushOutbox({
    db,
    client,
    clock,
    stampPrice: info.stampPrice,
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  });
  await context.exclusive(async () => {
    if (context.vault === null) return;
    const { settleOutbox } = await import('./housekeeping.ts');
    await settleOutbox(context, context.vault);
  });
  context.emit('board');
  return fault;
}

async function bringBoard(
  context: EngineContext,
  client: RelayClient,
  info: RelayInfo,
): Promise<Result<void, RelayFault>> {
  const { db, board, clock } = context;
  const relay = await db.relays.get(client.origin);
  if (relay === undefined) return ok(undefined);
  const report = await syncBoard(
    {
      db,
      client,
      verify: await context.loadVerifier(),
      today: today(context),
      onChanged: (rows) => {
        if (rows.length === 0) return;
        board.take(rows);
        context.emit('board');
      },
    },
    relay,
    info.epoch,
  );
  if (!report.ok) return report;
  const isEpochKept = relay.epoch === null || equalBytes(relay.epoch, info.epoch);
  if (report.value.badRecords > 0) await noteTrouble(context, client.origin, 'bad-record');
  if (context.clockWrong && isEpochKept) await noteTrouble(context, client.origin, 'clock');
  await writeBoardAsOf(db, clock());
  return ok(undefined);
}
