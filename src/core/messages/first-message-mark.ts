import { labelledHash } from '../codec/hash.ts';
import type { Brand } from '../types/brand.ts';
import type { Bytes } from '../types/bytes.ts';
import type { DhPublicKey, KemCiphertext } from '../types/ids.ts';
import { ok, fail, type Result } from '../types/result.ts';
import { firstType, splitEnvelope, splitPrologue, type NotAnEnvelope } from './envelope.ts';

/** H(EKa, ct), 32 bytes: by it a prologue that was seen before is known again. */
export type FirstMessageMark = Brand<Bytes, 'FirstMessageMark'>;

/** The mark of a prologue's two public values. */
export function markOf(ephemeral: DhPublicKey, ciphertext: KemCiphertext): FirstMessageMark {
  return labelledHash('first-message-mark', ephemeral, ciphertext) as FirstMessageMark;
}

/** The mark of a type 1 envelope; an error for anything else. */
export function firstMessageMark(envelope: Uint8Array): Result<FirstMessageMark, NotAnEnvelope> {
  const parts = splitEnvelope(envelope);
  if (!parts.ok) return parts;
  if (parts.value.type !== firstType) return fail({ code: 'not-an-envelope' });
  const { ephemeral, kemCiphertext } = splitPrologue(parts.value.prefix);
  return ok(markOf(ephemeral, kemCiphertext));
}
