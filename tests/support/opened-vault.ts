import 'fake-indexeddb/auto';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { systemRandom } from '#crypto/system-random.ts';
import { decodeVaultHeader } from '#crypto/vault-header.ts';
import { deriveRowKey, openVaultHeader } from '#crypto/vault-keys.ts';
import { VaultSession } from '#engine/vault-session.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { readVaultHeader } from '#storage/settings-store.ts';
import { unwrap, type Device } from './engine-in-node.ts';

export const sodium = await createSodiumCrypto();

/** What a device's vault holds on its disk at this moment, to be read only. */
export async function openedVault(device: Device): Promise<VaultSession> {
  const db = new WallflowerDatabase(device.name);
  const stored = await readVaultHeader(db);
  if (stored === undefined) throw new Error('no vault');
  const header = unwrap(decodeVaultHeader(stored));
  const opened = unwrap(openVaultHeader(sodium, header, device.passphrase));
  const rowKey = deriveRowKey(sodium, opened.masterKey);
  const session = await VaultSession.open(db, sodium, systemRandom, '', rowKey);
  db.close();
  return session;
}
