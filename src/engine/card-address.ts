import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, slotBytes } from '#core/records/record.ts';
import type { PersonaKey, RecordAddress, Slot } from '#core/types/ids.ts';

/** The slot of records of which a persona has one: four zero bytes. */
export const singletonSlot = new Uint8Array(slotBytes) as Slot;

/** Where a persona's contact card lives. */
export function cardAddress(persona: PersonaKey): RecordAddress {
  return recordAddress(persona, recordKinds.contact, singletonSlot);
}
