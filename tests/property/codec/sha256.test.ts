import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256, sha256Bytes } from '#core/codec/sha256.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';

function another(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where a text is cut, and how it comes. */
const cutBytes = fc
  .tuple(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400), { maxLength: 6 }))
  .map(([bytes, cuts]) => {
    const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
    return { bytes, parts: places.slice(1).map((end, at) => bytes.subarray(places[at], end)) };
  });

test('SHA-256 agrees with the examples of NIST (FIPS 180, CAVP)', () => {
  const utf8 = new TextEncoder();
  const twoBlocks = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
  expect(bytesToHex(sha256Bytes(utf8.encode('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(bytesToHex(sha256Bytes(utf8.encode(twoBlocks)))).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
  expect(bytesToHex(sha256Bytes(utf8.encode('a'.repeat(1_000_000))))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
});

test('every length gives what another implementation gives', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 31 + length);
    expect(bytesToHex(sha256Bytes(bytes))).toBe(another(bytes));
  }
});

test('however bytes are cut, the sum is that of the whole, and the next one begins anew', () => {
  const sum = new Sha256();
  fc.assert(
    fc.property(cutBytes, ({ bytes, parts }) => {
      for (const part of parts) sum.update(part);
      expect(bytesToHex(sum.digest())).toBe(another(bytes));
      expect(sha256Bytes(...parts)).toEqual(sha256Bytes(bytes));
    }),
    { numRuns: 500 },
  );
});

test('a sum goes on from where another stands, and leaves that where it is', () => {
  const before = new Sha256();
  const beginning = Uint8Array.from({ length: 100 }, (_, at) => at);
  before.update(beginning);
  const other = new Sha256().update(Uint8Array.of(1, 2, 3));
  for (const rest of [Uint8Array.of(7), new Uint8Array(90)]) {
    const sum = other.continueFrom(before).update(rest).digest();
    expect(bytesToHex(sum)).toBe(another(Uint8Array.of(...beginning, ...rest)));
  }
  expect(bytesToHex(before.digest())).toBe(another(beginning));
});
