import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZstdFrame } from '#core/zstd/frame.ts';

const maxBytes = 1_048_576;

function unpack(frame: Uint8Array, pieceBytes = frame.length): Uint8Array | undefined {
  const reader = new ZstdFrame(maxBytes);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < frame.length; at += pieceBytes) {
    const part = reader.push(frame.subarray(at, at + pieceBytes));
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return reader.isComplete ? Buffer.concat(parts) : undefined;
}

function compress(bytes: Uint8Array, level: number, strategy?: number): Uint8Array {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    ...(strategy === undefined ? {} : { [constants.ZSTD_c_strategy]: strategy }),
  };
  return zstdCompressSync(bytes, { params });
}

/** Text that repeats itself here and there, noise, and runs: what makes an encoder use all its means. */
const anyBytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.nat({ max: 255 }), fc.nat({ max: 3_000 }))
        .map(([byte, count]) => Buffer.alloc(count, byte)),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .chain((parts) =>
    fc
      .array(fc.nat({ max: parts.length - 1 }), { minLength: 1, maxLength: 60 })
      .map((order) => Buffer.concat(order.map((index) => parts[index] ?? Buffer.alloc(0)))),
  )
  .filter((bytes) => bytes.length > 20);

test('what Node’s zstd packs, at every level and by every strategy, unpacks to the same bytes', () => {
  fc.assert(
    fc.property(
      anyBytes,
      fc.integer({ min: -5, max: 22 }),
      fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      (bytes, level, strategy) => {
        const frame = compress(bytes, level, strategy);
        fc.pre(frame.length >= 14);
        expect(unpack(frame)?.length).toBe(bytes.length);
        expect(Buffer.compare(Buffer.from(unpack(frame, 100) ?? []), bytes)).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
});

test('blocks of 128 KiB and matches across them come back', () => {
  const words = ['harbour', 'letter', 'نامه', 'письмо', 'စာ', 'carta'];
  let text = '';
  for (let index = 0; text.length < 400_000; index++) {
    text += `${words[(index * index) % words.length] ?? ''}${index % 97} `;
  }
  const bytes = Buffer.from(text);
  for (const level of [1, 3, 9, 19]) {
    expect(Buffer.compare(Buffer.from(unpack(compress(bytes, level)) ?? []), bytes)).toBe(0);
  }
});

test('no altered frame hangs, throws or gives more than it may', () => {
  const frames = fc
    .sample(anyBytes, { numRuns: 30, seed: 7 })
    .flatMap((bytes) => [compress(bytes, 19), compress(bytes, 1)])
    .filter(({ length }) => length >= 14);
  fc.assert(
    fc.property(
      fc.nat({ max: frames.length - 1 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      (which, changes) => {
        const frame = new Uint8Array(frames[which] ?? []);
        for (const [at, flip] of changes) {
          const index = at % frame.length;
          frame[index] = (frame[index] ?? 0) ^ flip;
        }
        expect(unpack(frame)?.length ?? 0).toBeLessThanOrEqual(maxBytes);
      },
    ),
    { numRuns: 6_000 },
  );
});

test('a frame that is cut short is never complete', () => {
  const frame = compress(Buffer.from('somebody to read a letter '.repeat(40)), 19);
  for (let length = 0; length < frame.length; length++) {
    expect(unpack(frame.subarray(0, length))).toBeUndefined();
  }
});
