import { checkSignedRecord, type CheckedRecord } from '#core/records/checked-record.ts';
import { encodeRecord, recordSigningBytes, type SignedRecord } from '#core/records/record.ts';
import { bytesToBase64Url, bytesToHex } from '#core/codec/text-forms.ts';
import type { HeldRecord } from '#core/records/held-record.ts';
import { compareRevisions } from '#core/records/merge.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { SignatureVerifier } from '#core/types/ports.ts';
import type { IncomingRow } from '#storage/board-writer.ts';
import type { RecordRow, WallflowerDatabase } from '#storage/database.ts';
import { Slices } from '#storage/pause.ts';
import { knownRevisions, mergeRecords } from '#storage/record-store.ts';

/** What came of a batch of foreign records. */
export interface Intake {
  /** Those that won at their address and are on the board now. */
  readonly changed: readonly RecordRow[];
  /** How many were altered, forged, too long or otherwise no records: the relay misbehaves. */
  readonly bad: number;
  /** Names of those that are older than what is held: the first bytes of their ids. */
  readonly stale: readonly string[];
}

const staleNameBytes = 6;

/** A record in the form in which the device keeps it. */
export function toRecordRow(record: CheckedRecord): RecordRow {
  return {
    address: bytesToBase64Url(record.address) as RecordAddressText,
    author: bytesToBase64Url(record.author) as PersonaKeyText,
    kind: record.header.kind,
    rev: record.header.rev,
    id: record.id,
    day: record.header.day,
    until: record.header.until,
    bytes: encodeRecord(record),
  };
}

/** What taking records in works with. */
export interface IntakeContext {
  readonly db: WallflowerDatabase;
  readonly verify: SignatureVerifier;
  readonly today: Day;
}

/** So many records are taken between two looks at the clock. */
const recordsPerLook = 8;
/** Signatures that are under way at a time. */
const verifyBatch = 64;

/** What came of proving a batch of foreign records; nothing of it is stored yet. */
export interface Proof {
  readonly proved: readonly IncomingRow[];
  readonly bad: number;
  readonly stale: readonly string[];
}

/**
 * Proves foreign records by form, day and signature, then merges them; in slices, so that the
 * board answers meanwhile. Unknown kinds of a newer protocol and expired records are passed over in
 * silence; nothing unverified is stored.
 */
export async function takeInRecords(
  context: IntakeContext,
  records: readonly SignedRecord[],
): Promise<Intake> {
  const { proved, bad, stale } = await proveRecords(context, records);
  return { changed: await storeProved(context, proved), bad, stale };
}

/** Merges records that proved themselves; answers those that won. */
export async function storeProved(
  { db }: Pick<IntakeContext, 'db'>,
  proved: readonly IncomingRow[],
): Promise<readonly RecordRow[]> {
  return proved.length === 0 ? [] : mergeRecords(db, proved);
}

/** The first half of takeInRecords: nothing is stored. */
export async function proveRecords(
  { db, verify, today }: IntakeContext,
  records: readonly SignedRecord[],
): Promise<Proof> {
  let bad = 0;
  const slices = new Slices();
  const current: CheckedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const checked = checkSignedRecord(record);
    if (index % recordsPerLook === 0) await slices.next();
    if (checked.ok) {
      const { until, day } = checked.value.header;
      if (until >= today && day <= addDays(today, 1)) current.push(checked.value);
    } else if (checked.error.code !== 'unknown-kind') bad++;
  }
  const { news, stale } = await leaveOutKnown(db, current);
  const proved: IncomingRow[] = [];
  for (let first = 0; first < news.length; first += verifyBatch) {
    const batch = news.slice(first, first + verifyBatch);
    const verdicts = await Promise.all(
      batch.map((record) =>
        verify(record.author, recordSigningBytes(record.author, record.body), record.signature),
      ),
    );
    for (const [index, record] of batch.entries()) {
      if (verdicts[index] === true) proved.push(toIncomingRow(record));
      else bad++;
    }
    await slices.next();
  }
  return { proved, bad, stale };
}

/** What was taken apart in proving it is not taken apart again. */
function toIncomingRow(record: CheckedRecord): IncomingRow {
  const { content, header } = record;
  const { slot } = header;
  const held: HeldRecord =
    content.kind === 'contact' ? { slot, kind: content.kind } : { slot, ...content };
  return { ...toRecordRow(record), held };
}

/** Drops what cannot win, so that no signature is checked twice. */
async function leaveOutKnown(db: WallflowerDatabase, records: readonly CheckedRecord[]) {
  const held = await knownRevisions(
    db,
    records.map(({ address }) => address),
  );
  const news: CheckedRecord[] = [];
  const stale: string[] = [];
  for (const [index, record] of records.entries()) {
    const known = held[index];
    const order =
      known === undefined ? 1 : compareRevisions({ rev: record.header.rev, id: record.id }, known);
    if (order > 0) news.push(record);
    else if (order < 0) stale.push(bytesToHex(record.id.subarray(0, staleNameBytes)));
  }
  return { news, stale };
}
