import { fail, ok, type Result } from '#core/types/result.ts';
import { isWorthComparing, showNewest, syncBoard, type BoardSyncReport } from '#sync/board-sync.ts';
import type { BoardSyncContext } from '#sync/board-context.ts';
import type { RelayClient } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { BoardManifest, VisitedBoard } from '#sync/wire/board.ts';
import type { RelayGreeting } from '#sync/wire/info.ts';
import { maxStampPrice } from '#sync/wire/limits.ts';
import type { QueueCallContext } from '#sync/wire/queues.ts';
import type { RelayRow } from '#storage/database.ts';
import { giveWay } from '#storage/pause.ts';
import { writeBoardAsOf } from '#storage/settings-store.ts';
import { today, type EngineContext } from './engine-context.ts';
import type { BoardBrought } from './board-fetching.ts';
import type { QueuePositions } from './mail-pickup.ts';
import {
  isClockOff,
  noteCharter,
  noteCleanBoard,
  noteContact,
  noteFault,
  noteStaticContact,
  noteTrouble,
} from './relay-book.ts';

/** A relay that has just been visited; null for a board of files, which takes no mail. */
export type Visited = { readonly info: RelayGreeting; readonly call: QueueCallContext } | null;

/** What a first call brought. */
interface Greeting {
  readonly info: RelayGreeting;
  readonly board: VisitedBoard | null;
}

/** What a visit came to, and its board, which may still be on its way; null where none was begun. */
export interface Visit {
  readonly visited: Result<Visited, RelayFault>;
  readonly board: Promise<BoardBrought> | null;
}

/** One visit to a relay: greet, send what waits, pick up mail, and begin to bring the board. */
export async function visitRelay(
  context: EngineContext,
  client: RelayClient,
  positions: QueuePositions,
  isClockConfirmed: () => boolean,
): Promise<Visit> {
  const visit = await greetAndSend(context, client, positions, isClockConfirmed);
  if (!visit.visited.ok) await noteFault(context, client.origin, visit.visited.error);
  context.emit('network');
  return visit;
}

async function greetAndSend(
  context: EngineContext,
  client: RelayClient,
  positions: QueuePositions,
  isClockConfirmed: () => boolean,
): Promise<Visit> {
  const { boards } = context;
  const relay = await context.db.relays.get(client.origin);
  const greeting = await greet(context, client, relay);
  if (!greeting.ok) return { visited: greeting, board: null };
  if (!('info' in greeting.value)) {
    const manifest = greeting.value;
    await noteStaticContact(context, client.origin, manifest[3]);
    return {
      visited: ok(null),
      board: boards.bring(client.origin, () => bringFiles(context, client, manifest)),
    };
  }
  const { info, board } = greeting.value;
  // In one step: nothing may be erased between hearing a relay's clock and comparing it.
  await context.exclusive(async () => {
    await noteContact(context, client.origin, info);
    await noteCharter(context, client.origin, info);
    context.clockWrong = (await isClockOff(context)) && !isClockConfirmed();
  });
  if (board !== null) await showNewest(await boardContext(context, client), board);
  const { epoch, challenge } = info;
  const call: QueueCallContext = { origin: client.origin, epoch, challenge };
  // A link that does not bear what waits may still bear what comes.
  const unsent = await sendWaiting(context, client, info);
  const unread = await pickUpAllMail(context, client, call, positions);
  if (unsent !== null && unread !== null) return { visited: fail(unsent), board: null };
  const fault = unsent ?? unread;
  return {
    visited: fault === null ? ok({ info, call }) : fail(fault),
    board: boards.bring(client.origin, () => bringBoard(context, client, info, board)),
  };
}

async function pickUpAllMail(
  context: EngineContext,
  client: RelayClient,
  call: QueueCallContext,
  positions: QueuePositions,
): Promise<RelayFault | null> {
  const { vault } = context;
  if (vault === null) return null;
  const { pickUpMail } = await import('./mail-pickup.ts');
  for (const role of ['contact', 'conversation'] as const) {
    const picked = await pickUpMail(context, vault, client, call, role, positions);
    if (!picked.ok) return picked.error;
  }
  return null;
}

/** One round trip: greeting and board together, but where comparing is cheaper than beginning anew. */
async function greet(
  context: EngineContext,
  client: RelayClient,
  relay: RelayRow | undefined,
): Promise<Result<Greeting | BoardManifest, RelayFault>> {
  if (relay?.kind === 'static') {
    const manifest = await client.staticManifest();
    if (manifest.ok || manifest.error.code !== 'captive-portal') return manifest;
  }
  const greeted = await greetRelay(context, client, relay);
  if (greeted.ok || relay === undefined || relay.lastContactMs !== null) return greeted;
  // Whoever was never reached may be a web host with nothing but files.
  if (greeted.error.code === 'unreachable') return greeted;
  const manifest = await client.staticManifest();
  return manifest.ok ? manifest : greeted;
}

async function greetRelay(
  context: EngineContext,
  client: RelayClient,
  relay: RelayRow | undefined,
): Promise<Result<Greeting, RelayFault>> {
  const isKnown = relay !== undefined && relay.epoch !== null;
  const isComparing = relay !== undefined && !isKnown && (await isWorthComparing(context, relay));
  if (relay === undefined || isComparing || context.boards.isBringing(client.origin)) {
    const info = await client.info();
    return info.ok ? ok({ info: info.value, board: null }) : info;
  }
  const { epoch, sequence } = relay;
  if (epoch === null) fetchWithAnswer();
  const visited = await client.visit(epoch === null ? null : { epoch, sequence });
  if (!visited.ok) return visited;
  const [info, board] = visited.value;
  return ok({ info, board });
}

/** What a first board is stored with, and its stars are read with, comes while the relay answers. */
function fetchWithAnswer(): void {
  for (const room of [import('#storage/board-writer.ts'), import('./trust-index.ts')]) {
    room.catch(() => undefined);
  }
}

/** Flushes the outbox and notes in the vault, if it is open, what that brought. */
async function sendWaiting(
  context: EngineContext,
  client: RelayClient,
  info: RelayGreeting,
): Promise<RelayFault | null> {
  if (info.stampPrice > maxStampPrice) return { code: 'bad-answer' };
  const fault = await flushWaiting(context, client, info);
  await context.exclusive(async () => {
    if (context.vault === null) return;
    const { settleOutbox } = await import('./housekeeping.ts');
    const { vault } = context;
    if (vault !== null) await settleOutbox(context, vault);
  });
  return fault;
}

async function flushWaiting(
  { db, clock, emit }: EngineContext,
  client: RelayClient,
  { stampPrice }: RelayGreeting,
): Promise<RelayFault | null> {
  // A first visit has nothing to send: on a slow link what sends it would stand before the board.
  if ((await db.outbox.where('state').equals('waiting').count()) === 0) return null;
  const { flushOutbox } = await import('#sync/outbox-flush.ts');
  const fault = await flushOutbox({ db, client, clock, stampPrice, pause: giveWay });
  emit('board');
  return fault;
}

async function boardContext(
  context: EngineContext,
  client: RelayClient,
): Promise<BoardSyncContext> {
  const { db, boards } = context;
  await boards.isPaused();
  return {
    db,
    client,
    verify: await context.loadVerifier(),
    today: today(context),
    onChanged: () => {
      context.emit('board');
    },
    onProgress: (count) => {
      boards.note(count);
    },
    paused: () => boards.signal(),
  };
}

/** Brings what a relay has; what is wrong with it stands in the book of relays afterwards. */
async function bringBoard(
  context: EngineContext,
  client: RelayClient,
  info: RelayGreeting,
  board: VisitedBoard | null,
): Promise<BoardBrought> {
  const relay = await context.db.relays.get(client.origin);
  if (relay === undefined) return ok(undefined);
  const report = await syncBoard(await boardContext(context, client), relay, info.epoch, board);
  return noteReport(context, client, report);
}

async function bringFiles(
  context: EngineContext,
  client: RelayClient,
  manifest: BoardManifest,
): Promise<BoardBrought> {
  const { syncStaticBoard } = await import('#sync/static-board.ts');
  return noteReport(
    context,
    client,
    await syncStaticBoard(await boardContext(context, client), manifest),
  );
}

async function noteReport(
  context: EngineContext,
  { origin }: RelayClient,
  report: Result<BoardSyncReport, RelayFault>,
): Promise<BoardBrought> {
  if (!report.ok) {
    await noteFault(context, origin, report.error);
    context.emit('network');
    return report;
  }
  const { badRecords, isStale, isWhole } = report.value;
  if (badRecords > 0) await noteTrouble(context, origin, 'bad-record');
  else if (isStale) await noteTrouble(context, origin, 'old-revisions');
  else if (isWhole) await noteCleanBoard(context, origin);
  if (context.clockWrong) await noteTrouble(context, origin, 'clock');
  if (isWhole) await writeBoardAsOf(context.db, context.clock());
  context.emit('network');
  return ok(undefined);
}
