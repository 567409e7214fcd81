import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { expect, test } from 'vitest';
import { findItemEnd } from '#core/codec/bounds.ts';
import {
  decodeCbor,
  decodeCborSequence,
  encodeCbor,
  splitCborSequence,
  type CborValue,
} from '#core/codec/cbor.ts';
import {
  base64UrlToBytes,
  bytesToBase64Url,
  bytesToHex,
  hexToBytesStrict,
} from '#core/codec/text-forms.ts';
import { concatBytes, copyBytes, equalBytes } from '#core/types/bytes.ts';
import { cborValue } from '../records/arbitraries.ts';

const anything = z.custom<CborValue>(() => true);
const bounds = { maxBytes: 65_536, maxDepth: 8, maxLength: 256 };
const fuzzCases = 3_000;

test('a value that is encoded comes back, and encodes to the same bytes', () => {
  fc.assert(
    fc.property(cborValue, (value) => {
      const bytes = encodeCbor(value);
      const decoded = decodeCbor(bytes, anything);
      expect(decoded.ok && encodeCbor(decoded.value)).toEqual(bytes);
      expect(decoded).toEqual({ ok: true, value });
    }),
    { numRuns: 1_000 },
  );
});

test('what is encoded is what another deterministic encoder writes', () => {
  const edges = [23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const value = fc.oneof(
    cborValue,
    fc.constantFrom(...edges, ...edges.map((edge) => -1 - edge).filter(Number.isSafeInteger)),
    text,
    fc.dictionary(text, fc.oneof(cborValue, text), { maxKeys: 40 }),
    fc.array(fc.nat(70_000), { maxLength: 300 }),
    fc.uint8Array({ maxLength: 70_000 }),
  );
  fc.assert(
    fc.property(value, (given) => {
      expect(encodeCbor(given)).toEqual(copyBytes(encode(given, rfc8949EncodeOptions)));
    }),
    { numRuns: 1_500 },
  );
});

/** What another decoder makes of bytes, where it is strict and they are canonical. */
function readByAnother(bytes: Uint8Array): CborValue | undefined {
  try {
    const value = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    }) as CborValue;
    return equalBytes(copyBytes(encode(value, rfc8949EncodeOptions)), bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

test('whatever bytes come, the decoder reads what another one reads, and refuses what that refuses', () => {
  const wide = { maxBytes: 65_536, maxDepth: 60, maxLength: 65_536 };
  const alike = (bytes: Uint8Array) => {
    const decoded = decodeCbor(bytes, anything, wide);
    const other = readByAnother(bytes);
    const isOurs = other !== undefined && isOfThisProject(other);
    expect(decoded.ok ? decoded.value : undefined).toEqual(isOurs ? other : undefined);
  };
  const altered = fc.tuple(cborValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
    const bytes = encodeCbor(value);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 24 }), altered), alike), {
    numRuns: fuzzCases * 3,
  });
  for (const text of ['__proto__', 'constructor', '\u0000']) {
    alike(encodeCbor({ [text]: { [text]: [text, null] } }));
  }
  alike(copyBytes(encode({ ['__proto__']: 1 }, rfc8949EncodeOptions)));
});

test.each([
  ['a number in more bytes than it needs', '1817'],
  ['a number in eight bytes that fits four', '1b00000000ffffffff'],
  ['a length in more bytes than it needs', '5803010203'],
  ['keys that are not in order', 'a2616200616100'],
  ['a longer key before a shorter one', 'a26261610061620a'],
  ['a key that comes twice', 'a2616100616101'],
  ['a number below -2^53 + 1', '3b001fffffffffffff'],
])('%s is not canonical', (_, hex) => {
  const decoded = decodeCbor(new Uint8Array(Buffer.from(hex, 'hex')), anything);
  expect(decoded).toEqual({
    ok: false,
    error: { code: 'malformed-cbor', reason: 'not-canonical' },
  });
});

test('a text keeps the byte order mark that it begins with', () => {
  const text = '\uFEFFx';
  expect(decodeCbor(encodeCbor(text), anything)).toEqual({ ok: true, value: text });
});

/** Another decoder also reads floats, which this project has none of. */
function isOfThisProject(value: CborValue): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return true;
  return Object.values(value).every(isOfThisProject);
}

test('what the decoder takes is canonical: it encodes to the very bytes that came', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const decoded = decodeCbor(bytes, anything);
      if (decoded.ok) expect(encodeCbor(decoded.value)).toEqual(new Uint8Array(bytes));
    }),
    { numRuns: fuzzCases },
  );
});

test('an encoded value with a byte changed never throws and stays canonical where it decodes', () => {
  fc.assert(
    fc.property(cborValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
      const bytes = encodeCbor(value);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const decoded = decodeCbor(bytes, anything);
      if (decoded.ok) expect(encodeCbor(decoded.value)).toEqual(bytes);
    }),
    { numRuns: fuzzCases },
  );
});

test('an item’s end is found without decoding it, at the same place', () => {
  fc.assert(
    fc.property(cborValue, fc.uint8Array({ maxLength: 10 }), (value, rest) => {
      const bytes = encodeCbor(value);
      const end = findItemEnd(concatBytes(bytes, rest), 0, bounds);
      expect(end).toEqual({ ok: true, value: bytes.length });
    }),
    { numRuns: 500 },
  );
});

test('a sequence splits into the items that it was made of', () => {
  fc.assert(
    fc.property(fc.array(cborValue, { maxLength: 10 }), (values) => {
      const items = values.map((value) => encodeCbor(value));
      const joined = concatBytes(...items);
      expect(splitCborSequence(joined, 10)).toEqual({ ok: true, value: items });
      expect(decodeCborSequence(joined, anything, 10)).toEqual({ ok: true, value: values });
    }),
    { numRuns: 500 },
  );
});

test('no bytes make the sequence reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      splitCborSequence(bytes, 5);
      decodeCborSequence(bytes, anything, 5);
    }),
    { numRuns: fuzzCases },
  );
});

test('base64url and hexadecimal come back, and only their one spelling is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.string({ maxLength: 12 }), (bytes, text) => {
      const value = new Uint8Array(bytes);
      expect(base64UrlToBytes(bytesToBase64Url(value))).toEqual({ ok: true, value });
      expect(bytesToHex(value)).toBe(Buffer.from(value).toString('hex'));
      expect(hexToBytesStrict(bytesToHex(value))).toEqual({ ok: true, value });
      const read = base64UrlToBytes(text);
      if (read.ok) expect(bytesToBase64Url(read.value)).toBe(text);
      const hex = hexToBytesStrict(text);
      if (hex.ok) expect(bytesToHex(hex.value)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});
