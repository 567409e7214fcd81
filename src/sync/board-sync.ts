import { decodePayload } from '#core/records/pack-payload.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { RelayRow } from '#storage/database.ts';
import { Takings, type BoardSyncContext } from './board-context.ts';
import type { Brought } from './pack-sync.ts';
import type { RelayFault } from './relay-fault.ts';
import { visitForms, type VisitedBoard } from './wire/board.ts';

/** How it went. */
export interface BoardSyncReport {
  /** Records that do not prove themselves. */
  readonly badRecords: number;
  /** Whether the relay has said again and again what it had said better before. */
  readonly isStale: boolean;
  /** False where the rest of the board waits until the user wants it. */
  readonly isWhole: boolean;
}

/** More pages than an honest log has grown by in a visit; what a lying relay can cost at most. */
const maxPages = 400;
/** So often a stretch of the log that came damaged is asked for again: damage passes, a liar's does not. */
const maxDamagedReads = 3;
/** A board of fewer records is not worth comparing. */
const minHeldToCompare = 500;
const maxStaleIds = 256;
const noCursor = 0 as RelaySequence;

/** The newest records of a first visit, on the screen before anything else is done. */
export async function showNewest(context: BoardSyncContext, board: VisitedBoard): Promise<void> {
  if (board[0] !== visitForms.start) return;
  const records = decodePayload(board[5]);
  if (records.ok) await new Takings(context).take(records.value);
}

/**
 * Brings the board up to one relay's log. With a cursor: what is newer. Without: what differs, where
 * much is held already, else the packs; then the tail. Resumes where it was cut.
 */
export async function syncBoard(
  context: BoardSyncContext,
  relay: RelayRow,
  epoch: RelayEpoch,
  board: VisitedBoard | null,
): Promise<Result<BoardSyncReport, RelayFault>> {
  const takings = new Takings(context);
  if (board !== null && board[0] === visitForms.changes) {
    const [, next, more, payload] = board;
    return readTail(context, takings, { epoch, next, more, payload });
  }
  const brought = await bringFirst(context, takings, relay, epoch, board);
  if (!brought.ok) return brought;
  if (brought.value === 'brought') return readTail(context, takings, null);
  return ok({ badRecords: takings.bad, isStale: false, isWhole: false });
}

async function bringFirst(
  context: BoardSyncContext,
  takings: Takings,
  relay: RelayRow,
  epoch: RelayEpoch,
  board: VisitedBoard | null,
): Promise<Result<Brought, RelayFault>> {
  if (context.paused().aborted) return ok('paused');
  const { db, client } = context;
  try {
    if (await isWorthComparing(context, relay)) {
      const { reconcileBoard } = await import('./reconcile-board.ts');
      const reconciled = await reconcileBoard(context, takings);
      if (!reconciled.ok) return reconciled;
      if (reconciled.value === 'paused') return ok('paused');
      if (reconciled.value !== 'too-different') {
        await db.relays.update(client.origin, { ...reconciled.value, heldPacks: [] });
        return ok('brought');
      }
    }
    const { bringPacks } = await import('./pack-sync.ts');
    const start =
      board !== null && board[0] === visitForms.start
        ? { epoch, packs: board[1], tailStart: board[4] ? board[3] : board[2] }
        : null;
    return await bringPacks(context, takings, start);
  } finally {
    context.onProgress(null);
  }
}

/** Whether much of what the relay has is probably here already; not in the middle of a first sync. */
export async function isWorthComparing(
  { db }: Pick<BoardSyncContext, 'db'>,
  relay: RelayRow,
): Promise<boolean> {
  if (relay.kind === 'static' || relay.heldPacks.length > 0) return false;
  if ((await db.packParts.count()) > 0) return false;
  // Withdrawals and cards are not counted. On a first visit nothing is to be fetched for this answer.
  await db.board.openAll();
  return db.board.documents.shownCount >= minHeldToCompare;
}

interface Page {
  readonly epoch: RelayEpoch;
  readonly next: RelaySequence;
  readonly more: boolean;
  readonly payload: Uint8Array;
}

async function readTail(
  context: BoardSyncContext,
  takings: Takings,
  firstPage: Page | null,
): Promise<Result<BoardSyncReport, RelayFault>> {
  const { db, client } = context;
  const row = await db.relays.get(client.origin);
  if (row === undefined || row.epoch === null) return fail({ code: 'bad-answer' });
  const { epoch } = row;
  let { sequence } = row;
  let page = firstPage;
  for (let count = 0; count < maxPages; count++) {
    const read: Result<Page, RelayFault> =
      page === null ? await askForPage(context, epoch, sequence) : ok(page);
    if (!read.ok) return read;
    page = null;
    const { next, more, payload } = read.value;
    if (!equalBytes(read.value.epoch, epoch) || next < sequence)
      return fail({ code: 'bad-answer' });
    const records = decodePayload(payload);
    if (!records.ok) return fail({ code: 'bad-answer' });
    const { stale } = await takings.take(records.value);
    takings.stale.push(...stale);
    if (takings.bad === 0) await db.relays.update(client.origin, { sequence: next });
    if (!more) {
      await settleDamage(context, takings.bad, next);
      const isStale = await noteStale(context, row, takings);
      return ok({ badRecords: takings.bad, isStale, isWhole: true });
    }
    if (next === sequence) return fail({ code: 'bad-answer' });
    sequence = next;
  }
  return fail({ code: 'bad-answer' });
}

async function askForPage(
  { db, client }: BoardSyncContext,
  epoch: RelayEpoch,
  sequence: RelaySequence,
): Promise<Result<Page, RelayFault>> {
  const answer = await client.since({ epoch, sequence });
  if (answer.ok) {
    const [answeredEpoch, next, more, payload] = answer.value;
    return ok({ epoch: answeredEpoch, next, more, payload });
  }
  if (answer.error.code === 'refused' && answer.error.reason === 'cursor-unknown') {
    await db.relays.update(client.origin, { epoch: null, sequence: noCursor });
  }
  return answer;
}

/** What came damaged is asked for again from before the damage, at some later visits; then it is passed over. */
async function settleDamage(
  { db, client }: BoardSyncContext,
  bad: number,
  end: RelaySequence,
): Promise<void> {
  const row = await db.relays.get(client.origin);
  const reads = (row?.damagedReads ?? 0) + 1;
  if (bad === 0) await db.relays.update(client.origin, { damagedReads: 0 });
  else if (reads <= maxDamagedReads) {
    await db.relays.update(client.origin, { damagedReads: reads });
  } else {
    await db.relays.update(client.origin, { sequence: end, damagedReads: 0 });
  }
}

/**
 * A relay may be behind others, and then sends an older revision once. One that sends the same again
 * after its own cursor is either broken or tries to turn the board back.
 */
async function noteStale(
  { db, client }: BoardSyncContext,
  row: RelayRow,
  { stale, bad }: Takings,
): Promise<boolean> {
  if (stale.length === 0 || bad > 0 || row.damagedReads > 0) return false;
  const before = row.staleIds ?? [];
  const staleIds = [...new Set([...stale, ...before])].slice(0, maxStaleIds);
  await db.relays.update(client.origin, { staleIds });
  return stale.some((id) => before.includes(id));
}
