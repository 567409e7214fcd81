import { concatBytes, type Bytes } from '../types/bytes.ts';
import type { DhPublicKey } from '../types/ids.ts';
import type { AeadKey, CryptoPort, RandomSource } from '../types/ports.ts';
import { nonceBytes, plainHeaderBytes } from './envelope.ts';

/** HEADER of the Double Ratchet: 32 bytes, PN as u32 BE, N as u32 BE. */
export interface RatchetHeader {
  readonly ratchetKey: DhPublicKey;
  /** PN: how many messages the sender's previous chain had. */
  readonly previousCount: number;
  /** N: this message's number in its chain. */
  readonly number: number;
}

const keyBytes = 32;

/** HENCRYPT: a random nonce and the sealed header, 80 bytes. */
export function sealHeader(
  deps: { readonly crypto: CryptoPort; readonly random: RandomSource },
  key: AeadKey,
  header: RatchetHeader,
  ad: Uint8Array,
): Bytes {
  const plain = new Uint8Array(plainHeaderBytes);
  plain.set(header.ratchetKey);
  const view = new DataView(plain.buffer);
  view.setUint32(keyBytes, header.previousCount);
  view.setUint32(keyBytes + 4, header.number);
  const nonce = deps.random(nonceBytes);
  const sealed = concatBytes(nonce, deps.crypto.aeadSeal(key, nonce, plain, ad));
  deps.crypto.wipe(plain);
  return sealed;
}

/** HDECRYPT: null when the header was not sealed with this key over this associated data. */
export function openHeader(
  crypto: CryptoPort,
  key: AeadKey,
  sealed: Bytes,
  ad: Uint8Array,
): RatchetHeader | null {
  const opened = crypto.aeadOpen(
    key,
    sealed.subarray(0, nonceBytes),
    sealed.subarray(nonceBytes),
    ad,
  );
  if (!opened.ok) return null;
  const plain = opened.value;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const header = {
    ratchetKey: plain.slice(0, keyBytes) as DhPublicKey,
    previousCount: view.getUint32(keyBytes),
    number: view.getUint32(keyBytes + 4),
  };
  crypto.wipe(plain);
  return header;
}
