import type { CheckedRecord } from '#core/records/checked-record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { ProvedRecord } from './log-port.ts';

/** What the log keeps of a record whose day and signature are proved too; `bytes` are the record as sent. */
export function toProvedRecord(
  { address, id, header, content }: CheckedRecord,
  bytes: Bytes,
): ProvedRecord {
  return {
    address,
    id,
    kind: header.kind,
    rev: header.rev,
    day: header.day,
    until: header.until,
    withdrawn: content.value === null,
    listed: content.kind !== 'contact',
    bytes,
  };
}
