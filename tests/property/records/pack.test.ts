import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxPayloadBytes, maxSegmentRecords } from '#core/records/pack-columns.ts';
import { decodePack, PackReader } from '#core/records/pack-reader.ts';
import { encodePack, encodePackPayload, packHeader } from '#core/records/pack.ts';
import { encodeCbor } from '#core/codec/cbor.ts';
import { readColumns, writeColumns } from '#core/records/pack-rows.ts';
import { decodeBody, encodeRecord, type SignedRecord } from '#core/records/record.ts';
import type { Day } from '#core/types/day.ts';
import type { Slot } from '#core/types/ids.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { anyRecord, canonicalBody } from './arbitraries.ts';

const fuzzCases = 3_000;

function compress(payload: Bytes, level = 19): Bytes {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return concatBytes(packHeader('zstd'), zstdCompressSync(payload, { params }));
}

function sorted(records: readonly SignedRecord[]): readonly string[] {
  return records.map((record) => Buffer.from(encodeRecord(record)).toString('hex')).sort();
}

test('every pack gives back its records, byte for byte, compressed or not', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 19 }),
      (records, level) => {
        for (const pack of [encodePack(records), compress(encodePackPayload(records), level)]) {
          const decoded = decodePack(pack);
          if (!decoded.ok) throw new Error(decoded.error.reason);
          expect(sorted(decoded.value)).toEqual(sorted(records));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('records of one language keep their order, and segments theirs', () => {
  const [body] = fc.sample(canonicalBody, { numRuns: 1, seed: 3 });
  const count = maxSegmentRecords * 2 + 10;
  const records = Array.from({ length: count }, (_, number) => ({
    author: new Uint8Array(32).fill(number % 7) as never,
    signature: new Uint8Array(64).fill(number % 251) as never,
    body: body as Bytes,
  }));
  const decoded = decodePack(encodePack(records));
  const plain = decoded.ok && decoded.value.map(({ parts: _, ...record }) => record);
  expect(plain).toEqual(records);
});

test('the parts that come with a record are what its body is made of, whatever the pack says', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 });
  let seen = 0;
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), flips, (records, changes) => {
      const pack = encodePack(records);
      for (const [at, flip] of changes) {
        const index = at % pack.length;
        pack[index] = (pack[index] ?? 0) ^ flip;
      }
      const decoded = decodePack(pack);
      for (const { body, parts } of decoded.ok ? decoded.value : []) {
        if (parts === undefined) continue;
        seen++;
        expect(decodeBody(body)).toEqual({ ok: true, value: parts });
      }
    }),
    { numRuns: fuzzCases },
  );
  expect(seen).toBeGreaterThan(fuzzCases);
});

test('parts that no body may have do not come with it', () => {
  const header = { kind: 1, slot: Uint8Array.of(0, 0, 0, 1) as Slot, rev: 0 };
  const author = new Uint8Array(32) as never;
  const signature = new Uint8Array(64) as never;
  const [day, until] = [20_700, 20_730] as Day[];
  const lawful = { ...header, day: day as Day, until: until as Day };
  const entry = (skills: number) => ['a', 'b', 'en', '', Array<number>(skills).fill(1), 1];
  const parts = [
    { ...lawful, content: entry(256) },
    { ...lawful, content: entry(257) },
    { ...lawful, content: Array<number>(251).fill(1) },
    { ...lawful, day: 1 as Day, until: 2 as Day, content: entry(1) },
  ];
  const segment = writeColumns([], new Map());
  const columns = {
    ...segment,
    ...{ titles: ['a', 'a', 'a'], texts: ['b', 'b', 'b'], languages: ['en', 'en', 'en'] },
    ...{ countries: ['', '', ''], urgencies: Uint8Array.of(1, 1, 1) },
    skills: [256, 257, 1].map((count) => new Uint8Array(count).fill(1)),
    rest: [encodeCbor(Array<number>(251).fill(1))],
    shapes: Uint8Array.of(2, 2, 1, 2),
    kinds: Uint8Array.of(1, 1, 1, 1),
    lifetimes: Uint8Array.of(30, 30, 30, 1),
    days: [20_700, 20_700, 20_700, 1],
    revisions: [0, 0, 0, 0],
    slots: concatBytes(...parts.map(({ slot }) => slot)),
    authorIndexes: [0, 0, 0, 0],
    authors: author as Bytes,
    signatures: concatBytes(...parts.map(() => signature as Bytes)),
  };
  const read = readColumns(columns, []);
  expect(read?.map(({ body }) => decodeBody(body).ok)).toEqual([true, false, false, false]);
  expect(read?.map((record) => record.parts)).toEqual([parts[0], undefined, undefined, undefined]);
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

test('a pack that comes in pieces of any size gives the same, the first segment before the last byte', () => {
  const bodies = fc.sample(canonicalBody, { numRuns: 700, seed: 5 });
  const records = bodies.map((body, index) => ({
    author: new Uint8Array(32).fill(index % 50) as never,
    signature: new Uint8Array(64).map((_, at) => (index * 31 + at * 17) % 256) as never,
    body,
  }));
  const pack = compress(encodePackPayload(records));
  const whole = decodePack(pack);
  for (const size of [1, 7, 1_000, 16_384]) {
    const reader = new PackReader();
    const read: SignedRecord[] = [];
    let firstAt = 0;
    for (let at = 0; at < pack.length; at += size) {
      const part = reader.push(pack.subarray(at, at + size));
      if (!part.ok) throw new Error(part.error.reason);
      if (read.length === 0 && part.value.length > 0) firstAt = at + size;
      read.push(...part.value);
    }
    expect(reader.finish().ok).toBe(true);
    expect({ ok: true, value: read }).toEqual(whole);
    if (size === 1) expect(firstAt).toBeLessThan(pack.length);
  }
});

test('no bytes make the decoder throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(0, 1, 2),
      (bytes, compression) => {
        expect(decodePack(bytes).ok).toBe(false);
        decodePack(new Uint8Array([0x57, 0x46, 0x50, 2, compression, ...bytes]));
      },
    ),
    { numRuns: fuzzCases },
  );
});

test('a pack with a byte changed never throws, and never gives more records than it had', () => {
  const packs = fc.sample(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), {
    numRuns: 20,
    seed: 2,
  });
  const encoded = packs.flatMap((records) => [
    { count: records.length, bytes: encodePack(records) },
    { count: records.length, bytes: compress(encodePackPayload(records)) },
  ]);
  fc.assert(
    fc.property(
      fc.nat({ max: encoded.length - 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (which, at, flip) => {
        const { bytes, count } = encoded[which] ?? { bytes: new Uint8Array(0), count: 0 };
        const altered = new Uint8Array(bytes);
        const index = at % altered.length;
        altered[index] = (altered[index] ?? 0) ^ flip;
        const decoded = decodePack(altered);
        if (decoded.ok) expect(decoded.value.length).toBeLessThanOrEqual(count);
      },
    ),
    { numRuns: fuzzCases },
  );
});

test('a pack that is cut short is refused', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), fc.nat(), (records, at) => {
      for (const pack of [encodePack(records), compress(encodePackPayload(records))]) {
        const cut = decodePack(pack.subarray(0, at % pack.length));
        expect(cut.ok && cut.value.length > 0).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

const frameMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** A zstd frame of these blocks, with a window of 128 KiB and no size. */
function frameOf(...blocks: readonly (readonly number[])[]): Bytes {
  return concatBytes(
    packHeader('zstd'),
    Uint8Array.from([...frameMagic, 0x00, 0x38, ...blocks.flat()]),
  );
}

function block(type: number, size: number, content: readonly number[], isLast = false) {
  const head = (size << 3) | (type << 1) | Number(isLast);
  return [head & 255, (head >> 8) & 255, head >> 16, ...content];
}

test('a small pack that would unpack to more than a pack may hold is refused before it does', () => {
  const zeros = compress(new Uint8Array(maxPayloadBytes * 4));
  expect(zeros.length).toBeLessThan(4_000);
  expect(decodePack(zeros)).toMatchObject({ ok: false, error: { reason: 'too-large' } });
  const run = block(1, 131_072, [7]);
  const bomb = frameOf(...Array.from({ length: 1_000 }, () => run));
  expect(decodePack(bomb)).toMatchObject({ ok: false, error: { reason: 'too-large' } });
});

const refusedFrames: readonly [string, Bytes][] = [
  [
    'with a dictionary',
    concatBytes(packHeader('zstd'), Uint8Array.from([...frameMagic, 0x01, 0x38, 1])),
  ],
  ['with a block of more than 128 KiB', frameOf(block(1, 200_000, [7]))],
  ['with empty blocks', frameOf(block(0, 0, []), block(0, 0, []))],
  ['of the reserved type', frameOf(block(3, 10, [1]))],
  ['with something after its end', frameOf(block(0, 1, [0x80], true), [1, 2, 3])],
];

for (const [what, pack] of refusedFrames) {
  test(`a frame ${what} is refused`, () => {
    const padded = concatBytes(pack, new Uint8Array(16));
    expect(decodePack(padded)).toMatchObject({ ok: false, error: { reason: 'bad-compression' } });
  });
}
