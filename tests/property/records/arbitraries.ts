import fc from 'fast-check';
import { encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { profileToContent } from '#core/records/profile.ts';
import { encodeBody, maxBodyBytes, type SignedRecord } from '#core/records/record.ts';
import { statusToContent } from '#core/records/status.ts';
import { skills, urgencies, requestStatuses } from '#core/types/board-terms.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey, Signature, Slot } from '#core/types/ids.ts';

/** Bytes of exactly so many, in memory of their own. */
export function bytesOfLength<T extends Bytes>(length: number): fc.Arbitrary<T> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => new Uint8Array(bytes) as T);
}

const text = (maxLength: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength });
const language = fc.constantFrom('en', 'fa', 'my', 'zh-Hant', 'ar');
const country = fc.constantFrom('', 'KE', 'MM', 'IR');

const entryContent = fc
  .record({
    title: text(20),
    text: text(80),
    language,
    country,
    skills: fc.subarray([...skills], { minLength: 1, maxLength: 4 }),
    urgency: fc.constantFrom(...urgencies),
  })
  .map(entryToContent);

const profileContent = fc
  .record({
    name: text(10),
    about: text(40),
    languages: fc.array(language, { maxLength: 3 }),
    skills: fc.subarray([...skills]),
    countries: fc.array(country, { maxLength: 3 }),
  })
  .map(profileToContent);

const statusContent = fc
  .record({ status: fc.constantFrom(...requestStatuses) })
  .map(statusToContent);

/** Any value of the protocol's data model. */
export const cborValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const kindAndContent = fc.oneof(
  fc.tuple(fc.constantFrom(recordKinds.request, recordKinds.offer), entryContent),
  fc.tuple(fc.constant(recordKinds.profile), profileContent),
  fc.tuple(fc.constant(recordKinds.status), statusContent),
  // Unknown kinds, and known ones with content of another shape.
  fc.tuple(fc.nat({ max: 400 }), fc.array(cborValue, { maxLength: 7 })),
  fc.tuple(fc.nat({ max: 5 }), fc.constant([] as readonly CborValue[])),
);

/** Bodies that decode: of every kind, known or not. */
export const canonicalBody: fc.Arbitrary<Bytes> = fc
  .record({
    kindAndContent,
    slot: bytesOfLength<Slot>(4),
    rev: fc.nat({ max: 0xff_ff_ff_ff }),
    day: fc.integer({ min: 20_454, max: 30_000 }),
    lifetime: fc.integer({ min: 0, max: 300 }),
  })
  .map(({ kindAndContent: [kind, content], slot, rev, day, lifetime }) =>
    encodeBody({ kind, slot, rev, day: day as Day, until: addDays(day as Day, lifetime), content }),
  )
  .filter((body) => body.length <= maxBodyBytes);

/** Bodies of any form: canonical, any CBOR, any bytes. */
export const anyBody: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 6, arbitrary: canonicalBody },
  { weight: 1, arbitrary: cborValue.map(encodeCbor) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
  },
);

/** Few authors, so that packs meet some of them again. */
const author = fc.nat({ max: 20 }).map((number) => new Uint8Array(32).fill(number) as PersonaKey);

/** Records whose bodies may be anything. */
export const anyRecord: fc.Arbitrary<SignedRecord> = fc.record({
  author,
  signature: bytesOfLength<Signature>(64),
  body: anyBody,
});
