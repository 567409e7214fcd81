import { checkSignedRecord, type CheckedRecord } from '#core/records/checked-record.ts';
import {
  decodeRecord,
  encodeRecord,
  recordSigningBytes,
  type SignedRecord,
} from '#core/records/record.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { compareRevisions } from '#core/records/merge.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { SignatureVerifier } from '#core/types/ports.ts';
import type { RecordRow, WallflowerDatabase } from '#storage/database.ts';
import { mergeRecords } from '#storage/record-store.ts';

/** What came of a batch of foreign records. */
export interface Intake {
  /** Those that won at their address and are on the board now. */
  readonly changed: readonly RecordRow[];
  /** How many were altered, forged, too long or otherwise no records: the relay misbehaves. */
  readonly bad: number;
}

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

/** Reads records as they were sent; those that do not decode are left out. */
export function readRecords(encoded: readonly Uint8Array[]): readonly SignedRecord[] {
  return encoded.flatMap((bytes) => {
    const record = decodeRecord(bytes);
    return record.ok ? [record.value] : [];
  });
}

/**
 * Proves foreign records by form, day and signature, then merges them. Unknown kinds of a newer
 * protocol and expired records are passed over in silence; nothing unverified is stored.
 */
export async function takeInRecords(
  db: WallflowerDatabase,
  verify: SignatureVerifier,
  records: readonly SignedRecord[],
  today: Day,
): Promise<Intake> {
  let bad = 0;
  const candidates: CheckedRecord[] = [];
  for (const record of records) {
    const checked = checkSignedRecord(record);
    if (checked.ok) candidates.push(checked.value);
    else if (checked.error.code !== 'unknown-kind') bad++;
  }
  const current = candidates.filter(
    ({ header }) => header.until >= today && header.day <= addDays(today, 1),
  );
  const news = await leaveOutKnown(db, current);
  const verdicts = await Promise.all(
    news.map((record) =>
      verify(record.author, recordSigningBytes(record.author, record.body), record.signature),
    ),
  );
  const proved = news.filter((_, index) => verdicts[index] === true);
  bad += news.length - proved.length;
  return { changed: await mergeRecords(db, proved.map(toRecordRow)), bad };
}

/** Drops what cannot win, so that no signature is checked twice. */
async function leaveOutKnown(
  db: WallflowerDatabase,
  records: readonly CheckedRecord[],
): Promise<readonly CheckedRecord[]> {
  const addresses = records.map(({ address }) => bytesToBase64Url(address) as RecordAddressText);
  const held = await db.records.bulkGet(addresses);
  return records.filter((record, index) => {
    const known = held[index];
    return (
      known === undefined || compareRevisions({ rev: record.header.rev, id: record.id }, known) > 0
    );
  });
}
