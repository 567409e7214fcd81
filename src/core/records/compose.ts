import type { CborValue } from '../codec/cbor.ts';
import type { CryptoPort } from '../types/ports.ts';
import { addDays, type Day } from '../types/day.ts';
import type { PersonaKey, PersonaSeed } from '../types/ids.ts';
import { encodeBody, maxLifetimeDays, recordSigningBytes } from './record.ts';
import type { RecordHeader, SignedRecord } from './record.ts';

/** Who signs. */
export interface Signer {
  readonly key: PersonaKey;
  readonly seed: PersonaSeed;
}

/** Signs a revision with content in its kind's schema order. */
export function composeRecord(
  crypto: Pick<CryptoPort, 'sign'>,
  signer: Signer,
  header: RecordHeader,
  content: readonly CborValue[],
): SignedRecord {
  const body = encodeBody({ ...header, content });
  const signature = crypto.sign(signer.seed, recordSigningBytes(signer.key, body));
  return { author: signer.key, signature, body };
}

/** Signs the revision that takes a record back: no content, remembered for 180 days from `day`. */
export function composeWithdrawal(
  crypto: Pick<CryptoPort, 'sign'>,
  signer: Signer,
  header: Omit<RecordHeader, 'until'>,
): SignedRecord {
  return composeRecord(crypto, signer, { ...header, until: withdrawalUntil(header.day) }, []);
}

function withdrawalUntil(day: Day): Day {
  return addDays(day, maxLifetimeDays);
}
