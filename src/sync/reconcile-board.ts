import { decodePack } from '#core/records/pack-reader.ts';
import { recordId } from '#core/records/record.ts';
import {
  decodeSymbols,
  emptySymbols,
  findDifference,
  toggleMember,
} from '#core/reconcile/coded-symbols.ts';
import { createShortIds, shortIdKey, type ShortId } from '#core/reconcile/short-id.ts';
import { maxSymbols, shortIdBytes, symbolBytes } from '#core/reconcile/sizes.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { Slices } from '#storage/pause.ts';
import type { BoardSyncContext, Takings } from './board-context.ts';
import { heldIds } from './held-ids.ts';
import type { RelayFault } from './relay-fault.ts';
import { wireLimits } from './wire/limits.ts';

/** Finds some 15 scattered differences in one answer of less than 600 bytes. */
const firstSymbols = 40;
/** Each further question asks for twice as many again as there are already. */
const growth = 3;
/** A record as packs carry it, for progress only. */
const typicalRecordBytes = 220;

/** Where a relay stood when the difference was worked out. */
export interface Reconciled {
  readonly epoch: RelayEpoch;
  readonly sequence: RelaySequence;
}

/**
 * Brings what another relay has and this device lacks, at a cost that depends on the difference
 * alone (protocol.md, "Reconciling"). 'too-different' where packs are the better way. Nothing that
 * this device holds is named to the relay.
 */
export async function reconcileBoard(
  context: BoardSyncContext,
  takings: Takings,
): Promise<Result<Reconciled | 'too-different' | 'paused', RelayFault>> {
  const difference = await findMissing(context);
  if (!difference.ok) return difference;
  if (difference.value === 'too-different') return ok('too-different');
  const { missing, salt, reconciled } = difference.value;
  const paused = context.paused();
  let records = 0;
  const tell = () => {
    if (missing.length < wireLimits.recordsPerFetch) return;
    context.onProgress({
      records,
      totalRecords: missing.length,
      bytes: records * typicalRecordBytes,
      totalBytes: missing.length * typicalRecordBytes,
    });
  };
  tell();
  for (let first = 0; first < missing.length; first += wireLimits.recordsPerFetch) {
    if (paused.aborted) return ok('paused');
    const wanted = missing.slice(first, first + wireLimits.recordsPerFetch);
    const fetched = await fetchMissing(context, takings, salt, wanted);
    if (!fetched.ok) return fetched;
    records += wanted.length;
    tell();
  }
  return ok(reconciled);
}

interface Difference {
  readonly missing: readonly ShortId[];
  readonly salt: Bytes;
  readonly reconciled: Reconciled;
}

async function findMissing(
  context: BoardSyncContext,
): Promise<Result<Difference | 'too-different', RelayFault>> {
  const first = await context.client.reconcile(null, 0, firstSymbols);
  if (!first.ok) return first;
  const [epoch, salt, sequence, total] = first.value;
  let bytes = first.value[4];
  if (bytes.length !== firstSymbols * symbolBytes) return fail({ code: 'bad-answer' });
  const own = await readOwn(context, salt);
  for (;;) {
    const theirs = decodeSymbols(bytes);
    const count = theirs.high.length;
    const difference = findDifference(theirs, await ownSymbols(own, count));
    if (difference !== undefined) {
      const held = new Set(own.map(shortIdKey));
      const missing = difference.filter((member) => !held.has(shortIdKey(member)));
      if (missing.length > total) return fail({ code: 'bad-answer' });
      return ok({ missing, salt, reconciled: { epoch, sequence } });
    }
    const wanted = Math.min(count * growth, maxSymbols);
    // With so many differences, the packs cost no more.
    if (count === maxSymbols || count > 2 * (total + own.length)) return ok('too-different');
    for (let at = count; at < wanted; at += wireLimits.symbolsPerAnswer) {
      const size = Math.min(wireLimits.symbolsPerAnswer, wanted - at);
      const more = await context.client.reconcile(salt, at, size);
      if (!more.ok) return more;
      if (more.value[4].length !== size * symbolBytes) return fail({ code: 'bad-answer' });
      bytes = concatBytes(bytes, more.value[4]);
    }
  }
}

async function readOwn({ db }: BoardSyncContext, salt: Bytes): Promise<readonly ShortId[]> {
  const shortIdOf = createShortIds(salt);
  const slices = new Slices();
  const own: ShortId[] = [];
  for await (const ids of heldIds(db)) {
    for (const id of ids) {
      own.push(shortIdOf(id));
      await slices.next();
    }
  }
  return own;
}

async function ownSymbols(own: readonly ShortId[], count: number) {
  const symbols = emptySymbols(count);
  const slices = new Slices();
  for (const member of own) {
    toggleMember(symbols, member);
    await slices.next();
  }
  return symbols;
}

async function fetchMissing(
  { client }: BoardSyncContext,
  takings: Takings,
  salt: Bytes,
  wanted: readonly ShortId[],
): Promise<Result<void, RelayFault>> {
  const answer = await client.fetchRecords(salt, encodeShortIds(wanted));
  if (!answer.ok) return answer;
  const records = decodePack(answer.value);
  if (!records.ok) return fail({ code: 'bad-answer' });
  const keys = new Set(wanted.map(shortIdKey));
  const shortIdOf = createShortIds(salt);
  const isAsked = records.value.every(({ author, body }) =>
    keys.has(shortIdKey(shortIdOf(recordId(author, body)))),
  );
  if (!isAsked) return fail({ code: 'bad-answer' });
  await takings.take(records.value);
  return ok(undefined);
}

function encodeShortIds(ids: readonly ShortId[]): Bytes {
  const bytes = new Uint8Array(ids.length * shortIdBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, { high, low }] of ids.entries()) {
    view.setUint32(index * shortIdBytes, high);
    view.setUint32(index * shortIdBytes + 4, low);
  }
  return bytes;
}
