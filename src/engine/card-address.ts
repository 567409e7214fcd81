import { recordKinds } from '#core/records/kinds.ts';
import { recordAddress, singletonSlot } from '#core/records/record.ts';
import type { PersonaKey, RecordAddress } from '#core/types/ids.ts';

/** Where a persona's contact card lives. */
export function cardAddress(persona: PersonaKey): RecordAddress {
  return recordAddress(persona, recordKinds.contact, singletonSlot);
}
