import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRecord, checkSignedRecord, checkAdmission } from '#core/records/checked-record.ts';
import {
  decodeBody,
  decodeRecord,
  encodeBody,
  encodeRecord,
  recordAddress,
} from '#core/records/record.ts';
import { cleanText, isPublishable } from '#core/records/text.ts';
import type { Day } from '#core/types/day.ts';
import { anyRecord, canonicalBody } from './arbitraries.ts';

const fuzzCases = 3_000;

test('a record survives the way over the wire, byte for byte', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(decodeRecord(encodeRecord(record))).toEqual({ ok: true, value: record });
    }),
    { numRuns: 500 },
  );
});

test('a canonical body is taken apart and put together again, byte for byte', () => {
  fc.assert(
    fc.property(canonicalBody, (body) => {
      const decoded = decodeBody(body);
      expect(decoded.ok && encodeBody(decoded.value)).toEqual(body);
    }),
    { numRuns: 500 },
  );
});

test('no bytes make the checks throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), anyRecord, (bytes, record) => {
      expect(checkRecord(bytes).ok).toBe(false);
      checkSignedRecord({ ...record, body: new Uint8Array(bytes) });
      const checked = checkSignedRecord(record);
      if (checked.ok) checkAdmission(checked.value, 20_778 as Day);
    }),
    { numRuns: fuzzCases },
  );
});

test('a byte changed in a body changes the id, or makes it no record', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), fc.integer({ min: 1, max: 255 }), (record, at, flip) => {
      const before = checkSignedRecord(record);
      if (!before.ok) return;
      const body = new Uint8Array(record.body);
      const index = at % body.length;
      body[index] = (body[index] ?? 0) ^ flip;
      const after = checkSignedRecord({ ...record, body });
      if (after.ok) expect(after.value.id).not.toEqual(before.value.id);
    }),
    { numRuns: 1_000 },
  );
});

test('an address depends on author, kind and slot, and on nothing else', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const body = decodeBody(record.body);
      const checked = checkSignedRecord(record);
      if (!body.ok || !checked.ok) return;
      const { kind, slot } = body.value;
      expect(checked.value.address).toEqual(recordAddress(record.author, kind, slot));
    }),
    { numRuns: 300 },
  );
});

test('whatever is typed, the cleaned text may be published, and cleaning again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
      const cleaned = cleanText(typed);
      expect(isPublishable(cleaned)).toBe(true);
      expect(cleanText(cleaned)).toBe(cleaned);
    }),
    { numRuns: 2_000 },
  );
});
