import { composeRecord } from '#core/records/compose.ts';
import {
  cardKeyGraceDays,
  cardLifetimeDays,
  cardRotationDays,
  contactToContent,
} from '#core/records/contact.ts';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { singletonSlot } from '#core/records/record.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { addDays } from '#core/types/day.ts';
import type { PersonaKey, RecordAddress, RelayOrigin } from '#core/types/ids.ts';
import type { RecordRow } from '#storage/database.ts';
import type { OutboxRow } from '#storage/outbox-row.ts';
import { toRecordRow } from '#sync/record-intake.ts';
import { today, type EngineContext } from './engine-context.ts';
import { cardAddress } from './card-address.ts';
import { creationRow, drawQueue } from './own-queues.ts';
import { personaText } from './addresses.ts';
import { ownHeads } from './foreign-revisions.ts';
import { publishRows } from './publishing.ts';
import { answeringRelays, isRelayLost } from './queue-moves.ts';
import type { CardKeysValue, PersonaValue, QueueValue, SealedValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** What a new card stores and sends. */
export interface CardChange {
  readonly put: readonly SealedValue[];
  readonly send: readonly OutboxRow[];
  readonly records: readonly RecordRow[];
}

/**
 * Whether a persona needs a card: it has none, or the newest is a week old. One out of a backup
 * waits for a link first: it must go on above the revision that it had.
 */
export function needsCard(context: EngineContext, vault: VaultSession, key: PersonaKey): boolean {
  const newest = newestCard(vault, key);
  if (newest === undefined) return !isWithoutCard(vault, vault.persona(key));
  return today(context) - newest.day >= cardRotationDays;
}

/** Whether a persona came out of a backup and has made no card since. */
export function isWithoutCard(vault: VaultSession, persona: PersonaValue | undefined): boolean {
  if (persona === undefined || persona.restoredDay === null) return false;
  return newestCard(vault, persona.key) === undefined;
}

/** Makes a persona's next card: new prekeys, the same contact queue if it has one, at a higher revision. */
export async function makeCard(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  relays: readonly RelayOrigin[],
): Promise<CardChange> {
  const { crypto } = vault;
  const chain = personaText(persona.key);
  const known = contactQueueOf(vault, persona.key);
  const elsewhere = await betterRelay(context, vault, persona.key);
  const home = elsewhere ?? relays[0] ?? context.homeRelay;
  const drawn =
    known === undefined || elsewhere !== undefined
      ? drawQueue(context, vault, persona.key, home, null, chain)
      : {
          queue: { ...known, renewedDay: today(context) },
          creation: creationRow(vault, known, chain),
        };
  const left =
    known === undefined || elsewhere === undefined ? [] : [{ ...known, use: 'old' } as const];
  const spk = crypto.dhKeyPair(context.random(32));
  const kem = crypto.kemKeyPair(context.random(32));
  const day = today(context);
  const record = composeRecord(
    crypto,
    persona,
    {
      kind: recordKinds.contact,
      slot: singletonSlot,
      rev: await nextRevision(context, cardAddress(persona.key)),
      day,
      until: addDays(day, cardLifetimeDays),
    },
    contactToContent({
      ik: persona.ikPublic,
      bind: persona.bind,
      spk: spk.publicKey,
      kem: kem.publicKey,
      queueId: drawn.queue.queueId,
      relays: [drawn.queue.relay],
    }),
  );
  const checked = checkSignedRecord(record);
  if (!checked.ok) throw new Error(`A contact card of our own is ${checked.error.code}`);
  const keys: CardKeysValue = {
    type: 'card-keys',
    id: vault.newId(),
    persona: persona.key,
    recordId: checked.value.id,
    spkPublic: spk.publicKey,
    spkPrivate: spk.privateKey,
    kemPublic: kem.publicKey,
    kemPrivate: kem.privateKey,
    queueId: drawn.queue.queueId,
    day,
    eraseAfter: addDays(day, cardLifetimeDays + cardKeyGraceDays),
  };
  const row = toRecordRow(checked.value);
  return {
    put: [...left, drawn.queue, keys, ...ownHeads(vault, persona, [row])],
    send: [drawn.creation, ...publishRows(row, 'card', chain, relays)],
    records: [row],
  };
}

/** The revision after the highest that this device has seen or signed at an address, from 0. */
export async function nextRevision(
  { db, vault }: EngineContext,
  address: RecordAddress,
): Promise<number> {
  await db.board.openAll();
  const key = bytesToBase64Url(address);
  const signed = vault?.all('own-head').find((head) => head.address === key)?.rev ?? -1;
  return Math.max(db.board.documents.revisionAt(address)?.rev ?? -1, signed) + 1;
}

/** Where first messages should go instead, once the relay that the card names is lost and another answers. */
export async function betterRelay(
  context: EngineContext,
  vault: VaultSession,
  key: PersonaKey,
): Promise<RelayOrigin | undefined> {
  const known = contactQueueOf(vault, key);
  if (known === undefined || !(await isRelayLost(context, known.relay))) return undefined;
  return (await answeringRelays(context)).find((origin) => origin !== known.relay);
}

/** Contact queues that no card names any more whose keys are still here. */
export function unnamedContactQueues(vault: VaultSession): readonly QueueValue[] {
  const cards = vault.all('card-keys');
  return vault
    .all('queue')
    .filter(({ role, use }) => role === 'contact' && use === 'old')
    .filter((queue) => !cards.some(({ queueId }) => equalBytes(queueId, queue.queueId)));
}

function contactQueueOf(vault: VaultSession, key: PersonaKey): QueueValue | undefined {
  return vault
    .all('queue')
    .find(
      ({ role, use, persona }) =>
        role === 'contact' && use === 'current' && equalBytes(persona, key),
    );
}

function newestCard(vault: VaultSession, key: PersonaKey): CardKeysValue | undefined {
  return vault
    .all('card-keys')
    .filter(({ persona }) => equalBytes(persona, key))
    .sort((a, b) => b.day - a.day)[0];
}
