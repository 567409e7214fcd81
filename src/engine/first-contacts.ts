import type { ConversationId } from '#core/types/ids.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { ok } from '#core/types/result.ts';
import { prepareMessage, readState } from './conversation-send.ts';
import { newNotice } from './conversation-values.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { Outcome } from './api/outcome.ts';
import { creationRow } from './own-queues.ts';
import { joinChanges } from './outbox-chains.ts';
import { receiptDueAfter } from './receipts.ts';
import type { ConversationValue, PersonaValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** So many strangers may wait for one persona's decision; who comes after them waits at the relay. */
const maxAsked = 20;
/** So many messages of one stranger are taken before the decision. */
const maxAskedMessages = 20;

/** Whether one more stranger may be shown to a persona. */
export function hasRoomForStranger(vault: VaultSession, { key }: PersonaValue): boolean {
  const asked = vault
    .all('conversation')
    .filter(
      ({ stage, blocked, persona }) => stage === 'asked' && !blocked && equalBytes(persona, key),
    );
  return asked.length < maxAsked;
}

/** Whether one more message of a conversation may be taken: strangers have room for a few. */
export function hasRoomForMessage(vault: VaultSession, conversation: ConversationValue): boolean {
  if (conversation.stage !== 'asked' || conversation.blocked) return true;
  return vault.messagesOf(conversation.id).length < maxAskedMessages;
}

/** Whether what a declined peer writes is still kept: a few that may have crossed the decline. */
export function keepsAfterDecline(vault: VaultSession, { id, stage }: ConversationValue): boolean {
  if (stage !== 'declined') return true;
  const messages = vault.messagesOf(id);
  const declinedAt = messages.findLastIndex(
    ({ fromMe, notice }) => fromMe && notice?.kind === 'declined',
  );
  return messages.slice(declinedAt + 1).length < maxAskedMessages;
}

/** A conversation as it is once its user says yes: its own queue is wanted now. */
export function openContact(
  vault: VaultSession,
  conversation: ConversationValue,
): { readonly conversation: ConversationValue; readonly change: VaultChange } {
  const queues = vault
    .all('queue')
    .filter((queue) => queue.conversation === conversation.id && !queue.wanted)
    .map((queue) => ({ ...queue, wanted: true }));
  return {
    conversation: { ...conversation, stage: 'open' },
    change: {
      put: queues,
      send: queues.map((queue) => creationRow(vault, queue, conversation.id)),
    },
  };
}

/** Says yes to a stranger, also after having declined. */
export function acceptContact(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    if (held.stage === 'open') return ok(undefined);
    if (held.stage === 'declined-by-peer') return engineError('contact-declined');
    const { conversation, change } = openContact(vault, held);
    const opened = { ...conversation, receiptDueMs: receiptDueAfter(context, vault, conversation) };
    await vault.commit(joinChanges(change, { put: [opened] }));
    announceDecision(context, vault);
    return ok(undefined);
  });
}

/** Refuses a stranger, and tells them; what they send from then on is kept without a sign of it. */
export function declineContact(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined || held.state.length === 0) return engineError('not-found');
    if (held.stage === 'declined') return ok(undefined);
    if (held.blocked) return engineError('contact-blocked');
    if (held.shownKey !== null) return engineError('key-changed');
    if (held.stage === 'declined-by-peer') return engineError('contact-declined');
    const state = readState(held);
    if (!state.ok) return state;
    const declined: ConversationValue = { ...held, stage: 'declined', unread: 0 };
    const notice = newNotice(context, vault, declined, { kind: 'declined' });
    const sent = prepareMessage(context, vault, declined, state.value, { type: 'decline' }, null);
    if (!sent.ok) return sent;
    await vault.commit(joinChanges(sent.value, { put: [{ ...notice, fromMe: true }] }));
    announceDecision(context, vault);
    return ok(undefined);
  });
}

/** A decision makes room: what was left at the relay is read again. */
export function announceDecision(context: EngineContext, vault: VaultSession): void {
  vault.heldBack.clear();
  context.emit('mail');
  context.emit('network');
  context.kick();
}
