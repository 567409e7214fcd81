import 'fake-indexeddb/auto';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { systemRandom } from '#crypto/system-random.ts';
import { decodeVaultHeader } from '#crypto/vault-header.ts';
import { deriveRowKey, openVaultHeader } from '#crypto/vault-keys.ts';
import { VaultSession, type VaultChange } from '#engine/vault-session.ts';
import { takeLead } from '#storage/lead.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { readVaultHeader } from '#storage/settings-store.ts';
import { unwrap, type Device } from './engine-in-node.ts';
import { FaultLine } from './fault-line.ts';

export const sodium = await createSodiumCrypto();
const token = 'the test itself';

/** What a device's vault holds on its disk at this moment, to be read only. */
export async function openedVault(device: Device): Promise<VaultSession> {
  const db = new WallflowerDatabase(device.name);
  const session = await openOn(db, device);
  db.close();
  return session;
}

/** Changes the vault of a device that is not running. */
export async function changeVault(
  device: Device,
  change: (vault: VaultSession) => VaultChange,
): Promise<void> {
  new FaultLine(device.name);
  const db = new WallflowerDatabase(device.name);
  await takeLead(db, token);
  const session = await openOn(db, device);
  await session.commit(change(session));
  db.close();
}

async function openOn(db: WallflowerDatabase, device: Device): Promise<VaultSession> {
  const stored = await readVaultHeader(db);
  if (stored === undefined) throw new Error('no vault');
  const header = unwrap(decodeVaultHeader(stored));
  const opened = unwrap(openVaultHeader(sodium, header, device.passphrase));
  const rowKey = deriveRowKey(sodium, opened.masterKey);
  return VaultSession.open(db, sodium, systemRandom, token, rowKey);
}
