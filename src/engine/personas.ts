import { bindSigningBytes } from '#core/records/contact.ts';
import { cleanText } from '#core/records/text.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import type { PersonaKey, PersonaKeyText, PersonaSeed } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { textLimits } from '#core/types/board-terms.ts';
import { personaText } from './addresses.ts';
import { authorTrust } from './author-trust.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import type { PersonaChoice } from './api/entry-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import type { PersonaView } from './api/persona-calls.ts';
import type { PersonaValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** Draws a persona's two key pairs and ties them; nothing is stored yet. */
export function drawPersona(
  context: EngineContext,
  vault: VaultSession,
  label: string,
): PersonaValue {
  const { crypto } = vault;
  const seed = context.random(32) as PersonaSeed;
  const ik = crypto.dhKeyPair(context.random(32));
  return {
    type: 'persona',
    id: vault.newId(),
    key: crypto.personaKey(seed),
    seed,
    ikPublic: ik.publicKey,
    ikPrivate: ik.privateKey,
    bind: crypto.sign(seed, bindSigningBytes(ik.publicKey)),
    label,
    createdDay: today(context),
    foreignRevision: false,
    restoredDay: null,
  };
}

/** The persona that a choice names: a known one, or a new one that is not stored yet. */
export function choosePersona(
  context: EngineContext,
  vault: VaultSession,
  choice: PersonaChoice,
  label: string,
): Result<{ readonly persona: PersonaValue; readonly isNew: boolean }, EngineError> {
  if (choice.kind === 'new') {
    return ok({ persona: drawPersona(context, vault, label), isNew: true });
  }
  const persona = findPersona(vault, choice.key);
  return persona === undefined ? engineError('not-found') : ok({ persona, isNew: false });
}

/** One of my personas by its key as text. */
export function findPersona(vault: VaultSession, key: PersonaKeyText): PersonaValue | undefined {
  const bytes = base64UrlToBytes(key);
  return bytes.ok ? vault.persona(bytes.value as PersonaKey) : undefined;
}

/** All my personas, as screens show them. */
export function listPersonas(context: EngineContext): Outcome<readonly PersonaView[]> {
  return runUnlocked(context, async (vault) => {
    const trust = await context.charter.read();
    const stewards = trust?.charter?.stewards.map(personaText) ?? [];
    const view = async (persona: PersonaValue): Promise<PersonaView> => {
      const key = personaText(persona.key);
      const profile = await context.board.readProfile(key);
      return {
        key,
        label: persona.label,
        profileName: profile?.name ?? null,
        about: profile?.about ?? '',
        languages: profile?.languages ?? [],
        skills: profile?.skills ?? [],
        entries: context.board.countOf(key),
        createdDay: persona.createdDay,
        foreignRevision: persona.foreignRevision,
        trust: trust && authorTrust(context.board, trust, key),
        isSteward: stewards.includes(key),
      };
    };
    return ok(await Promise.all(vault.all('persona').map(view)));
  });
}

/** Draws and keeps a persona. */
export function createPersona(context: EngineContext, label: string): Outcome<PersonaKeyText> {
  return runUnlocked(context, async (vault) => {
    const persona = drawPersona(context, vault, cleanLabel(label));
    await vault.commit({ put: [persona] });
    context.emit('personas');
    return ok(personaText(persona.key));
  });
}

/** Changes a persona's local name. */
export function renamePersona(
  context: EngineContext,
  key: PersonaKeyText,
  label: string,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const persona = findPersona(vault, key);
    if (persona === undefined) return engineError('not-found');
    await vault.commit({ put: [{ ...persona, label: cleanLabel(label) }] });
    context.emit('personas');
    return ok(undefined);
  });
}

/** A local name, short enough to show. */
export function cleanLabel(label: string): string {
  return [...cleanText(label)].slice(0, textLimits.nameCharacters).join('');
}
