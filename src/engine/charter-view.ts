import { equalBytes } from '#core/types/bytes.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { personaText } from './addresses.ts';
import type { Outcome } from './api/outcome.ts';
import type { CharterView } from './api/trust-calls.ts';
import { engineError, runStep, type EngineContext } from './engine-context.ts';

/** Who vets people on this board, by the charter that this device follows; null for nobody. */
export async function readCharter(context: EngineContext): Promise<CharterView | null> {
  const trust = await context.charter.read();
  if (trust === null) return null;
  const { charter } = trust;
  return {
    name: charter?.name ?? '',
    stewards: (charter?.stewards ?? []).map((steward) => {
      const key = personaText(steward);
      return { key, name: context.board.profileOf(key)?.name ?? null };
    }),
    until: charter?.until ?? null,
    offersAnother: (await readOffered(context)) !== null,
  };
}

/** Follows the charter that the relay of this app names now. */
export function followOfferedCharter(context: EngineContext): Outcome<void> {
  return runStep(context, async () => {
    const offered = await readOffered(context);
    if (offered === null) return engineError('not-found');
    await context.charter.follow({ key: offered, demo: false });
    context.emit('board');
    context.emit('network');
    return ok(undefined);
  });
}

/** Another charter than the one that is followed, where the relay of this app names one. */
async function readOffered({ db, charter, homeRelay }: EngineContext): Promise<PersonaKey | null> {
  const named = (await db.relays.get(homeRelay))?.charter ?? null;
  const isOther = named !== null && charter.key !== null && !equalBytes(named, charter.key);
  return isOther ? named : null;
}
