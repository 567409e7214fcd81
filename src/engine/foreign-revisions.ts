import { equalBytes } from '#core/types/bytes.ts';
import type { RecordAddressText } from '#core/types/ids.ts';
import type { RecordRow } from '#storage/database.ts';
import { personaText } from './addresses.ts';
import type { EngineContext } from './engine-context.ts';
import type { PersonaValue, SealedValue, SealedValueOf } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** What is kept of own records, so that another's can be told from them; goes into the step that stores them. */
export function ownHeads(
  vault: VaultSession,
  persona: PersonaValue,
  rows: readonly RecordRow[],
): readonly SealedValueOf<'own-head'>[] {
  const heads = vault.all('own-head');
  return rows.map(({ address, rev, id }) => ({
    type: 'own-head',
    id: heads.find((head) => head.address === address)?.id ?? vault.newId(),
    persona: persona.key,
    address,
    rev,
    recordId: id,
  }));
}

/**
 * Raises the alarm for a persona when a record of it is on this device that this device did not
 * sign: somebody else has its key. What was signed up to the day of a restore counts as its own.
 */
export async function findForeignRevisions(
  context: EngineContext,
  vault: VaultSession,
): Promise<void> {
  const heads = vault.all('own-head');
  const held = await Promise.all(
    heads.map(({ address }) => context.db.board.getAt(address as RecordAddressText)),
  );
  const put: SealedValue[] = [];
  for (const persona of vault.all('persona')) {
    const foreign = held.filter((row, index) => {
      const head = heads[index];
      return (
        row?.author === personaText(persona.key) && !equalBytes(row.id, head?.recordId ?? row.id)
      );
    });
    const strange = foreign.filter((row) => !isRestored(persona, row));
    const adopted = foreign.flatMap((row) => (row && isRestored(persona, row) ? [row] : []));
    put.push(...ownHeads(vault, persona, adopted));
    if (strange.length > 0 && !persona.foreignRevision) {
      put.push({ ...persona, foreignRevision: true });
    }
  }
  if (put.length === 0) return;
  await vault.commit({ put });
  context.emit('personas');
}

function isRestored({ restoredDay }: PersonaValue, row: RecordRow | undefined): boolean {
  return restoredDay !== null && row !== undefined && row.day <= restoredDay;
}
