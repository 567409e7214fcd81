import { findStamp } from '#core/messages/stamp.ts';
import type { Clock } from '#core/types/ports.ts';
import { dayOf } from '#core/types/day.ts';
import type { EnvelopeId, QueueId, RelayOrigin } from '#core/types/ids.ts';
import type { Result } from '#core/types/result.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { OutboxRow } from '#storage/outbox-row.ts';
import { judgeRefusal, judgeVerdict, type Fate } from './outbox-fate.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayFault } from './relay-fault.ts';
import { wireLimits } from './wire/limits.ts';
import { creationId, envelopeId, queueId, type Stamp } from './wire/queues.ts';

/** What flushing works with; no key among it, so a locked vault can flush. */
export interface OutboxFlushContext {
  readonly db: WallflowerDatabase;
  readonly client: RelayClient;
  readonly clock: Clock;
  /** The relay's price in leading zero bits, at most maxStampPrice. */
  readonly stampPrice: number;
  /** Lets other work in between two slices of a proof of work. */
  readonly pause: () => Promise<void>;
}

interface StoredRow extends OutboxRow {
  readonly id: number;
}

/** Hashes between two pauses: some tens of milliseconds on a phone. */
const stampSlice = 4_096;
/** 15 s, doubled at each attempt, at most an hour. */
const firstBackoffMs = 15_000;
const longestBackoffMs = 3_600_000;
/** What another attempt cannot mend is given up after so many. */
const maxHopelessAttempts = 5;

/**
 * Sends what waits for one relay, in order within each chain; uploads go their own way (blob-upload.ts),
 * and hold back only what stands in their chain. Every step is idempotent at the
 * relay, so a crash between answer and mark sends the same bytes again and nothing twice.
 * A link that breaks after something went out is tried once more; broken twice in a row, it is returned.
 */
export async function flushOutbox(context: OutboxFlushContext): Promise<RelayFault | null> {
  const blocked = new Set<string>();
  const done = new Set<number>();
  let doneAtBreak = 0;
  for (;;) {
    const batch = await nextBatch(context, blocked, done);
    const first = batch[0];
    if (first === undefined) return null;
    const fates = await sendBatch(context, batch);
    if (!fates.ok) {
      if (done.size === doneAtBreak) return fates.error;
      doneAtBreak = done.size;
      continue;
    }
    for (const [index, row] of batch.entries()) {
      const fate = fates.value[index] ?? 'later';
      done.add(row.id);
      if (fate !== 'done') blocked.add(row.chain);
      await settle(context, row, fate);
    }
  }
}

async function nextBatch(
  { db, client, clock }: OutboxFlushContext,
  blocked: Set<string>,
  done: ReadonlySet<number>,
): Promise<readonly StoredRow[]> {
  const waiting = await db.outbox.where('state').equals('waiting').sortBy('id');
  const batch: StoredRow[] = [];
  for (const row of waiting) {
    if (row.id === undefined || row.relay !== client.origin || done.has(row.id)) continue;
    if (blocked.has(row.chain)) continue;
    if (row.task.kind === 'upload') {
      blocked.add(row.chain);
      continue;
    }
    if (row.notBeforeMs > clock()) {
      blocked.add(row.chain);
      continue;
    }
    if (batch.length > 0 && (row.task.kind !== 'publish' || !fits(batch, row))) break;
    batch.push({ ...row, id: row.id });
    if (row.task.kind !== 'publish') break;
  }
  return batch;
}

function fits(batch: readonly StoredRow[], row: OutboxRow): boolean {
  const bytes = batch.reduce((total, { sizeBytes }) => total + sizeBytes, row.sizeBytes);
  return batch.length < wireLimits.recordsPerPost && bytes <= wireLimits.postBytes;
}

type Fates = Result<readonly Fate[], RelayFault>;

async function sendBatch(context: OutboxFlushContext, batch: readonly StoredRow[]): Promise<Fates> {
  const { client } = context;
  const task = batch[0]?.task;
  switch (task?.kind) {
    case 'create-queue': {
      const queue = queueId(task.readKey, task.capHash);
      const work = creationId(task.readKey, task.capHash, task.lifetimeDays);
      const stamp = await payStamp(context, queue, work);
      const { readKey, capHash, lifetimeDays } = task;
      return oneFate(await client.createQueue(readKey, capHash, lifetimeDays, stamp));
    }
    case 'append': {
      const isContact = task.cap.length === 0;
      const stamp = isContact
        ? await payStamp(context, task.queue, envelopeId(task.envelope))
        : null;
      return oneFate(await client.append(task.queue, task.cap, stamp, task.envelope));
    }
    default: {
      const records = batch.flatMap((row) =>
        row.task.kind === 'publish' ? [row.task.record] : [],
      );
      const answer = await client.publish(records);
      if (!answer.ok) return refusedOrBroken(answer.error, batch.length);
      return { ok: true, value: answer.value.map(([, code]) => judgeVerdict(code)) };
    }
  }
}

function oneFate(answer: Result<unknown, RelayFault>): Fates {
  return answer.ok ? { ok: true, value: ['done'] } : refusedOrBroken(answer.error, 1);
}

function refusedOrBroken(fault: RelayFault, count: number): Fates {
  if (fault.code !== 'refused') return { ok: false, error: fault };
  return { ok: true, value: Array.from({ length: count }, () => judgeRefusal(fault.reason)) };
}

/** Looks for a stamp of today, slice by slice. */
export async function payStamp(
  { client, clock, stampPrice, pause }: Omit<OutboxFlushContext, 'db'>,
  queue: QueueId,
  work: EnvelopeId,
): Promise<Stamp> {
  const day = dayOf(clock());
  const origin: RelayOrigin = client.origin;
  for (let from = 0; ; from += stampSlice) {
    const found = findStamp({ origin, sendId: queue, day, envelopeId: work }, stampPrice, {
      from,
      budget: stampSlice,
    });
    if (found !== null) return [day, found.counter];
    await pause();
  }
}

async function settle(
  { db, clock }: OutboxFlushContext,
  row: StoredRow,
  fate: Fate,
): Promise<void> {
  const attempts = row.attempts + 1;
  const hopeless = fate === 'never' || (fate === 'hardly' && attempts >= maxHopelessAttempts);
  if (fate === 'done' && row.ref === null) {
    await db.outbox.delete(row.id);
  } else if (fate === 'done') {
    await db.outbox.update(row.id, { state: 'done', attempts, task: withoutBytes(row) });
  } else if (hopeless) {
    await db.outbox.update(row.id, { state: 'refused', attempts });
  } else {
    const wait = Math.min(firstBackoffMs * 2 ** row.attempts, longestBackoffMs);
    await db.outbox.update(row.id, { attempts, notBeforeMs: clock() + wait });
  }
}

function withoutBytes({ task }: StoredRow): OutboxRow['task'] {
  return task.kind === 'append' ? { ...task, envelope: new Uint8Array(0) } : task;
}
