import type { PersonaKeyText } from '#core/types/ids.ts';
import { personaText } from './addresses.ts';
import type { AuthorTrust } from './api/trust-calls.ts';
import type { BoardIndex } from './board-index.ts';
import type { StandingStars, TrustView } from './trust-index.ts';
import type { VaultSession } from './vault-session.ts';

/** What a board's stewards say of a persona, as screens show it; null for nothing. */
export function authorTrust(
  board: BoardIndex,
  trust: TrustView,
  author: PersonaKeyText,
): AuthorTrust | null {
  return toAuthorTrust(board, trust.stars.get(author));
}

/** What one steward says of a persona, as screens show it; null for nothing. */
export function ownVetting(
  board: BoardIndex,
  trust: TrustView,
  steward: PersonaKeyText,
  author: PersonaKeyText,
): AuthorTrust | null {
  const said = trust.all.find(
    (stars) => personaText(stars.subject) === author && personaText(stars.steward) === steward,
  );
  return toAuthorTrust(board, said);
}

function toAuthorTrust(board: BoardIndex, said: StandingStars | undefined): AuthorTrust | null {
  if (said === undefined) return null;
  const { stars, method, day, until } = said;
  const steward = personaText(said.steward);
  const stewardName = board.profileOf(steward)?.name ?? null;
  return { stars, method, day, until, steward, stewardName };
}

/** The persona of an open vault that may vet another; null for none, and for one of the vault's own. */
export function stewardFor(
  vault: VaultSession | null,
  trust: TrustView | null,
  author: PersonaKeyText,
): PersonaKeyText | null {
  const mine = vault?.all('persona').map(({ key }) => personaText(key)) ?? [];
  if (mine.includes(author)) return null;
  const stewards = trust?.charter?.stewards.map(personaText) ?? [];
  return mine.find((key) => stewards.includes(key)) ?? null;
}
