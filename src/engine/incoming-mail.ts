import {
  acceptFirstMessage,
  type ArrivedSession,
  type CardKeys,
} from '#core/messages/accept-first-message.ts';
import { acceptConversation, joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { encodeConversation } from '#core/messages/conversation-codec.ts';
import type { MessageOutcome } from '#core/messages/conversation-payload.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { hasSequence } from '#core/messages/sequence-set.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { firstMessageMark } from '#core/messages/first-message-mark.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { ConversationId, MessageId, RecordAddressText } from '#core/types/ids.ts';
import { nextMessageMs } from './conversations.ts';
import { prepareMessage, ratchetDeps, readState, toOwnPersona } from './conversation-send.ts';
import { today, type EngineContext } from './engine-context.ts';
import { drawQueue } from './own-queues.ts';
import type { ConversationValue, MessageValue, QueueValue, SealedValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

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
): Promise<void> {
  const change =
    queue.role === 'contact'
      ? takeFirstMessage(context, vault, queue, envelope)
      : takeAnswer(context, vault, queue, envelope);
  if (change === null) return;
  await vault.commit(change);
  context.emit('mail');
}

function takeAnswer(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): VaultChange | null {
  const conversation =
    queue.conversation === null ? undefined : vault.get('conversation', queue.conversation);
  return conversation === undefined ? null : receiveIn(context, vault, conversation, envelope);
}

function takeFirstMessage(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): VaultChange | null {
  const mark = firstMessageMark(envelope);
  if (!mark.ok) return null;
  const known = conversationWithMark(vault, mark.value);
  if (known !== undefined) return receiveIn(context, vault, known, envelope);
  if (vault.all('mark').some((held) => equalBytes(held.mark, mark.value))) return null;
  const persona = vault.persona(queue.persona);
  if (persona === undefined) return null;
  const arrived = acceptFirstMessage(
    ratchetDeps(context, vault),
    toOwnPersona(persona),
    cardKeysOf(vault, queue),
    envelope,
    today(context),
  );
  if (!arrived.ok) return null;
  const current = vault
    .all('conversation')
    .find(
      (held) =>
        equalBytes(held.persona, persona.key) &&
        equalBytes(held.peer, arrived.value.sender.persona) &&
        held.state.length > 0,
    );
  return current === undefined
    ? takeUp(context, vault, queue, arrived.value)
    : joinUp(context, vault, current, arrived.value);
}

/** A stranger's first message begins a conversation, with a queue of its own for the answers. */
function takeUp(
  context: EngineContext,
  vault: VaultSession,
  contactQueue: QueueValue,
  arrived: ArrivedSession,
): VaultChange | null {
  const persona = vault.persona(contactQueue.persona);
  if (persona === undefined) return null;
  const id = vault.newId() as ConversationId;
  const drawn = drawQueue(context, vault, persona.key, contactQueue.relay, id, id);
  const { queueId, cap, relay } = drawn.queue;
  const joined = acceptConversation(
    toOwnPersona(persona),
    arrived,
    { queueId, cap, relays: [relay] },
    today(context),
  );
  const about = arrived.payload.opening.recordAddress;
  const address = bytesToBase64Url(about) as RecordAddressText;
  const conversation: ConversationValue = {
    type: 'conversation',
    id,
    persona: persona.key,
    peer: arrived.sender.persona,
    state: encodeConversation(joined.state),
    about,
    aboutTitle: context.board.get(address)?.entry.title ?? '',
    draft: '',
    unread: 0,
    lost: 0,
    createdMs: context.clock(),
  };
  const change = applyOutcome(context, vault, conversation, joined.state, joined.outcome);
  return {
    ...change,
    put: [drawn.queue, ...(change.put ?? [])],
    send: [drawn.creation, ...(change.send ?? [])],
  };
}

function joinUp(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  arrived: ArrivedSession,
): VaultChange | null {
  const state = readState(conversation);
  if (!state.ok) return null;
  const joined = joinArrivingSession(state.value, arrived, today(context));
  if (!joined.ok) return null;
  return applyOutcome(context, vault, conversation, joined.value.state, joined.value.outcome);
}

function receiveIn(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  envelope: Bytes,
): VaultChange | null {
  if (conversation.state.length === 0) return null;
  const state = readState(conversation);
  if (!state.ok) return null;
  const received = receiveEnvelope(
    ratchetDeps(context, vault),
    state.value,
    envelope,
    today(context),
  );
  if (!received.ok) return null;
  return applyOutcome(context, vault, conversation, received.value.state, received.value.outcome);
}

/** Turns what an envelope brought into one change: state, message, delivered marks, a step where one is due. */
function applyOutcome(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  state: ConversationState,
  outcome: MessageOutcome,
): VaultChange {
  const text = outcome.payload?.body.type === 'text' ? outcome.payload.body.text : null;
  const next: ConversationValue = {
    ...conversation,
    state: encodeConversation(state),
    unread: conversation.unread + (text === null ? 0 : 1),
    lost: conversation.lost + outcome.lostCount,
  };
  const messages: SealedValue[] = deliveredMessages(vault, conversation.id, state);
  if (text !== null) {
    messages.push({
      type: 'message',
      id: vault.newId() as MessageId,
      conversation: conversation.id,
      fromMe: false,
      sequence: outcome.payload?.sequence ?? null,
      text,
      atMs: nextMessageMs(context, vault, conversation.id),
      delivery: null,
    });
  }
  if (!outcome.needsStep) return { put: [next, ...messages] };
  const step = prepareMessage(context, vault, next, state, { type: 'step' }, null);
  return step.ok
    ? { ...step.value, put: [...(step.value.put ?? []), ...messages] }
    : { put: [next, ...messages] };
}

function deliveredMessages(
  vault: VaultSession,
  conversation: ConversationId,
  { delivered }: ConversationState,
): MessageValue[] {
  return vault
    .messagesOf(conversation)
    .filter(
      ({ fromMe, sequence, delivery }) =>
        fromMe && delivery !== 'delivered' && sequence !== null && hasSequence(delivered, sequence),
    )
    .map((message) => ({ ...message, delivery: 'delivered' }));
}

function conversationWithMark(vault: VaultSession, mark: Bytes): ConversationValue | undefined {
  return vault.all('conversation').find((conversation) => {
    if (conversation.state.length === 0) return false;
    const state = readState(conversation);
    return (
      state.ok &&
      (state.value.marks.some((joined) => equalBytes(joined.mark, mark)) ||
        state.value.sessions.some(({ session }) => equalBytes(session.mark, mark)))
    );
  });
}

function cardKeysOf(vault: VaultSession, queue: QueueValue): readonly CardKeys[] {
  return vault
    .all('card-keys')
    .filter(({ persona }) => equalBytes(persona, queue.persona))
    .map(({ recordId, spkPublic, spkPrivate, kemPublic, kemPrivate, queueId }) => ({
      recordId,
      spk: { publicKey: spkPublic, privateKey: spkPrivate },
      kem: { publicKey: kemPublic, privateKey: kemPrivate },
      queueId,
    }));
}
