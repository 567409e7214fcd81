import type { Bytes } from '#core/types/bytes.ts';
import type { CryptoPort } from '#core/types/ports.ts';
import type { Sodium } from './sodium.ts';

const hashBytes = 32;
const saltBytes = 16;
/** RFC 9106 section 3.1: at least 8 blocks of 1 KiB a lane. */
const minMemoryBytes = 8192;

/** The device would not give Argon2id the memory it was asked for. */
export class OutOfMemoryError extends Error {
  readonly code = 'out-of-memory';

  constructor() {
    super('out-of-memory');
    this.name = 'OutOfMemoryError';
  }
}

/** Argon2id on libsodium (one lane, version 1.3); throws OutOfMemoryError when the memory is refused. */
export function argon2idOf(sodium: Sodium): CryptoPort['argon2id'] {
  return (passphrase, salt, passes, memoryBytes) => {
    if (salt.length !== saltBytes || !isCount(passes, 1) || !isCount(memoryBytes, minMemoryBytes)) {
      throw new RangeError('Argon2id: 16 bytes of salt, at least 1 pass and 8,192 bytes of memory');
    }
    try {
      return sodium.crypto_pwhash(
        hashBytes,
        passphrase,
        salt,
        passes,
        memoryBytes,
        sodium.crypto_pwhash_ALG_ARGON2ID13,
      ) as Bytes;
    } catch {
      throw new OutOfMemoryError();
    }
  };
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
