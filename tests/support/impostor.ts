import 'fake-indexeddb/auto';
import { beginConversation } from '#core/messages/conversation-begin.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import { findStamp } from '#core/messages/stamp.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { composeRecord } from '#core/records/compose.ts';
import { bindSigningBytes, cardLifetimeDays, contactToContent } from '#core/records/contact.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { encodeRecord } from '#core/records/record.ts';
import { base64UrlToBytes, bytesToBase64Url } from '#core/codec/text-forms.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import type {
  PersonaKey,
  QueueCap,
  QueueId,
  RecordAddress,
  RecordAddressText,
  RecordId,
  RelayOrigin,
} from '#core/types/ids.ts';
import type { DhKeyPair } from '#core/types/ports.ts';
import { systemRandom } from '#crypto/system-random.ts';
import { singletonSlot } from '#core/records/record.ts';
import { cardAddress } from '#engine/card-address.ts';
import type { PersonaValue } from '#engine/sealed-values.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { RelayClient } from '#sync/relay-client.ts';
import { envelopeId } from '#sync/wire/queues.ts';
import { testStampPrice, type TestRelay } from '../relay/running-relay.ts';
import { unwrap, type Device } from './engine-in-node.ts';
import { openedVault, sodium } from './opened-vault.ts';

/** Somebody who has a persona's signing key, but another key for messages. */
export interface Impostor {
  readonly persona: PersonaValue;
  readonly ik: DhKeyPair;
  readonly relay: TestRelay;
}

/** Takes the signing key of a device's only persona. */
export async function impersonate(device: Device, relay: TestRelay): Promise<Impostor> {
  const [persona] = (await openedVault(device)).all('persona');
  if (persona === undefined) throw new Error('no persona');
  return { persona, ik: sodium.dhKeyPair(systemRandom(32)), relay };
}

/** Sends a first message in the persona's name to the author of the card that `device` holds. */
export async function writeAs(
  { persona, ik, relay }: Impostor,
  device: Device,
  peer: PersonaKey,
  text: string,
): Promise<void> {
  const card = await cardOn(device, peer);
  const deps = { crypto: sodium, random: systemRandom };
  const bind = sodium.sign(persona.seed, bindSigningBytes(ik.publicKey));
  const opening = {
    origin: 0,
    recordAddress: systemRandom(32) as RecordAddress,
    recordId: systemRandom(32) as RecordId,
  } as const;
  const queue = {
    queueId: systemRandom(32) as QueueId,
    cap: systemRandom(32) as QueueCap,
    relays: [relay.origin],
  };
  const me = { persona: persona.key, ik, bind };
  const begun = unwrap(beginConversation(deps, me, card, opening, queue));
  const day = dayOf(relay.clock.nowMs);
  const sealed = unwrap(sealPayload(deps, begun, { type: 'text', text }, day));
  await appendFirst(relay, card.queueId, sealed.envelope);
}

/** Puts an envelope into a contact queue, with its proof of work. */
async function appendFirst(relay: TestRelay, queue: QueueId, envelope: Uint8Array) {
  const day = dayOf(relay.clock.nowMs);
  const work = { origin: relay.origin, sendId: queue, day, envelopeId: envelopeId(envelope) };
  const stamp = findStamp(work, testStampPrice, { from: 0, budget: 1_000_000 });
  if (stamp === null) throw new Error('no stamp');
  const cap = new Uint8Array(0) as QueueCap;
  const bytes = new Uint8Array(envelope);
  unwrap(await client(relay).append(queue, cap, [day, stamp.counter], bytes));
}

/** Publishes a card of the persona that has the other key. */
export async function publishCardAs({ persona, ik, relay }: Impostor): Promise<void> {
  const day = dayOf(relay.clock.nowMs);
  const header = { kind: recordKinds.contact, slot: singletonSlot, rev: 1_000, day };
  const record = composeRecord(
    sodium,
    persona,
    { ...header, until: addDays(day, cardLifetimeDays) },
    contactToContent({
      ik: ik.publicKey,
      bind: sodium.sign(persona.seed, bindSigningBytes(ik.publicKey)),
      spk: sodium.dhKeyPair(systemRandom(32)).publicKey,
      kem: sodium.kemKeyPair(systemRandom(32)).publicKey,
      queueId: systemRandom(32) as QueueId,
      relays: [relay.origin],
    }),
  );
  unwrap(await client(relay).publish([encodeRecord(record)]));
}

/** The card of a persona that a device holds. */
async function cardOn(device: Device, peer: PersonaKey) {
  const db = new WallflowerDatabase(device.name);
  const address = bytesToBase64Url(cardAddress(peer)) as RecordAddressText;
  const row = await db.board.getAt(address);
  db.close();
  if (row === undefined) throw new Error('no card');
  const card = unwrap(checkRecord(row.bytes));
  if (card.content.kind !== 'contact' || card.content.value === null) throw new Error('no card');
  return { ...card.content.value, recordId: card.id, persona: card.author };
}

/** A persona's key from its text. */
export function keyOf(text: string): PersonaKey {
  return unwrap(base64UrlToBytes(text)) as PersonaKey;
}

function client({ origin }: { readonly origin: RelayOrigin }): RelayClient {
  return new RelayClient(origin, { fetch, countBytes: () => undefined });
}
