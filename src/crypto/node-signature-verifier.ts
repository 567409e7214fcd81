import { createPublicKey, verify } from 'node:crypto';
import type { CryptoPort } from '#core/types/ports.ts';
import { passesEd25519Prechecks } from './ed25519-prechecks.ts';
import { cacheByKey } from './key-cache.ts';

/** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410 section 4). */
const spkiPrefix = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
]);

/** Verifies by Node's own crypto with libsodium's verdicts, at once and without a promise: for the relay. */
export function createNodeVerifier(): CryptoPort['verify'] {
  const keyObjectOf = cacheByKey((key) =>
    createPublicKey({ key: Buffer.concat([spkiPrefix, key]), format: 'der', type: 'spki' }),
  );
  return (key, message, signature) => {
    if (!passesEd25519Prechecks(key, signature)) return false;
    try {
      return verify(null, message, keyObjectOf(key), signature);
    } catch {
      return false;
    }
  };
}
