import { createHash, randomBytes } from 'node:crypto';

/** Names callers for rate limits without keeping their addresses. */
export interface AddressKeys {
  /** A name that means nothing outside this process. */
  keyOf(address: string): string;
}

const ipv6Prefix = /^((?:[0-9a-f]{0,4}:){4})/i;

/** Hashes addresses with a salt that is drawn at each start and never leaves memory. */
export function createAddressKeys(): AddressKeys {
  const salt = randomBytes(32);
  return {
    keyOf(address) {
      // One household holds a whole /64 of IPv6.
      const network = ipv6Prefix.exec(address)?.[1] ?? address;
      return createHash('sha256').update(salt).update(network).digest('base64url');
    },
  };
}
