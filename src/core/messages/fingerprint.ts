import { labelledHash } from '../codec/hash.ts';
import { compareBytes } from '../types/bytes.ts';
import type { DhPublicKey, PersonaKey } from '../types/ids.ts';

/** What one party contributes to the digits that both compare. */
export interface FingerprintParty {
  readonly persona: PersonaKey;
  readonly ik: DhPublicKey;
}

const groupsPerParty = 6;
const bytesPerGroup = 5;
const digitsPerGroup = 5;
const groupModulus = 100_000;

/** The 60 digits of protocol.md, "Verification": the same for both, the lower persona first. */
export function fingerprintDigits(a: FingerprintParty, b: FingerprintParty): string {
  const [lower, higher] = compareBytes(a.persona, b.persona) < 0 ? [a, b] : [b, a];
  return partyDigits(lower) + partyDigits(higher);
}

function partyDigits({ persona, ik }: FingerprintParty): string {
  const hash = labelledHash('fingerprint', persona, ik);
  let digits = '';
  for (let group = 0; group < groupsPerParty; group++) {
    let value = 0;
    for (const byte of hash.subarray(group * bytesPerGroup, (group + 1) * bytesPerGroup)) {
      value = value * 256 + byte;
    }
    digits += String(value % groupModulus).padStart(digitsPerGroup, '0');
  }
  return digits;
}
