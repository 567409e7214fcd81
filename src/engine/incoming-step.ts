import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { ratchetDeps, readState } from './conversation-send.ts';
import { today, type EngineContext } from './engine-context.ts';
import { hasRoomForMessage } from './first-contacts.ts';
import { applyOutcome } from './incoming-outcomes.ts';
import type { ConversationValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** A change to commit, nothing for what is dropped, or an envelope that is left where it is. */
export type Step = VaultChange | null | 'held' | { readonly held: VaultChange };

/** Opens an envelope in a conversation that stands. */
export async function receiveIn(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  envelope: Bytes,
): Promise<Step> {
  if (conversation.state.length === 0) return null;
  if (!hasRoomForMessage(vault, conversation)) return 'held';
  const before = readState(conversation);
  if (!before.ok) return null;
  const deps = ratchetDeps(context, vault);
  const received = receiveEnvelope(deps, before.value, envelope, today(context));
  if (!received.ok) return null;
  const { state, outcome } = received.value;
  return applyOutcome(context, vault, conversation, before.value, state, outcome);
}
