import { encodeConversation } from '#core/messages/conversation-codec.ts';
import type { MessageOutcome } from '#core/messages/conversation-payload.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { Payload } from '#core/messages/payload.ts';
import { hasSequence } from '#core/messages/sequence-set.ts';
import { arrivedAttachment } from './attachment-values.ts';
import { barOf, placeOfNext, prepareMessage } from './conversation-send.ts';
import { newMessage, newNotice, type Said } from './conversation-values.ts';
import type { EngineContext } from './engine-context.ts';
import { keepsAfterDecline } from './first-contacts.ts';
import { takeLifetime } from './message-lifetimes.ts';
import { joinChanges } from './outbox-chains.ts';
import { redirectWaiting } from './queue-moves.ts';
import { receiptDueAfter } from './receipts.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** Where what came in stands: the conversation as it becomes, and what is written beside it. */
interface Taking {
  readonly conversation: ConversationValue;
  readonly messages: readonly MessageValue[];
}

/**
 * Turns what an envelope brought into one change: state, message, delivered marks, what must be
 * told the peer now. `before` is null for a session that begins the conversation here.
 */
export async function applyOutcome(
  context: EngineContext,
  vault: VaultSession,
  held: ConversationValue,
  before: ConversationState | null,
  state: ConversationState,
  outcome: MessageOutcome,
): Promise<VaultChange> {
  const restarted = hasRestarted(before, state);
  const begun: Taking = {
    conversation: {
      ...held,
      state: encodeConversation(state),
      lost: held.lost + outcome.lostCount,
      ...(restarted ? { heardUpTo: 0 } : {}),
    },
    messages: [],
  };
  const noticed = restarted ? withNotice(context, vault, begun, { kind: 'restarted' }) : begun;
  const { payload } = outcome;
  const era = held.era + numberingThatMoved(before, state);
  const { conversation, messages } =
    payload === null ? noticed : takeBody(context, vault, noticed, state, payload, era);
  const put = [...messages, ...deliveredMessages(vault, held, state)];
  const redirected = await redirectWaiting(context, held.id, before, state);
  const answer = answerOf(conversation, state, restarted, outcome.needsStep);
  if (answer === null) return joinChanges({ put: [conversation, ...put] }, redirected);
  const answered = { ...conversation, lifetimeOrder: placeAfter(conversation, state, answer) };
  const sent = prepareMessage(context, vault, answered, state, answer, null);
  const own = sent.ok ? sent.value : { put: [conversation] };
  return joinChanges({ put }, redirected, own);
}

/** A peer that lost its session is told the lifetime anew; a chain that ran ahead is answered with a step. */
function answerOf(
  conversation: ConversationValue,
  state: ConversationState,
  restarted: boolean,
  needsStep: boolean,
): MessageBody | null {
  if (barOf(conversation) !== null || conversation.stage === 'asked') return null;
  if (restarted && conversation.lifetimeOrder > 0 && state.peerQueue !== null) {
    return { type: 'lifetime', days: conversation.lifetimeDays };
  }
  return needsStep ? { type: 'step' } : null;
}

function placeAfter(
  { lifetimeOrder }: ConversationValue,
  state: ConversationState,
  answer: MessageBody,
): number {
  return answer.type === 'lifetime' ? placeOfNext(state) : lifetimeOrder;
}

function takeBody(
  context: EngineContext,
  vault: VaultSession,
  taking: Taking,
  state: ConversationState,
  payload: Payload,
  era: number,
): Taking {
  const { body, sequence } = payload;
  const { conversation } = taking;
  switch (body.type) {
    case 'text': {
      const said: Said = { fromMe: false, text: body.text, sequence, era };
      return takeWords(context, vault, taking, said);
    }
    case 'attachment': {
      const attachment = arrivedAttachment(vault, body);
      const said: Said = { fromMe: false, text: '', sequence, era, attachment };
      return takeWords(context, vault, taking, said);
    }
    case 'lifetime': {
      const agreed = takeLifetime(conversation, state, payload, body.days);
      if (agreed === null) return taking;
      const notice = { kind: 'lifetime', days: body.days } as const;
      return withNotice(context, vault, { ...taking, conversation: agreed }, notice);
    }
    case 'decline': {
      if (sequence < conversation.heardUpTo || conversation.stage !== 'open') return taking;
      const declined = { ...conversation, stage: 'declined-by-peer', receiptDueMs: null } as const;
      return withNotice(
        context,
        vault,
        { ...taking, conversation: declined },
        { kind: 'declined' },
      );
    }
    case 'queue':
      return withNotice(context, vault, taking, { kind: 'queue-moved' });
    default:
      return taking;
  }
}

/** Something to read: unless its writer is blocked, or was declined and does not stop; then nobody sees it. */
export function takeWords(
  context: EngineContext,
  vault: VaultSession,
  { conversation, messages }: Taking,
  said: Said,
): Taking {
  const heardUpTo = Math.max(conversation.heardUpTo, (said.sequence ?? 0) + 1);
  if (conversation.blocked || !keepsAfterDecline(vault, conversation)) {
    return { conversation: { ...conversation, heardUpTo }, messages };
  }
  const reopened = conversation.stage === 'declined-by-peer' ? 'open' : conversation.stage;
  const heard: ConversationValue = {
    ...conversation,
    heardUpTo,
    stage: reopened,
    unread: conversation.unread + (reopened === 'declined' ? 0 : 1),
  };
  const message = newMessage(context, vault, heard, said);
  return {
    conversation: { ...heard, receiptDueMs: receiptDueAfter(context, vault, heard) },
    messages: [...messages, after(messages, message)],
  };
}

function withNotice(
  context: EngineContext,
  vault: VaultSession,
  { conversation, messages }: Taking,
  what: Parameters<typeof newNotice>[3],
): Taking {
  if (conversation.blocked) return { conversation, messages };
  const notice = newNotice(context, vault, conversation, what);
  return { conversation, messages: [...messages, after(messages, notice)] };
}

/** Two that are written in one step stand in the order in which they were written. */
function after(messages: readonly MessageValue[], next: MessageValue): MessageValue {
  const last = messages.at(-1)?.atMs ?? 0;
  return next.atMs > last ? next : { ...next, atMs: last + 1 };
}

function deliveredMessages(
  vault: VaultSession,
  { id, era: current }: ConversationValue,
  { delivered }: ConversationState,
): MessageValue[] {
  return vault
    .messagesOf(id)
    .filter(
      ({ fromMe, sequence, delivery, era }) =>
        fromMe &&
        era === current &&
        delivery !== 'delivered' &&
        sequence !== null &&
        hasSequence(delivered, sequence),
    )
    .map((message) => ({ ...message, delivery: 'delivered' }));
}

function highestNumbering({ numberings }: ConversationState): number {
  return Math.max(...numberings.map(({ id }) => id));
}

/** Whether the peer counts anew: it has lost the session that the two had. */
export function hasRestarted(before: ConversationState | null, after: ConversationState): boolean {
  return before !== null && highestNumbering(after) > highestNumbering(before);
}

/** The numbering in which something has just arrived. */
function numberingThatMoved(before: ConversationState | null, after: ConversationState): number {
  const moved = after.numberings.find(({ id, received }) => {
    const known = before?.numberings.find((numbering) => numbering.id === id);
    return known?.received.set !== received.set && !isSame(known?.received.set, received.set);
  });
  return moved?.id ?? 0;
}

type Ranges = ConversationState['delivered'];

function isSame(a: Ranges | undefined, b: Ranges): boolean {
  return (
    a?.length === b.length && a.every(([start, end], i) => start === b[i]?.[0] && end === b[i]?.[1])
  );
}
