import { decodePack } from '#core/records/pack.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import type { SignatureVerifier } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { RecordRow, RelayRow, WallflowerDatabase } from '#storage/database.ts';
import { readRecords, takeInRecords } from './record-intake.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayFault } from './relay-fault.ts';

/** What board sync works with. */
export interface BoardSyncContext {
  readonly db: WallflowerDatabase;
  readonly client: RelayClient;
  readonly verify: SignatureVerifier;
  readonly today: Day;
  /** Called after each batch, so that the first records show while the rest comes. */
  readonly onChanged: (rows: readonly RecordRow[]) => void;
}

/** How it went: whether the relay sent anything that is not a record. */
export interface BoardSyncReport {
  readonly badRecords: number;
}

/** More turns than any honest board needs; what a lying relay can cost at most. */
const maxTurns = 4_000;
/** So often a stretch of the log that came damaged is asked for again: damage passes, a liar's does not. */
const maxDamagedReads = 3;

/** Brings the board up to one relay's log: packs first where no cursor is valid, then the tail. Resumes where it was cut. */
export async function syncBoard(
  context: BoardSyncContext,
  relay: RelayRow,
  epoch: RelayEpoch,
): Promise<Result<BoardSyncReport, RelayFault>> {
  let badRecords = 0;
  if (relay.epoch === null || !equalBytes(relay.epoch, epoch)) {
    const packs = await fetchPacks(context, relay);
    if (!packs.ok) return packs;
    badRecords += packs.value;
  }
  const tail = await fetchTail(context);
  if (!tail.ok) return tail;
  return ok({ badRecords: badRecords + tail.value });
}

async function fetchPacks(
  context: BoardSyncContext,
  relay: RelayRow,
): Promise<Result<number, RelayFault>> {
  const { db, client, verify, today, onChanged } = context;
  const manifest = await client.manifest();
  if (!manifest.ok) return manifest;
  const [epoch, packs, tailStart] = manifest.value;
  let bad = 0;
  for (const [hash] of packs) {
    const name = bytesToHex(hash);
    const held = (await db.relays.get(relay.origin))?.heldPacks ?? [];
    if (held.includes(name)) continue;
    const bytes = await client.pack(hash);
    if (!bytes.ok) return bytes;
    const records = decodePack(bytes.value);
    if (!records.ok) return fail({ code: 'bad-answer' });
    const intake = await takeInRecords(db, verify, records.value, today);
    bad += intake.bad;
    onChanged(intake.changed);
    await db.relays.update(relay.origin, { heldPacks: [...held, name] });
  }
  await db.relays.update(relay.origin, { epoch, sequence: tailStart, heldPacks: [] });
  return ok(bad);
}

async function fetchTail(context: BoardSyncContext): Promise<Result<number, RelayFault>> {
  const { db, client, verify, today, onChanged } = context;
  let bad = 0;
  let cursor = await readCursor(context);
  if (cursor === undefined) return fail({ code: 'bad-answer' });
  for (let turn = 0; turn < maxTurns; turn++) {
    const answer = await client.since(cursor);
    if (!answer.ok) {
      if (answer.error.code === 'refused' && answer.error.reason === 'cursor-unknown') {
        await forgetCursor(context);
      }
      return answer;
    }
    const [epoch, next, more, encoded] = answer.value;
    if (!equalBytes(epoch, cursor.epoch) || next < cursor.sequence) {
      return fail({ code: 'bad-answer' });
    }
    const records = readRecords(encoded);
    const intake = await takeInRecords(db, verify, records, today);
    bad += intake.bad + encoded.length - records.length;
    onChanged(intake.changed);
    if (bad === 0) await db.relays.update(client.origin, { sequence: next });
    if (!more) {
      await settleDamage(context, bad, next);
      return ok(bad);
    }
    if (next === cursor.sequence) return fail({ code: 'bad-answer' });
    cursor = { epoch, sequence: next };
  }
  return fail({ code: 'bad-answer' });
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

async function readCursor({ db, client }: BoardSyncContext) {
  const row = await db.relays.get(client.origin);
  return row?.epoch ? { epoch: row.epoch, sequence: row.sequence } : undefined;
}

async function forgetCursor({ db, client }: BoardSyncContext): Promise<void> {
  await db.relays.update(client.origin, { epoch: null, sequence: 0 as RelaySequence });
}
