import type { Bytes } from '#core/types/bytes.ts';
import { placeAttachments } from './attachment-values.ts';
import { wakeWhenDue } from './due-work.ts';
import type { EngineContext } from './engine-context.ts';
import { takeFirstMessage } from './first-messages.ts';
import { receiveIn, type Step } from './incoming-step.ts';
import type { QueueValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** `held`: left at the relay, unacknowledged, until the user has decided on what came before. */
export type Taken = 'taken' | 'held';

/**
 * Takes one envelope of an own queue: opens it, and commits state, plaintext and marks in one
 * transaction. Whatever opens nowhere is dropped. Rejects only where storage does; then the
 * envelope must not be acknowledged.
 */
export async function takeEnvelope(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): Promise<Taken> {
  const step =
    queue.role === 'contact'
      ? await takeFirstMessage(context, vault, queue, envelope)
      : await takeAnswer(context, vault, queue, envelope);
  if (step === 'held') return 'held';
  if (step === null) return 'taken';
  const isHeld = 'held' in step;
  const change = isHeld ? step.held : step;
  await vault.commit(placeAttachments(change, queue.relay));
  // What the peer must be told now has missed this visit's sending.
  if ((change.send ?? []).length > 0) context.kick();
  wakeWhenDue(context, vault);
  context.emit('mail');
  return isHeld ? 'held' : 'taken';
}

function takeAnswer(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): Promise<Step> {
  const conversation =
    queue.conversation === null ? undefined : vault.get('conversation', queue.conversation);
  return conversation === undefined
    ? Promise.resolve(null)
    : receiveIn(context, vault, conversation, envelope);
}
