import { readState } from './conversation-send.ts';
import type { EngineContext } from './engine-context.ts';
import { fileRows, waitingRows } from './outbox-chains.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/**
 * Gives up a conversation's session, keeping its messages: its queues go, what was sealed and has
 * not left is to be sealed again (files are given up), and numbers begin anew.
 */
export async function endSession(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
): Promise<VaultChange> {
  const { id } = conversation;
  const rows = await waitingRows(context, id);
  const files = await fileRows(context, vault.messagesOf(id));
  const refs = new Set([...rows, ...files].map(({ ref }) => ref));
  const unsent = vault
    .messagesOf(id)
    .filter((message) => message.delivery === 'on-device' && refs.has(message.id))
    .map((message): MessageValue => ({
      ...message,
      sequence: null,
      delivery: message.attachment === undefined ? 'needs-link' : 'refused',
    }));
  return {
    put: [withoutSession(conversation), ...unsent],
    remove: vault.all('queue').filter((queue) => queue.conversation === id),
    settle: [...rows, ...files].map((row) => row.id),
  };
}

/** The same conversation before its next session, which begins with origin 1. */
function withoutSession(conversation: ConversationValue): ConversationValue {
  return {
    ...conversation,
    state: new Uint8Array(0),
    era: nextEra(conversation),
    again: true,
    heardUpTo: 0,
    lifetimeOrder: 0,
    receiptDueMs: null,
  };
}

/**
 * A conversation as a backup keeps it: the peer must have the key that it had, and is told of the new
 * session; a stranger who waits for a decision is not, nor a blocked peer.
 */
export function conversationForBackup(conversation: ConversationValue): ConversationValue {
  const state = conversation.state.length === 0 ? null : readState(conversation);
  const expectedKey = state?.ok === true ? state.value.peer.ik : conversation.expectedKey;
  const tellsRestart = conversation.stage === 'open' && !conversation.blocked;
  return { ...withoutSession(conversation), expectedKey, tellsRestart };
}

function nextEra(conversation: ConversationValue): number {
  const state = conversation.state.length === 0 ? null : readState(conversation);
  const numberings = state?.ok === true ? state.value.numberings : [];
  return conversation.era + 1 + Math.max(0, ...numberings.map(({ id }) => id));
}
