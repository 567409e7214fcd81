import { fingerprintDigits, type FingerprintParty } from '#core/messages/fingerprint.ts';
import type { ConversationId, DhPublicKey } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import type { Verification } from './api/conversation-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { readState } from './conversation-send.ts';
import { engineError, runUnlocked, today, type EngineContext } from './engine-context.ts';
import type { ConversationValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** Before the digits in a QR code: upper case keeps it in the code's dense alphabet. */
const codePrefix = 'WALLFLOWER:1:';

/** The digits and the code that both sides compare. */
export function readVerification(
  context: EngineContext,
  id: ConversationId,
): Outcome<Verification> {
  return runUnlocked(context, (vault) => Promise.resolve(verificationOf(vault, id)));
}

/** Marks the peer as verified today, or takes the mark away. */
export function setVerified(
  context: EngineContext,
  id: ConversationId,
  verified: boolean,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    if (verified && held.state.length === 0) return engineError('card-missing');
    await markVerified(context, vault, held, verified);
    return ok(undefined);
  });
}

/** Compares what was scanned from the peer's screen, and marks the peer where it fits. */
export function compareScanned(
  context: EngineContext,
  id: ConversationId,
  code: string,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const expected = verificationOf(vault, id);
    if (!expected.ok) return expected;
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    if (code.trim() !== expected.value.code) {
      const { shownKey } = held;
      const shown = shownKey === null ? null : codeOf(digitsWith(vault, held, shownKey));
      return engineError(code.trim() === shown ? 'key-changed' : 'code-not-theirs');
    }
    await markVerified(context, vault, held, true);
    return ok(undefined);
  });
}

async function markVerified(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  verified: boolean,
): Promise<void> {
  await vault.commit({ put: [{ ...conversation, verifiedDay: verified ? today(context) : null }] });
  context.emit('mail');
}

function verificationOf(
  vault: VaultSession,
  id: ConversationId,
): Result<Verification, EngineError> {
  const conversation = vault.get('conversation', id);
  if (conversation === undefined) return engineError('not-found');
  if (conversation.state.length === 0) return engineError('card-missing');
  const state = readState(conversation);
  if (!state.ok) return state;
  const digits = digitsWith(vault, conversation, state.value.peer.ik);
  return ok({ digits, code: codeOf(digits), verifiedDay: conversation.verifiedDay });
}

function digitsWith(vault: VaultSession, { persona, peer }: ConversationValue, ik: DhPublicKey) {
  const me = vault.persona(persona);
  if (me === undefined) throw new Error('A conversation without its persona');
  const mine: FingerprintParty = { persona, ik: me.ikPublic };
  return fingerprintDigits(mine, { persona: peer, ik });
}

function codeOf(digits: string): string {
  return codePrefix + digits;
}
