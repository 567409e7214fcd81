import { estimatePassphrase } from '#crypto/passphrase-strength.ts';
import { decodeVaultHeader, encodeVaultHeader } from '#crypto/vault-header.ts';
import {
  createVaultHeader,
  deriveRowKey,
  openVaultHeader,
  type MasterKey,
} from '#crypto/vault-keys.ts';
import { calibrateArgon2id } from '#crypto/vault-parameters.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import { fail, ok } from '#core/types/result.ts';
import { withRoom } from '#storage/record-store.ts';
import { readVaultHeader, writeVaultHeader } from '#storage/settings-store.ts';
import { engineError, runStep, type EngineContext } from './engine-context.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import type { PassphraseStrength } from './api/vault-calls.ts';
import { VaultSession } from './vault-session.ts';

/** One second of stretching on this device: slow for a thief, bearable for its owner. */
const stretchTargetMs = 1_000;
/** Tells honestly how long a passphrase would hold. */
export function measurePassphrase(passphrase: string): PassphraseStrength {
  const { bits, level } = estimatePassphrase(passphrase);
  return { bits, level };
}

/** Makes the vault and opens it. */
export function createVault(context: EngineContext, passphrase: string): Outcome<void> {
  return runStep(context, async () => {
    const { db, clock, random } = context;
    if ((await readVaultHeader(db)) !== undefined) return engineError('vault-exists');
    if (measurePassphrase(passphrase).level === 'far-too-weak') {
      return engineError('passphrase-too-weak', 'passphrase');
    }
    const crypto = await loadCrypto(context);
    if (crypto === null) return engineError('no-webassembly');
    const cost = calibrateArgon2id(crypto, clock, stretchTargetMs);
    if (!cost.ok) return engineError('out-of-memory');
    const created = createVaultHeader(crypto, random, passphrase, cost.value);
    if (!created.ok) return engineError('out-of-memory');
    const header = encodeVaultHeader(created.value.header);
    await withRoom(db, () => writeVaultHeader(db, header));
    await openSession(context, crypto, created.value.masterKey);
    return ok(undefined);
  });
}

/** Opens the vault with the passphrase that opens one of its slots. */
export function unlockVault(context: EngineContext, passphrase: string): Outcome<void> {
  return runStep(context, async () => {
    if (context.vault !== null) return ok(undefined);
    const stored = await readVaultHeader(context.db);
    if (stored === undefined) return engineError('vault-missing');
    const header = decodeVaultHeader(stored);
    if (!header.ok) return engineError('storage-unavailable');
    const crypto = await loadCrypto(context);
    if (crypto === null) return engineError('no-webassembly');
    const opened = openVaultHeader(crypto, header.value, passphrase);
    if (!opened.ok) return fail(unlockErrorOf(opened.error.code));
    await openSession(context, crypto, opened.value.masterKey);
    return ok(undefined);
  });
}

async function openSession(
  context: EngineContext,
  crypto: CryptoPort,
  masterKey: MasterKey,
): Promise<void> {
  const rowKey = deriveRowKey(crypto, masterKey);
  crypto.wipe(masterKey);
  const { db, random, token } = context;
  context.vault = await VaultSession.open(db, crypto, random, token, rowKey);
  context.emit('vault');
  context.kick();
}

async function loadCrypto(context: EngineContext): Promise<CryptoPort | null> {
  try {
    return await context.loadCrypto();
  } catch {
    return null;
  }
}

function unlockErrorOf(
  code: 'wrong-passphrase' | 'out-of-memory' | 'parameters-out-of-bounds',
): EngineError {
  if (code === 'wrong-passphrase') return { code, field: 'passphrase' };
  return { code: code === 'out-of-memory' ? code : 'storage-unavailable' };
}
