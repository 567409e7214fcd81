import { copyBytes, type Bytes } from '../types/bytes.ts';
import type { DhPublicKey, KemCiphertext } from '../types/ids.ts';
import { fail, ok, type Result } from '../types/result.ts';

/** protocol.md, "First message": type, card key id, EKa, ct, sealed identity. */
export const firstType = 1;
/** protocol.md, "After it". */
export const ratchetType = 2;
export const cardKeyIdBytes = 8;
const ephemeralBytes = 32;
const kemCiphertextBytes = 1_120;
/** Raw persona 32, ik 32, bind 64, and the AEAD tag. */
const sealedIdentityBytes = 144;
export const nonceBytes = 24;
const tagBytes = 16;
/** DH public 32, PN 4, N 4. */
export const plainHeaderBytes = 40;
export const headerBytes = nonceBytes + plainHeaderBytes + tagBytes;
/** Type 1 up to the header: the same bytes in every message until the first answer. */
export const prologueBytes =
  1 + cardKeyIdBytes + ephemeralBytes + kemCiphertextBytes + sealedIdentityBytes;
/** Everything of a type 1 envelope but the padded payload: 1,425 bytes. */
export const firstOverheadBytes = prologueBytes + headerBytes + nonceBytes + tagBytes;
/** Everything of a type 2 envelope but the padded payload: 121 bytes. */
export const ratchetOverheadBytes = 1 + headerBytes + nonceBytes + tagBytes;
/** Size of every type 1 envelope. */
export const firstEnvelopeBytes = 4_096;
/** Sizes of type 2 envelopes, ascending. */
export const ratchetEnvelopeBytes: readonly number[] = [512, 1_024, 2_048, 4_096];

/** An envelope cut at its fixed offsets; nothing in it is authenticated yet. */
export interface EnvelopeParts {
  readonly type: typeof firstType | typeof ratchetType;
  /** Every byte before the header. */
  readonly prefix: Bytes;
  /** Nonce 24 and the sealed header. */
  readonly header: Bytes;
  /** Nonce 24 and the sealed payload. */
  readonly body: Bytes;
}

/** The fields of a type 1 envelope before its header. */
export interface Prologue {
  readonly cardKeyId: Bytes;
  readonly ephemeral: DhPublicKey;
  readonly kemCiphertext: KemCiphertext;
  readonly sealedIdentity: Bytes;
}

/** Bytes that have no envelope's type or size. */
export interface NotAnEnvelope {
  readonly code: 'not-an-envelope';
}

/** Cuts an envelope into its parts by type and size. Total. */
export function splitEnvelope(envelope: Uint8Array): Result<EnvelopeParts, NotAnEnvelope> {
  const type = envelope[0];
  if (type === firstType && envelope.length === firstEnvelopeBytes) {
    return ok(cut(envelope, type, prologueBytes));
  }
  if (type === ratchetType && ratchetEnvelopeBytes.includes(envelope.length)) {
    return ok(cut(envelope, type, 1));
  }
  return fail({ code: 'not-an-envelope' });
}

function cut(
  envelope: Uint8Array,
  type: EnvelopeParts['type'],
  prefixLength: number,
): EnvelopeParts {
  const bodyStart = prefixLength + headerBytes;
  const own = copyBytes(envelope);
  return {
    type,
    prefix: own.subarray(0, prefixLength),
    header: own.subarray(prefixLength, bodyStart),
    body: own.subarray(bodyStart),
  };
}

/** Cuts the 1,305 bytes before a type 1 header into fields. */
export function splitPrologue(prefix: Bytes): Prologue {
  const ephemeralStart = 1 + cardKeyIdBytes;
  const ciphertextStart = ephemeralStart + ephemeralBytes;
  const identityStart = ciphertextStart + kemCiphertextBytes;
  return {
    cardKeyId: prefix.slice(1, ephemeralStart),
    ephemeral: prefix.slice(ephemeralStart, ciphertextStart) as DhPublicKey,
    kemCiphertext: prefix.slice(ciphertextStart, identityStart) as KemCiphertext,
    sealedIdentity: prefix.slice(identityStart),
  };
}
