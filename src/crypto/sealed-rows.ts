import { encodeCbor } from '#core/codec/cbor.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { AeadKey, CryptoPort, NotAuthentic, RandomSource } from '#core/types/ports.ts';
import { fail, type Result } from '#core/types/result.ts';
import { padRow, unpadRow, type MalformedPadding } from './row-padding.ts';
import type { RowKey } from './vault-keys.ts';

const nonceBytes = 24;
const tagBytes = 16;
/** What sealing adds to a row's size class. */
export const sealedRowOverheadBytes = nonceBytes + tagBytes;

/**
 * Seals one private row: nonce (24 random bytes), then XChaCha20-Poly1305 over the padded plaintext.
 * Table and row id are bound in, so that no row can be moved or swapped (protocol.md, "Vault").
 */
export function sealRow(
  crypto: CryptoPort,
  random: RandomSource,
  rowKey: RowKey,
  table: string,
  rowId: string | Uint8Array,
  plaintext: Uint8Array,
): Bytes {
  const nonce = random(nonceBytes);
  const padded = padRow(plaintext);
  const sealed = crypto.aeadSeal(asAeadKey(rowKey), nonce, padded, encodeCbor([table, rowId]));
  crypto.wipe(padded);
  return concatBytes(nonce, sealed);
}

/** Opens what sealRow made for this table and row; a filler row is `not-authentic`. */
export function openRow(
  crypto: CryptoPort,
  rowKey: RowKey,
  table: string,
  rowId: string | Uint8Array,
  sealed: Uint8Array,
): Result<Bytes, NotAuthentic | MalformedPadding> {
  if (sealed.length < sealedRowOverheadBytes) return fail({ code: 'not-authentic' });
  const padded = crypto.aeadOpen(
    asAeadKey(rowKey),
    sealed.subarray(0, nonceBytes),
    sealed.subarray(nonceBytes),
    encodeCbor([table, rowId]),
  );
  if (!padded.ok) return padded;
  const plaintext = unpadRow(padded.value);
  crypto.wipe(padded.value);
  return plaintext;
}

/** Random bytes as long as a sealed row of a size class; without the key nobody can tell them apart. */
export function fillerRow(random: RandomSource, classBytes: number): Bytes {
  return random(classBytes + sealedRowOverheadBytes);
}

/** A row key is an AEAD key that has no other use. */
function asAeadKey(rowKey: RowKey): AeadKey {
  return rowKey as Bytes as AeadKey;
}
