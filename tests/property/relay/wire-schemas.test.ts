import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCbor, encodeCbor, type Shape } from '#core/codec/cbor.ts';
import { concatBytes } from '#core/types/bytes.ts';
import {
  formatCursor,
  manifestBounds,
  manifestSchema,
  parseCursor,
  publishAnswerSchema,
  sinceBounds,
  sinceSchema,
} from '#sync/wire/board.ts';
import { blobStateSchema, putBlobBounds, putBlobSchema } from '#sync/wire/blobs.ts';
import { errorBodySchema, infoSchema } from '#sync/wire/info.ts';
import {
  ackSchema,
  ackedSchema,
  appendSchema,
  appendedSchema,
  createQueueSchema,
  liveSchema,
  queueCallBounds,
  queueCreatedSchema,
  readAnswerBounds,
  readAnswerSchema,
  readSchema,
  wakeUpSchema,
} from '#sync/wire/queues.ts';
import { readRange } from '#relay/http/byte-range.ts';
import { bytesOfLength, cborValue } from '../records/arbitraries.ts';

const fuzzCases = 300;

const schemas: readonly (readonly [string, Shape<unknown>, typeof sinceBounds])[] = [
  ['info', infoSchema, queueCallBounds],
  ['error', errorBodySchema, queueCallBounds],
  ['publish answer', publishAnswerSchema, queueCallBounds],
  ['manifest', manifestSchema, manifestBounds],
  ['since', sinceSchema, sinceBounds],
  ['create queue', createQueueSchema, queueCallBounds],
  ['queue created', queueCreatedSchema, queueCallBounds],
  ['append', appendSchema, queueCallBounds],
  ['appended', appendedSchema, queueCallBounds],
  ['read', readSchema, queueCallBounds],
  ['read answer', readAnswerSchema, readAnswerBounds],
  ['ack', ackSchema, queueCallBounds],
  ['acked', ackedSchema, queueCallBounds],
  ['live', liveSchema, queueCallBounds],
  ['wake-up', wakeUpSchema, queueCallBounds],
  ['blob piece', putBlobSchema, putBlobBounds],
  ['blob state', blobStateSchema, queueCallBounds],
];

test.each(schemas)('no bytes and no values make the %s schema throw', (_name, schema, bounds) => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.array(cborValue, { maxLength: 6 }).map(encodeCbor),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      const decoded = decodeCbor(given, schema, bounds);
      expect(typeof decoded.ok).toBe('boolean');
    }),
    { numRuns: fuzzCases },
  );
});

test('a cursor comes back from its URL, and nothing but a cursor is read', () => {
  fc.assert(
    fc.property(bytesOfLength(16), fc.maxSafeNat(), fc.string(), (epoch, sequence, text) => {
      const cursor = { epoch: epoch as never, sequence: sequence as never };
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
      const read = parseCursor(text);
      if (read !== undefined) expect(formatCursor(read)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test('a queue call with bytes after it is refused', () => {
  const body = encodeCbor([new Uint8Array(32), new Uint8Array(32), 7, [20_778, 1]]);
  expect(decodeCbor(body, createQueueSchema).ok).toBe(true);
  expect(decodeCbor(concatBytes(body, new Uint8Array(1)), createQueueSchema).ok).toBe(false);
});

test('a range lies within what there is, whatever the header says', () => {
  const header = fc.oneof(
    fc.string(),
    fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()).map(([a, b]) => `bytes=${a}-${b}`),
    fc.nat({ max: 99 }).map((start) => `bytes=${start}-`),
    fc.nat({ max: 99 }).map((suffix) => `bytes=-${suffix}`),
  );
  fc.assert(
    fc.property(header, fc.integer({ min: 1, max: 80 }), (text, length) => {
      const range = readRange(text, length);
      if (typeof range === 'string') return;
      expect(range.first).toBeGreaterThanOrEqual(0);
      expect(range.last).toBeGreaterThanOrEqual(range.first);
      expect(range.last).toBeLessThan(length);
    }),
    { numRuns: 1_000 },
  );
});
