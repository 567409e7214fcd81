/*
 * What libsodium 1.0.22 refuses before it computes anything (crypto_sign_ed25519_verify_detached).
 * WebCrypto leaves some of it open: Chromium 156 accepts 22 of the 28 signatures of small order in
 * tests/vectors/ed25519-edge-cases.json. What remains after these checks is the equation
 * [S]B = R + [h]A itself, without a cofactor, and on that all of them agree (decisions/0010).
 */

/** The prime 2^255 - 19, little-endian (RFC 8032 section 5.1). */
const fieldPrime = littleEndian((1n << 255n) - 19n);
/** The order L of the base point, little-endian (RFC 8032 section 5.1). */
const groupOrder = littleEndian((1n << 252n) + 27_742_317_777_372_353_535_851_937_790_883_648_493n);

/** A y-coordinate of the points of order 8 (libsodium, ge25519_has_small_order); the other is its negative. */
const orderEightY =
  2_707_385_501_144_840_649_318_225_287_225_658_788_936_804_267_575_313_519_463_743_609_750_303_402_022n;
const prime = (1n << 255n) - 19n;

/** Every canonical y that decodes to a point of order 1, 2, 4 or 8. */
const smallOrderYs = [0n, 1n, orderEightY, prime - orderEightY, prime - 1n].map(littleEndian);

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

/**
 * Whether a key (32 bytes) and a signature (64 bytes: R, then S) pass all that libsodium demands
 * besides the equation: S below L, A and R canonical and not of small order.
 */
export function passesEd25519Prechecks(key: Uint8Array, signature: Uint8Array): boolean {
  return (
    key.length === 32 &&
    signature.length === 64 &&
    isBelow(signature, 32, groupOrder, 0xff) &&
    isAcceptablePoint(key) &&
    isAcceptablePoint(signature)
  );
}

/** Reads the first 32 bytes as a point; only the encoding is judged, not whether it is on the curve. */
function isAcceptablePoint(bytes: Uint8Array): boolean {
  return isBelow(bytes, 0, fieldPrime, 0x7f) && !smallOrderYs.some((y) => isSameY(bytes, y));
}

/** Compares 32 little-endian bytes with a bound; the mask leaves the sign of x out. */
function isBelow(bytes: Uint8Array, offset: number, bound: Uint8Array, topMask: number): boolean {
  for (let index = 31; index >= 0; index--) {
    const mask = index === 31 ? topMask : 0xff;
    const difference = ((bytes[offset + index] ?? 0) & mask) - (bound[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isSameY(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let index = 0; index < 31; index++) {
    if (bytes[index] !== y[index]) return false;
  }
  return ((bytes[31] ?? 0) & 0x7f) === y[31];
}
