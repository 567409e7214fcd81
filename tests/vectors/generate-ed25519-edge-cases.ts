import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/*
 * Makes ed25519-edge-cases.json: signatures after the kinds of Wycheproof and of "Taming the many
 * EdDSAs" (https://eprint.iacr.org/2020/1244, table 5), with points of small and of mixed order
 * that a signer of good faith never makes. `node tests/vectors/generate-ed25519-edge-cases.ts`
 * prints the file; a test compares.
 */

export interface EdgeCase {
  readonly name: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  /** libsodium 1.0.22's verdict. */
  readonly valid: boolean;
}

type Point = InstanceType<typeof ed25519.Point>;

const Point = ed25519.Point;
const order = Point.Fn.ORDER;
const prime = Point.Fp.ORDER;
const secretScalar = 0x1234_5678_9abc_def0_1122_3344_5566_7788n;
const nonceScalar = 0x0fed_cba9_8765_4321_8877_6655_4433_2211n;
const orderEight = Point.fromHex(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
);
const torsion: readonly Point[] = Array.from({ length: 8 }, (_, times) =>
  multiple(orderEight, times),
);

function multiple(point: Point, times: number): Point {
  return times === 0 ? Point.ZERO : point.multiplyUnsafe(BigInt(times));
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  const digest = createHash('sha512').update(r).update(a).update(message).digest('hex');
  return BigInt(`0x${digest.match(/../g)?.reverse().join('') ?? ''}`) % order;
}

function edgeCase(
  name: string,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  valid: boolean,
): EdgeCase {
  return {
    name,
    key: bytesToHex(key),
    message: bytesToHex(message),
    signature: bytesToHex(signature),
    valid,
  };
}

/** Signs with given encodings of A and R, counting the message up until the challenge suits. */
function forge(
  a: Uint8Array,
  r: Uint8Array,
  scalars: { readonly a: bigint; readonly r: bigint },
  suits: (challenge: bigint) => boolean,
) {
  for (let counter = 0; ; counter++) {
    const message = Uint8Array.of(counter);
    const h = challenge(r, a, message);
    if (!suits(h)) continue;
    const s = (scalars.r + h * scalars.a) % order;
    return { message, signature: concatBytes(r, littleEndian(s)) };
  }
}

/** All 32-byte strings that decode to a point of small order: seven y, either sign of x. */
function smallOrderEncodings() {
  const ys = new Set(torsion.map((point) => point.toAffine().y));
  const spellings = [...ys].flatMap((y) => (y + prime < 1n << 255n ? [y, y + prime] : [y]));
  return spellings.flatMap((y) =>
    [0n, 1n].map((sign) => ({
      bytes: littleEndian(y | (sign << 255n)),
      index: torsion.findIndex((point) => {
        const affine = point.toAffine();
        return affine.y === y % prime && (affine.x === 0n || (affine.x & 1n) === sign);
      }),
    })),
  );
}

function smallOrderCases(): EdgeCase[] {
  const base = Point.BASE.multiply(nonceScalar).toBytes();
  const mixedKey = Point.BASE.multiply(secretScalar).add(orderEight).toBytes();
  return smallOrderEncodings().flatMap(({ bytes, index }) => {
    const asKey = forge(bytes, base, { a: 0n, r: nonceScalar }, (h) => h % 8n === 0n);
    const asNonce = forge(
      mixedKey,
      bytes,
      { a: secretScalar, r: 0n },
      (h) => (BigInt(index) + h) % 8n === 0n,
    );
    const spelling = bytesToHex(bytes);
    return [
      edgeCase(`small-order A ${spelling}`, bytes, asKey.message, asKey.signature, false),
      edgeCase(`small-order R ${spelling}`, mixedKey, asNonce.message, asNonce.signature, false),
    ];
  });
}

function mixedOrderCases(): EdgeCase[] {
  const key = Point.BASE.multiply(secretScalar);
  const nonce = Point.BASE.multiply(nonceScalar);
  const scalars = { a: secretScalar, r: nonceScalar };
  return [1, 2, 4].flatMap((times) => {
    const twist = multiple(orderEight, times);
    const mixedKey = key.add(twist).toBytes();
    const mixedNonce = nonce.add(twist).toBytes();
    const cancels = (h: bigint) => (h * BigInt(times)) % 8n === 0n;
    const meets = (h: bigint) => ((h + 1n) * BigInt(times)) % 8n === 0n;
    const exact = forge(mixedKey, nonce.toBytes(), scalars, cancels);
    const cofactored = forge(mixedKey, nonce.toBytes(), scalars, (h) => !cancels(h));
    const bothExact = forge(mixedKey, mixedNonce, scalars, meets);
    const bothCofactored = forge(mixedKey, mixedNonce, scalars, (h) => !meets(h));
    const mixedNonceOnly = forge(key.toBytes(), mixedNonce, scalars, () => true);
    const order = 8 / times;
    return [
      edgeCase(
        `A of order ${order}L, equation exact`,
        mixedKey,
        exact.message,
        exact.signature,
        true,
      ),
      edgeCase(
        `A of order ${order}L, equation holds only times 8`,
        mixedKey,
        cofactored.message,
        cofactored.signature,
        false,
      ),
      edgeCase(
        `A and R of order ${order}L, equation exact`,
        mixedKey,
        bothExact.message,
        bothExact.signature,
        true,
      ),
      edgeCase(
        `A and R of order ${order}L, equation holds only times 8`,
        mixedKey,
        bothCofactored.message,
        bothCofactored.signature,
        false,
      ),
      edgeCase(
        `R of order ${order}L, equation holds only times 8`,
        key.toBytes(),
        mixedNonceOnly.message,
        mixedNonceOnly.signature,
        false,
      ),
    ];
  });
}

function scalarCases(): EdgeCase[] {
  const seed = hexToBytes('07'.repeat(32));
  const key = ed25519.getPublicKey(seed);
  const message = new TextEncoder().encode('edge');
  const signature = ed25519.sign(message, seed);
  const r = signature.slice(0, 32);
  const s = BigInt(`0x${bytesToHex(signature.slice(32).reverse())}`);
  const withS = (value: bigint) => concatBytes(r, littleEndian(value));
  const flipped = (bytes: Uint8Array, index: number) =>
    bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
  const nonCanonical = littleEndian(prime + 3n);
  return [
    edgeCase('ordinary', key, message, signature, true),
    ...[1n, 2n, 7n].map((times) =>
      edgeCase(`S + ${times}L`, key, message, withS(s + times * order), false),
    ),
    edgeCase('S = L', key, message, withS(order), false),
    edgeCase('S = 0', key, message, withS(0n), false),
    edgeCase('S = 2^256 - 1', key, message, withS((1n << 256n) - 1n), false),
    ...[0, 31, 32, 63].map((index) =>
      edgeCase(`bit flipped in byte ${index}`, key, message, flipped(signature, index), false),
    ),
    edgeCase('another message', key, flipped(message, 0), signature, false),
    edgeCase(
      'sign of A flipped',
      key.map((byte, at) => (at === 31 ? byte ^ 0x80 : byte)),
      message,
      signature,
      false,
    ),
    edgeCase('signature truncated', key, message, signature.slice(0, 63), false),
    edgeCase('signature empty', key, message, new Uint8Array(0), false),
    edgeCase('signature too long', key, message, concatBytes(signature, Uint8Array.of(0)), false),
    edgeCase('key truncated', key.slice(0, 31), message, signature, false),
    edgeCase('key too long', concatBytes(key, Uint8Array.of(0)), message, signature, false),
    edgeCase('A not on the curve', littleEndian(2n), message, signature, false),
    edgeCase('A not canonical', nonCanonical, message, signature, false),
    edgeCase('A all ones', littleEndian((1n << 256n) - 1n), message, signature, false),
    edgeCase(
      'R not canonical',
      key,
      message,
      concatBytes(nonCanonical, signature.slice(32)),
      false,
    ),
    edgeCase(
      'R not on the curve',
      key,
      message,
      concatBytes(littleEndian(2n), signature.slice(32)),
      false,
    ),
  ];
}

/** The whole file, the same every time. */
export function generateEdgeCases() {
  return {
    origin:
      'Made by generate-ed25519-edge-cases.ts with @noble/curves, after the kinds of Wycheproof and of https://eprint.iacr.org/2020/1244',
    cases: [...scalarCases(), ...smallOrderCases(), ...mixedOrderCases()],
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(generateEdgeCases(), null, 2)}\n`);
