import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { fillerRow } from '#crypto/sealed-rows.ts';
import { readVaultHeader } from '#storage/settings-store.ts';
import type { VaultState } from './api/vault-calls.ts';
import type { EngineContext } from './engine-context.ts';

/** Filler rows by size class, so that an empty vault and a used one look alike. */
const fillerClasses = [256, 256, 256, 256, 256, 256, 1_024, 1_024, 1_024, 1_024, 4_096, 4_096];

/** Whether there is a vault, and whether it is open. */
export async function readVaultState(context: EngineContext): Promise<VaultState> {
  if (context.vault !== null) return 'unlocked';
  return (await readVaultHeader(context.db)) === undefined ? 'missing' : 'locked';
}

/** Puts filler rows where there are none yet, before there is any vault. */
export async function ensureFiller({ db, random }: EngineContext): Promise<void> {
  if ((await db.sealed.count()) > 0) return;
  await db.sealed.bulkAdd(
    fillerClasses.map((classBytes) => ({
      id: bytesToBase64Url(random(16)),
      bytes: fillerRow(random, classBytes),
    })),
  );
}
