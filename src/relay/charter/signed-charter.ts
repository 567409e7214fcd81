import type { CharterContent } from '#core/records/charter.ts';
import {
  checkRecord,
  type AdmissionFault,
  type CheckedRecord,
} from '#core/records/checked-record.ts';
import { recordSigningBytes } from '#core/records/record.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';

/** A charter that names stewards: no withdrawal. */
export interface SignedCharter {
  readonly record: CheckedRecord;
  readonly content: CharterContent;
}

/** Why bytes are no charter that a relay takes today. */
export type CharterProblem = 'not-a-charter' | 'bad-signature' | AdmissionFault['code'];

/** Proves form, kind and signature, but not that its days and its name are what a relay takes. */
export function readCharter(
  { verify }: Pick<CryptoPort, 'verify'>,
  bytes: Uint8Array,
): Result<SignedCharter, { readonly code: 'not-a-charter' | 'bad-signature' }> {
  const checked = checkRecord(bytes);
  if (!checked.ok) return fail({ code: 'not-a-charter' });
  const record = checked.value;
  const { author, body, signature, content } = record;
  if (content.kind !== 'charter' || content.value === null) return fail({ code: 'not-a-charter' });
  if (!verify(author, recordSigningBytes(author, body), signature)) {
    return fail({ code: 'bad-signature' });
  }
  return ok({ record, content: content.value });
}
