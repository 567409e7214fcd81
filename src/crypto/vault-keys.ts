import { domainLabel, labelledBytes } from '#core/codec/hash.ts';
import type { Brand } from '#core/types/brand.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { AeadKey, CryptoPort, RandomSource } from '#core/types/ports.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { OutOfMemoryError } from './argon2id.ts';
import {
  vaultSaltBytes,
  vaultSlotBytes,
  vaultVersion,
  type SlotIndex,
  type VaultHeader,
} from './vault-header.ts';
import {
  isWithinArgon2idBounds,
  type Argon2idParameters,
  type OutOfMemory,
} from './vault-parameters.ts';

/** 32 random bytes that a slot wraps; everything private hangs on them. Secret. */
export type MasterKey = Brand<Bytes, 'MasterKey'>;
/** Seals the vault's rows, 32 bytes. Secret. */
export type RowKey = Brand<Bytes, 'RowKey'>;

/** No slot opened: another passphrase, or a header that was altered. The two cannot be told apart. */
export interface WrongPassphrase {
  readonly code: 'wrong-passphrase';
}

/** The passphrase opens the other slot already; one passphrase cannot open both. */
export interface PassphraseInUse {
  readonly code: 'passphrase-in-use';
}

/** Stored Argon2id parameters that this project never writes. */
export interface ParametersOutOfBounds {
  readonly code: 'parameters-out-of-bounds';
}

export interface OpenedVault {
  readonly masterKey: MasterKey;
  readonly slotIndex: SlotIndex;
}

const masterKeyBytes = 32;
const nonceBytes = 24;

/** Makes a vault with a new master key in one slot, drawn by lot, and random bytes in the other. */
export function createVaultHeader(
  crypto: CryptoPort,
  random: RandomSource,
  passphrase: string,
  { passes, memoryBytes }: Argon2idParameters,
): Result<{ readonly header: VaultHeader } & OpenedVault, OutOfMemory | ParametersOutOfBounds> {
  const empty: VaultHeader = {
    version: vaultVersion,
    salt: random(vaultSaltBytes),
    passes,
    memoryBytes,
    slots: [random(vaultSlotBytes), random(vaultSlotBytes)],
  };
  const slotIndex = ((random(1)[0] ?? 0) & 1) as SlotIndex;
  const masterKey = random(masterKeyBytes) as MasterKey;
  const wrappingKey = stretchPassphrase(crypto, empty, passphrase);
  if (!wrappingKey.ok) return wrappingKey;
  const header = withSlot(crypto, random, empty, wrappingKey.value, { masterKey, slotIndex });
  crypto.wipe(wrappingKey.value);
  return ok({ header, masterKey, slotIndex });
}

/**
 * Opens the slot that the passphrase opens: one Argon2id run, then both slots are always tried, so
 * that the time says nothing about which one it was.
 */
export function openVaultHeader(
  crypto: CryptoPort,
  header: VaultHeader,
  passphrase: string,
): Result<OpenedVault, WrongPassphrase | OutOfMemory | ParametersOutOfBounds> {
  const wrappingKey = stretchPassphrase(crypto, header, passphrase);
  if (!wrappingKey.ok) return wrappingKey;
  const first = unwrapSlot(crypto, wrappingKey.value, header, 0);
  const second = unwrapSlot(crypto, wrappingKey.value, header, 1);
  crypto.wipe(wrappingKey.value);
  return first ? ok(first) : second ? ok(second) : fail({ code: 'wrong-passphrase' });
}

/**
 * Wraps a master key for a passphrase in one slot and leaves the other as it is: a changed
 * passphrase keeps its slot and key, a second vault takes the other slot and a new key (what was
 * there is lost, and whether anything was cannot be known). Salt and parameters stay, since both
 * slots hang on them.
 */
export function fillVaultSlot(
  crypto: CryptoPort,
  random: RandomSource,
  header: VaultHeader,
  passphrase: string,
  { masterKey, slotIndex }: OpenedVault,
): Result<VaultHeader, PassphraseInUse | OutOfMemory | ParametersOutOfBounds> {
  const wrappingKey = stretchPassphrase(crypto, header, passphrase);
  if (!wrappingKey.ok) return wrappingKey;
  const other = unwrapSlot(crypto, wrappingKey.value, header, slotIndex === 0 ? 1 : 0);
  const filled = withSlot(crypto, random, header, wrappingKey.value, { masterKey, slotIndex });
  crypto.wipe(wrappingKey.value);
  if (!other) return ok(filled);
  crypto.wipe(other.masterKey);
  return fail({ code: 'passphrase-in-use' });
}

/** A master key for a slot to be filled. */
export function createMasterKey(random: RandomSource): MasterKey {
  return random(masterKeyBytes) as MasterKey;
}

/** The key of the vault's rows: HKDF-SHA512 of the master key with its own label. */
export function deriveRowKey(crypto: CryptoPort, masterKey: MasterKey): RowKey {
  return crypto.hkdfSha512(
    new Uint8Array(0),
    masterKey,
    domainLabel('vault-rows'),
    masterKeyBytes,
  ) as RowKey;
}

/** One Argon2id run over the passphrase (NFC, UTF-8), then the key that both slots are tried with. */
function stretchPassphrase(
  crypto: CryptoPort,
  header: VaultHeader,
  passphrase: string,
): Result<AeadKey, OutOfMemory | ParametersOutOfBounds> {
  if (!isWithinArgon2idBounds(header)) return fail({ code: 'parameters-out-of-bounds' });
  const bytes = new TextEncoder().encode(passphrase.normalize('NFC'));
  try {
    const stretched = crypto.argon2id(bytes, header.salt, header.passes, header.memoryBytes);
    const wrappingKey = crypto.hkdfSha512(
      new Uint8Array(0),
      stretched,
      domainLabel('vault-slot'),
      masterKeyBytes,
    );
    crypto.wipe(stretched);
    return ok(wrappingKey as AeadKey);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return fail({ code: error.code });
    throw error;
  } finally {
    crypto.wipe(bytes);
  }
}

function withSlot(
  crypto: CryptoPort,
  random: RandomSource,
  header: VaultHeader,
  wrappingKey: AeadKey,
  { masterKey, slotIndex }: OpenedVault,
): VaultHeader {
  const nonce = random(nonceBytes);
  const sealed = crypto.aeadSeal(wrappingKey, nonce, masterKey, slotContext(header, slotIndex));
  const slot = concatBytes(nonce, sealed);
  const [first, second] = header.slots;
  return { ...header, slots: slotIndex === 0 ? [slot, second] : [first, slot] };
}

function unwrapSlot(
  crypto: CryptoPort,
  wrappingKey: AeadKey,
  header: VaultHeader,
  slotIndex: SlotIndex,
): OpenedVault | undefined {
  const slot = header.slots[slotIndex];
  const opened = crypto.aeadOpen(
    wrappingKey,
    slot.slice(0, nonceBytes),
    slot.subarray(nonceBytes),
    slotContext(header, slotIndex),
  );
  return opened.ok ? { masterKey: opened.value as MasterKey, slotIndex } : undefined;
}

/** Ties a slot to its place and to the parameters: none of them can be altered or swapped. */
function slotContext({ version, salt, passes, memoryBytes }: VaultHeader, slotIndex: SlotIndex) {
  return labelledBytes('vault-slot', version, salt, passes, memoryBytes, slotIndex);
}
