import { attestationToContent } from '#core/records/attestation.ts';
import { charterToContent } from '#core/records/charter.ts';
import { composeRecord, composeWithdrawal, type Signer } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, type Day } from '#core/types/day.ts';
import type { PersonaKey, Slot } from '#core/types/ids.ts';
import { crypto, seedOf, today } from './people.ts';

/** Who signs charters in the tests. */
export const root = 5;

export function keyOf(person: number): PersonaKey {
  return crypto.personaKey(seedOf(person));
}

function signerOf(person: number): Signer {
  return { key: keyOf(person), seed: seedOf(person) };
}

interface CharterFacts {
  readonly author?: number;
  readonly rev?: number;
  readonly day?: Day;
  readonly lifetime?: number;
  readonly name?: string;
}

const noSlot = new Uint8Array(4) as Slot;

/** A signed charter that names these people. */
export function charterOf(stewards: readonly number[], facts: CharterFacts = {}): Bytes {
  const { author = root, rev = 1, day = today, lifetime = 180, name = 'A circle' } = facts;
  const until = addDays(day, lifetime);
  const header = { kind: recordKinds.charter, slot: noSlot, rev, day, until };
  const content = charterToContent({ name, stewards: stewards.map(keyOf) });
  return encodeRecord(composeRecord(crypto, signerOf(author), header, content));
}

/** The charter taken back by its author. */
export function charterWithdrawalOf(rev: number): Bytes {
  const header = { kind: recordKinds.charter, slot: noSlot, rev, day: today };
  return encodeRecord(composeWithdrawal(crypto, signerOf(root), header));
}

function starsHeader(subject: number, rev: number) {
  const slot = Uint8Array.of(9, 9, 9, subject) as Slot;
  return { kind: recordKinds.attestation, slot, rev, day: today };
}

/** A steward's stars for somebody; one address for each two people. */
export function starsOf(steward: number, subject: number, rev = 1): Bytes {
  const header = { ...starsHeader(subject, rev), until: addDays(today, 90) };
  const content = attestationToContent({ subject: keyOf(subject), stars: 4, method: 'met' });
  return encodeRecord(composeRecord(crypto, signerOf(steward), header, content));
}

/** Those stars taken back. */
export function starsWithdrawalOf(steward: number, subject: number, rev = 2): Bytes {
  return encodeRecord(composeWithdrawal(crypto, signerOf(steward), starsHeader(subject, rev)));
}
