import { composeRecord } from '#core/records/compose.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { profileSchema, profileToContent } from '#core/records/profile.ts';
import {
  maxLifetimeDays,
  recordAddress,
  singletonSlot,
  type RecordHeader,
} from '#core/records/record.ts';
import { cleanText } from '#core/records/text.ts';
import { addDays } from '#core/types/day.ts';
import type { PersonaKeyText } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { nextRevision } from './contact-cards.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import type { Outcome } from './api/outcome.ts';
import type { ProfileFields } from './api/persona-calls.ts';
import { ownRow, publishOwn } from './own-records.ts';
import { findPersona } from './personas.ts';

/** Publishes a persona's profile. */
export function publishProfile(
  context: EngineContext,
  key: PersonaKeyText,
  fields: ProfileFields,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    if (context.clockWrong) return engineError('clock-wrong');
    const persona = findPersona(vault, key);
    if (persona === undefined) return engineError('not-found');
    const content = profileToContent({
      name: cleanText(fields.name),
      about: cleanText(fields.about),
      languages: fields.languages,
      skills: fields.skills,
      countries: [],
    });
    if (!profileSchema.safeParse(content).success) return engineError('invalid-entry', 'name');
    const kind = recordKinds.profile;
    const rev = await nextRevision(context, recordAddress(persona.key, kind, singletonSlot));
    const day = today(context);
    const header: RecordHeader = {
      kind,
      slot: singletonSlot,
      rev,
      day,
      until: addDays(day, maxLifetimeDays),
    };
    const record = composeRecord(vault.crypto, persona, header, content);
    await publishOwn(context, vault, persona, ownRow(record), 'profile', []);
    context.emit('personas');
    return ok(undefined);
  });
}
