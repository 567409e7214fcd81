import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePack, encodePack } from '#core/records/pack.ts';
import { anyRecord, canonicalBody } from './arbitraries.ts';

const fuzzCases = 3_000;

test('every pack gives back its records, byte for byte and in order', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 30 }), (records) => {
      const decoded = decodePack(encodePack(records));
      expect(decoded).toEqual({ ok: true, value: records });
    }),
    { numRuns: 300 },
  );
});

test('a pack is a function of its records: the same bytes, so the same name', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 10 }), (records) => {
      const decoded = decodePack(encodePack(records));
      expect(decoded.ok && encodePack(decoded.value)).toEqual(encodePack(records));
    }),
    { numRuns: 100 },
  );
});

test('columns hold records of ordinary form in less than their bodies and signatures take', () => {
  const bodies = fc.sample(canonicalBody, { numRuns: 50, seed: 1 });
  const author = new Uint8Array(32) as never;
  const signature = new Uint8Array(64) as never;
  const records = bodies.map((body) => ({ author, signature, body }));
  const plain = records.reduce((total, { body }) => total + body.length + 96, 0);
  expect(encodePack(records).length).toBeLessThan(plain);
});

test('no bytes make the decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const withHeader = new Uint8Array([0x57, 0x46, 0x50, 1, 0, ...bytes]);
      expect(decodePack(bytes).ok).toBe(false);
      decodePack(withHeader);
    }),
    { numRuns: fuzzCases },
  );
});

test('a pack with a byte changed never throws, and never gives more records than it had', () => {
  const packs = fc.sample(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), {
    numRuns: 20,
    seed: 2,
  });
  const encoded = packs.map((records) => encodePack(records));
  fc.assert(
    fc.property(
      fc.nat({ max: encoded.length - 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (which, at, flip) => {
        const altered = new Uint8Array(encoded[which] ?? []);
        const index = at % altered.length;
        altered[index] = (altered[index] ?? 0) ^ flip;
        const decoded = decodePack(altered);
        if (decoded.ok) expect(decoded.value).toHaveLength(packs[which]?.length ?? 0);
      },
    ),
    { numRuns: fuzzCases },
  );
});

test('a pack that is cut short is refused', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), fc.nat(), (records, at) => {
      const pack = encodePack(records);
      expect(decodePack(pack.subarray(0, at % pack.length)).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
});
