import { equalBytes } from '#core/types/bytes.ts';
import type { RelayContext } from '../relay-context.ts';
import type { ProvedCheck, TrustClaim } from '../workers/jobs.ts';

/** Which records this relay's charter keeps out, by the charter that stands when they come. */
export async function refusedClaims(
  context: Pick<RelayContext, 'log' | 'charter'>,
  checks: readonly ProvedCheck[],
): Promise<ReadonlySet<ProvedCheck>> {
  const refused = new Set<ProvedCheck>();
  for (const check of checks) {
    const { claim, proved } = check;
    if (claim === undefined || isOfOffice(context, claim)) continue;
    // Whoever is no steward any more may still take stars back: the author is part of the address.
    const isTakingBack = claim.kind === 'attestation' && proved.withdrawn;
    if (isTakingBack && (await context.log.recordAt(proved.address)) !== undefined) continue;
    refused.add(check);
  }
  return refused;
}

function isOfOffice(
  { charter }: Pick<RelayContext, 'charter'>,
  { kind, author, subject }: TrustClaim,
): boolean {
  if (charter === null) return false;
  if (kind === 'charter') return equalBytes(author, charter.author);
  return charter.isSteward(author) && (subject === null || !equalBytes(author, subject));
}
