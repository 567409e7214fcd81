import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { fixedBytes, wholeNumber } from '../codec/shapes.ts';
import type { PersonaKey } from '../types/ids.ts';
import {
  maxStars,
  vettingMethodCodes,
  type Stars,
  type VettingMethod,
} from '../types/trust-terms.ts';
import { namesByCode, wireCode } from './wire-codes.ts';

/** What a steward says of somebody; `until` is when the stars go out. */
export interface AttestationContent {
  readonly subject: PersonaKey;
  readonly stars: Stars;
  /** Null for one that this version does not know. */
  readonly method: VettingMethod | null;
}

const methodByCode = namesByCode(vettingMethodCodes);

/** [persona, stars, method code]. */
export const attestationSchema = z.pipe(
  z.tuple([fixedBytes<PersonaKey>(32), wholeNumber(0, maxStars), wireCode]),
  z.transform(([subject, stars, method]): AttestationContent => ({
    subject,
    stars: stars as Stars,
    method: methodByCode.get(method) ?? null,
  })),
);

/** An attestation's content in schema order. */
export function attestationToContent(
  attestation: AttestationContent & { readonly method: VettingMethod },
): readonly CborValue[] {
  const { subject, stars, method } = attestation;
  return [subject, stars, vettingMethodCodes[method]];
}
