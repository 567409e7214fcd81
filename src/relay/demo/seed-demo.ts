import { checkAdmission, checkSignedRecord } from '#core/records/checked-record.ts';
import { encodeRecord } from '#core/records/record.ts';
import { dayOf } from '#core/types/day.ts';
import type { PersonaKey } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import type { RelayLog } from '../log-port.ts';
import { toProvedRecord } from '../proved-record.ts';
import { composeDemoBoard } from './demo-records.ts';
import { charterSigner } from './demo-signers.ts';
import { readDemoTexts } from './demo-texts.ts';

/** Puts the demonstration board into a log; a second time on one day changes nothing. Returns how many records are new. */
export async function seedDemoBoard(log: RelayLog, clock: Clock): Promise<number> {
  const crypto = await createSodiumCrypto();
  const today = dayOf(clock());
  const records = composeDemoBoard(crypto, await readDemoTexts(), today).map((record) => {
    const checked = checkSignedRecord(record);
    if (!checked.ok) throw new Error(`a demonstration text is no record: ${checked.error.code}`);
    const admission = checkAdmission(checked.value, today);
    if (!admission.ok) throw new Error(`a demonstration text is refused: ${admission.error.code}`);
    return toProvedRecord(checked.value, encodeRecord(record));
  });
  const outcomes = await log.publish(records);
  return outcomes.filter((outcome) => outcome === 'accepted').length;
}

/** Who signs the demonstration's charter. */
export async function demoCharterAuthor(): Promise<PersonaKey> {
  return charterSigner(await createSodiumCrypto()).key;
}
