import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { fingerprintDigits } from '#core/messages/fingerprint.ts';
import { isBound } from '#core/messages/handshake.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { recordSigningBytes } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey, PersonaKey } from '#core/types/ids.ts';
import { crypto, must } from '#tests/unit/messages/parties.ts';
import { computeCard } from './messages-card.ts';
import { computeExample } from './messages-example.ts';

interface CardExample {
  readonly card: Record<'author' | 'signature' | 'body' | 'record' | 'address' | 'id', string>;
  readonly digits: string;
}

const checkedIn = JSON.parse(
  readFileSync(new URL('messages-card.json', import.meta.url), 'utf8'),
) as CardExample;
const protocol = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const bytesOf = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));

it('The card checked in is what the reference model computes', () => {
  expect(checkedIn).toEqual(computeCard());
});

it('The card checked in is read, addressed and proved by the app as it says', () => {
  const record = must(checkRecord(bytesOf(checkedIn.card.record)));
  const { author, body, signature, content } = record;
  const values = computeExample();
  expect([record.address, record.id].map(bytesToHex)).toEqual([
    checkedIn.card.address,
    checkedIn.card.id,
  ]);
  expect(crypto.verify(author, recordSigningBytes(author, body), signature)).toBe(true);
  if (content.kind !== 'contact' || content.value === null) throw new Error('no card');
  expect(content.value.kem).toEqual(values.kem);
  expect(isBound(crypto, { persona: author, ...content.value })).toBe(true);
});

it('The 60 digits checked in are what the app shows, on both sides', () => {
  const { personaA, personaB, ikA, ikB } = computeExample();
  const ada = { persona: personaA as PersonaKey, ik: ikA as DhPublicKey };
  const ben = { persona: personaB as PersonaKey, ik: ikB as DhPublicKey };
  expect(fingerprintDigits(ada, ben)).toBe(checkedIn.digits);
  expect(fingerprintDigits(ben, ada)).toBe(checkedIn.digits);
});

it('docs/protocol.md shows that card and those digits', () => {
  const { record, address, id } = checkedIn.card;
  for (const value of [record, address, id, checkedIn.digits]) expect(protocol).toContain(value);
});
