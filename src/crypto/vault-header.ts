import * as z from 'zod/mini';
import { malformed, type MalformedCbor } from '#core/codec/bounds.ts';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import { fixedBytes, u53 } from '#core/codec/shapes.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { isWithinArgon2idBounds, type Argon2idParameters } from './vault-parameters.ts';

/** Which of the two slots. */
export type SlotIndex = 0 | 1;

/**
 * What a vault stores beside its rows. Both slots are always there; whether the second holds a key
 * or random bytes cannot be told without its passphrase.
 */
export interface VaultHeader extends Argon2idParameters {
  readonly version: 1;
  /** 16 random bytes, shared by both slots so that one Argon2id run tries both. */
  readonly salt: Bytes;
  readonly slots: readonly [Bytes, Bytes];
}

export const vaultVersion = 1;
export const vaultSaltBytes = 16;
/** Nonce 24, wrapped master key 32, tag 16. */
export const vaultSlotBytes = 72;

const headerShape = z.tuple([
  z.literal(vaultVersion),
  fixedBytes<Bytes>(vaultSaltBytes),
  u53,
  u53,
  fixedBytes<Bytes>(vaultSlotBytes),
  fixedBytes<Bytes>(vaultSlotBytes),
]);

/** CBOR of [version, salt, passes, memoryBytes, slot 0, slot 1]. */
export function encodeVaultHeader(header: VaultHeader): Bytes {
  const { version, salt, passes, memoryBytes, slots } = header;
  return encodeCbor([version, salt, passes, memoryBytes, ...slots]);
}

/** Reads a stored header; Argon2id parameters outside the bounds are refused before any work is done. */
export function decodeVaultHeader(bytes: Uint8Array): Result<VaultHeader, MalformedCbor> {
  const fields = decodeCbor(bytes, headerShape);
  if (!fields.ok) return fields;
  const [version, salt, passes, memoryBytes, ...slots] = fields.value;
  const header = { version, salt, passes, memoryBytes, slots };
  return isWithinArgon2idBounds(header) ? ok(header) : fail(malformed('wrong-shape'));
}
