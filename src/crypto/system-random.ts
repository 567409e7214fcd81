import type { RandomSource } from '#core/types/ports.ts';

/** The most that one call of getRandomValues gives (Web Cryptography API section 10.1.1). */
const maxBytesPerCall = 65_536;

/** The platform's own generator. */
export const systemRandom: RandomSource = (length) => {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += maxBytesPerCall) {
    crypto.getRandomValues(bytes.subarray(start, start + maxBytesPerCall));
  }
  return bytes;
};
