import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { fixedBytes } from '../codec/shapes.ts';
import type { PersonaKey } from '../types/ids.ts';
import { charterLimits } from '../types/trust-terms.ts';
import { boundedText } from './text.ts';

/** Who runs a board, and whom they let vet people; signed by a root key that does nothing else. */
export interface CharterContent {
  readonly name: string;
  readonly stewards: readonly PersonaKey[];
}

/** [name, [persona ...]]. */
export const charterSchema = z.pipe(
  z.tuple([
    boundedText(charterLimits.nameCharacters).check(z.minLength(1)),
    z.array(fixedBytes<PersonaKey>(32)).check(z.maxLength(charterLimits.stewards)),
  ]),
  z.transform(([name, stewards]): CharterContent => ({ name, stewards })),
);

/** A charter's content in schema order. */
export function charterToContent({ name, stewards }: CharterContent): readonly CborValue[] {
  return [name, stewards];
}
