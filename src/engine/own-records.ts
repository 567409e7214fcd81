import { checkSignedRecord } from '#core/records/checked-record.ts';
import { recordAddress, slotBytes, type SignedRecord } from '#core/records/record.ts';
import type { Day } from '#core/types/day.ts';
import type { RelayOrigin, Slot } from '#core/types/ids.ts';
import type { RecordRow } from '#storage/database.ts';
import type { OutboxPurpose } from '#storage/outbox-row.ts';
import { toRecordRow } from '#sync/record-intake.ts';
import { makeCard, needsCard, nextRevision } from './contact-cards.ts';
import type { EngineContext } from './engine-context.ts';
import { personaText } from './addresses.ts';
import { ownHeads } from './foreign-revisions.ts';
import { publishRows, relayOrigins } from './publishing.ts';
import type { PersonaValue, SealedValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/**
 * Stores and sends a record in one step, with a contact card before it where one is due: to every
 * relay, or to some only.
 */
export async function publishOwn(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  row: RecordRow,
  purpose: OutboxPurpose,
  put: readonly SealedValue[],
  only?: readonly RelayOrigin[],
): Promise<void> {
  const relays = only ?? (await relayOrigins(context.db));
  const isAnswerable = purpose === 'entry' || purpose === 'profile';
  const card =
    isAnswerable && needsCard(context, vault, persona.key)
      ? await makeCard(context, vault, persona, relays)
      : { put: [], send: [], records: [] };
  const change: VaultChange = {
    put: [...put, ...card.put, ...ownHeads(vault, persona, [row])],
    send: [...card.send, ...publishRows(row, purpose, personaText(persona.key), relays)],
    records: [...card.records, row],
  };
  await vault.commit(change);
  context.emit('board');
  context.emit('network');
  context.kick();
}

/** A slot that this persona has not used for this kind, also not before it expired. */
export async function drawSlot(
  context: EngineContext,
  persona: PersonaValue,
  kind: number,
): Promise<Slot> {
  for (;;) {
    const slot = context.random(slotBytes) as Slot;
    if (slot.every((byte) => byte === 0)) continue;
    if ((await nextRevision(context, recordAddress(persona.key, kind, slot))) === 0) return slot;
  }
}

/** `day` never decreases over revisions. */
export function clampDay(day: Day, previous: Day): Day {
  return day < previous ? previous : day;
}

/** A record that this device signed, in the form in which it is kept. */
export function ownRow(record: SignedRecord): RecordRow {
  const checked = checkSignedRecord(record);
  if (!checked.ok) throw new Error(`A record of our own is ${checked.error.code}`);
  return toRecordRow(checked.value);
}
