import type { PersonaKey, RecordAddress } from '#core/types/ids.ts';
import type { LifetimeDays } from './api/conversation-calls.ts';
import { readState } from './conversation-send.ts';
import { newConversation } from './conversation-values.ts';
import type { EngineContext } from './engine-context.ts';
import { waitingRows } from './outbox-chains.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** What a backup keeps of a conversation: no session, no queue. */
export interface RestoredConversation {
  readonly persona: PersonaKey;
  readonly peer: PersonaKey;
  readonly about: RecordAddress;
  readonly aboutTitle: string;
  readonly lifetimeDays: LifetimeDays;
}

/**
 * A conversation out of a backup, to be put into the vault with its messages (their `era` 0 and
 * `sequence` null). As soon as the peer's card is there a new session begins with origin 1, and the
 * peer is told, also with nothing to say.
 */
export function restoredConversation(
  context: EngineContext,
  vault: VaultSession,
  { lifetimeDays, ...begun }: RestoredConversation,
): ConversationValue {
  const fresh = newConversation(context, vault, begun);
  return { ...fresh, lifetimeDays, era: 1, again: true, tellsRestart: true };
}

/**
 * Gives up a conversation's session, keeping its messages: its queues go, what was sealed and has
 * not left is to be sealed again, and numbers begin anew.
 */
export async function endSession(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
): Promise<VaultChange> {
  const { id } = conversation;
  const rows = await waitingRows(context, id);
  const refs = new Set(rows.map(({ ref }) => ref));
  const unsent = vault
    .messagesOf(id)
    .filter((message) => message.delivery === 'on-device' && refs.has(message.id))
    .map((message): MessageValue => ({ ...message, sequence: null, delivery: 'needs-link' }));
  const ended: ConversationValue = {
    ...conversation,
    state: new Uint8Array(0),
    era: nextEra(conversation),
    again: true,
    heardUpTo: 0,
    lifetimeOrder: 0,
    receiptDueMs: null,
  };
  return {
    put: [ended, ...unsent],
    remove: vault.all('queue').filter((queue) => queue.conversation === id),
    settle: rows.map((row) => row.id),
  };
}

function nextEra(conversation: ConversationValue): number {
  const state = conversation.state.length === 0 ? null : readState(conversation);
  const numberings = state?.ok === true ? state.value.numberings : [];
  return conversation.era + 1 + Math.max(0, ...numberings.map(({ id }) => id));
}
