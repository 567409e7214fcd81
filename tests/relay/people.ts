import { findStamp, isStampValid, type StampTarget } from '#core/messages/stamp.ts';
import { composeRecord, composeWithdrawal } from '#core/records/compose.ts';
import { entryToContent } from '#core/records/entry.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord, recordAddress } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { addDays, dayOf, type Day } from '#core/types/day.ts';
import type {
  EnvelopeId,
  PersonaSeed,
  QueueCap,
  QueueId,
  QueueReadKey,
  RelayOrigin,
  Slot,
} from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import {
  ackSigningBytes,
  capHash,
  creationId,
  queueId,
  readSigningBytes,
  watchSigningBytes,
  type QueueCallContext,
  type Stamp,
} from '#sync/wire/queues.ts';
import { noonMs, testStampPrice } from './running-relay.ts';

export const crypto = await createSodiumCrypto();
export const today = dayOf(noonMs);

export function seedOf(number: number): PersonaSeed {
  return new Uint8Array(32).fill(number) as PersonaSeed;
}

function slotOf(number: number): Slot {
  const slot = new Uint8Array(4);
  new DataView(slot.buffer).setUint32(0, number + 1);
  return slot as Slot;
}

interface RequestFacts {
  readonly author?: number;
  readonly rev?: number;
  readonly day?: Day;
  readonly lifetime?: number;
  readonly title?: string;
}

/** A signed request in its sent form; one address for each number. */
export function requestOf(number: number, facts: RequestFacts = {}): Bytes {
  const { author = 1, rev = 1, day = today, lifetime = 30, title = `Request ${number}` } = facts;
  const seed = seedOf(author);
  const header = {
    kind: recordKinds.request,
    slot: slotOf(number),
    rev,
    day,
    until: addDays(day, lifetime),
  };
  const content = entryToContent({
    title,
    text: 'Two people to read a letter.',
    language: 'en',
    country: 'KE',
    skills: ['legal'],
    urgency: 'week',
  });
  return encodeRecord(
    composeRecord(crypto, { key: crypto.personaKey(seed), seed }, header, content),
  );
}

export function withdrawalOf(number: number, rev: number): Bytes {
  const seed = seedOf(1);
  const header = { kind: recordKinds.request, slot: slotOf(number), rev, day: today };
  return encodeRecord(composeWithdrawal(crypto, { key: crypto.personaKey(seed), seed }, header));
}

export function addressOf(number: number) {
  return recordAddress(crypto.personaKey(seedOf(1)), recordKinds.request, slotOf(number));
}

/** A queue with its secrets. */
export interface Mailbox {
  readonly id: QueueId;
  readonly readKey: QueueReadKey;
  readonly seed: PersonaSeed;
  readonly cap: QueueCap;
  readonly capHash: Bytes;
}

export function mailboxOf(number: number, kind: 'conversation' | 'contact'): Mailbox {
  const seed = seedOf(number);
  const readKey = crypto.personaKey(seed) as Bytes as QueueReadKey;
  const cap = new Uint8Array(kind === 'contact' ? 0 : 32).fill(number) as QueueCap;
  const hash = capHash(cap);
  return { id: queueId(readKey, hash), readKey, seed, cap, capHash: hash };
}

export function stampFor(
  origin: RelayOrigin,
  sendId: QueueId,
  work: Bytes,
  day: Day = today,
  price: number = testStampPrice,
): Stamp {
  const found = findStamp({ origin, sendId, day, envelopeId: work }, price, {
    from: 0,
    budget: 100_000_000,
  });
  if (found === null) throw new Error('no stamp');
  return [day, found.counter];
}

/** The names under which a relay of the tests takes stamps. */
const relayHosts = ['127.0.0.1', 'localhost'];

/** A stamp for something else than what is owed, and not by chance for that one too. */
export function stampThatFails(
  owed: StampTarget,
  paidFor: StampTarget,
  price: number = testStampPrice,
): Stamp {
  for (let from = 0; ;) {
    const found = findStamp(paidFor, price, { from, budget: 100_000_000 });
    if (found === null) throw new Error('no stamp');
    const pays = relayHosts.some((host) => {
      const origin = owed.origin.replace('127.0.0.1', host) as RelayOrigin;
      return isStampValid({ ...owed, origin }, found.counter, testStampPrice);
    });
    if (!pays) return [paidFor.day, found.counter];
    from = found.counter + 1;
  }
}

export function creationOf(origin: RelayOrigin, mailbox: Mailbox, days = 7, day: Day = today) {
  const work = creationId(mailbox.readKey, mailbox.capHash, days);
  return [mailbox.readKey, mailbox.capHash, days, stampFor(origin, mailbox.id, work, day)] as const;
}

export function envelopeOf(number: number, size = 512): Bytes {
  const envelope = new Uint8Array(size);
  new DataView(envelope.buffer).setUint32(0, number);
  return envelope;
}

export function readItem(context: QueueCallContext, { id, seed }: Mailbox, after = 0) {
  return [id, after, crypto.sign(seed, readSigningBytes(context, id, after))] as const;
}

export function ackItem(context: QueueCallContext, { id, seed }: Mailbox, ids: EnvelopeId[]) {
  return [id, ids, crypto.sign(seed, ackSigningBytes(context, id, ids))] as const;
}

export function watchItem(context: QueueCallContext, { id, seed }: Mailbox, after = 0) {
  return [id, after, crypto.sign(seed, watchSigningBytes(context, id, after))] as const;
}
