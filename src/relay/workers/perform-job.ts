import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { splitCborSequence } from '#core/codec/cbor.ts';
import { checkAdmission, checkRecord, type CheckedRecord } from '#core/records/checked-record.ts';
import { encodePackPayload, packHeader } from '#core/records/pack.ts';
import { decodeRecord, maxRecordBytes, recordSigningBytes } from '#core/records/record.ts';
import { concatBytes, copyBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PackHash, PersonaKey, Signature } from '#core/types/ids.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { toProvedRecord } from '../proved-record.ts';
import type { Job, JobAnswer, PackEffort, PostCheck, RecordCheck, TrustClaim } from './jobs.ts';

type Verify = CryptoPort['verify'];

/** 19 is the highest that does not ask for more memory; 6 takes some 10 ms for 256 records. */
const zstdLevels: Readonly<Record<PackEffort, number>> = { sealed: 19, asked: 6 };

const recordBounds = { maxBytes: maxRecordBytes, maxDepth: 8, maxLength: 256 };

/** Does one job; runs in a worker, so that no check stands between a call and its answer. */
export function performJob(verify: Verify, job: Job): JobAnswer {
  switch (job.what) {
    case 'check-post':
      return { what: 'check-post', check: checkPost(verify, job.body, job.today) };
    case 'verify':
      return {
        what: 'verify',
        verdicts: job.claims.map(({ key, message, signature }) =>
          verify(key as PersonaKey, message, signature as Signature),
        ),
      };
    case 'lay-out':
      return { what: 'lay-out', payload: layOut(job.records) };
    case 'seal-pack':
      return sealPack(job.records, job.effort);
  }
}

function checkPost(verify: Verify, body: Bytes, today: Day): PostCheck {
  const items = splitCborSequence(body, wireLimits.recordsPerPost, recordBounds);
  if (items.ok) {
    return { code: 'checked', records: items.value.map((item) => checkItem(verify, item, today)) };
  }
  const { reason } = items.error;
  return { code: reason === 'array-too-long' || reason === 'too-long' ? 'too-large' : 'malformed' };
}

function checkItem(verify: Verify, bytes: Bytes, today: Day): RecordCheck {
  const checked = checkRecord(bytes);
  if (!checked.ok) {
    const verdict = checked.error.code === 'unknown-kind' ? 'unknown-kind' : 'malformed';
    return { verdict, id: null };
  }
  const record = checked.value;
  const { id, author, body, signature } = record;
  const admission = checkAdmission(record, today);
  if (!admission.ok) return { verdict: admission.error.code, id };
  if (!verify(author, recordSigningBytes(author, body), signature)) {
    return { verdict: 'bad-signature', id };
  }
  const proved = toProvedRecord(record, bytes);
  const claim = claimOf(record);
  return claim === undefined ? { proved } : { proved, claim };
}

function claimOf({ author, content }: CheckedRecord): TrustClaim | undefined {
  switch (content.kind) {
    case 'attestation':
      return { kind: content.kind, author, subject: content.value?.subject ?? null };
    case 'charter':
      return { kind: content.kind, author, subject: null };
    default:
      return undefined;
  }
}

function layOut(records: readonly Bytes[]): Bytes {
  return encodePackPayload(
    records.map((record) => {
      const decoded = decodeRecord(record);
      if (!decoded.ok) throw new Error('the log holds something that is no record');
      return decoded.value;
    }),
  );
}

/** Lays records, newest first, out as a pack and compresses it. */
function sealPack(records: readonly Bytes[], effort: PackEffort): JobAnswer {
  const payload = layOut(records);
  const params = { [constants.ZSTD_c_compressionLevel]: zstdLevels[effort] };
  const bytes = concatBytes(packHeader('zstd'), zstdCompressSync(payload, { params }));
  const hash = copyBytes(createHash('sha256').update(bytes).digest()) as PackHash;
  return { what: 'seal-pack', hash, bytes };
}
