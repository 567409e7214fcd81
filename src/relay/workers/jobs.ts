import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { PackHash, PersonaKey, RecordId } from '#core/types/ids.ts';
import type { RecordVerdict } from '#sync/wire/codes.ts';
import type { ProvedRecord } from '../log-port.ts';

/** Who says what of whom: all that the relay's charter has to judge. */
export interface TrustClaim {
  readonly kind: 'attestation' | 'charter';
  readonly author: PersonaKey;
  /** Who is attested; null for a charter, and for what is taken back. */
  readonly subject: PersonaKey | null;
}

/** A record whose form, day and signature are proved; attestations and charters alone bring a claim. */
export interface ProvedCheck {
  readonly proved: ProvedRecord;
  readonly claim?: TrustClaim;
}

/** What checking one record of a post came to. */
export type RecordCheck =
  ProvedCheck | { readonly verdict: RecordVerdict; readonly id: RecordId | null };

/** What checking a post's body came to. */
export type PostCheck =
  | { readonly code: 'checked'; readonly records: readonly RecordCheck[] }
  | { readonly code: 'malformed' | 'too-large' };

/** One signature to verify, with what it covers. */
export interface SignatureClaim {
  readonly key: Bytes;
  readonly message: Bytes;
  readonly signature: Bytes;
}

/** `sealed` is compressed once at the highest level; `asked` is made for one answer. */
export type PackEffort = 'sealed' | 'asked';

/** A job for a worker, and what it answers. */
export type Job =
  | { readonly what: 'check-post'; readonly body: Bytes; readonly today: Day }
  | { readonly what: 'verify'; readonly claims: readonly SignatureClaim[] }
  | { readonly what: 'lay-out'; readonly records: readonly Bytes[] }
  | { readonly what: 'seal-pack'; readonly records: readonly Bytes[]; readonly effort: PackEffort };

export type JobAnswer =
  | { readonly what: 'check-post'; readonly check: PostCheck }
  | { readonly what: 'verify'; readonly verdicts: readonly boolean[] }
  | { readonly what: 'lay-out'; readonly payload: Bytes }
  | { readonly what: 'seal-pack'; readonly hash: PackHash; readonly bytes: Bytes };

/** Several jobs travel in one message, because each message costs more than most jobs do. */
export interface JobBatch {
  readonly jobs: readonly Job[];
}

/** Answers in the order of the jobs; a job that threw is an error's message. */
export interface JobBatchAnswer {
  readonly answers: readonly (JobAnswer | { readonly what: 'failed'; readonly message: string })[];
}
