import {
  acceptFirstMessage,
  type ArrivedSession,
  type CardKeys,
} from '#core/messages/accept-first-message.ts';
import { acceptConversation, joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { moveOwnQueue } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { firstMessageMark } from '#core/messages/first-message-mark.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import {
  ratchetDeps,
  readState,
  sealWaiting,
  toOwnPersona,
  waitingIn,
} from './conversation-send.ts';
import { conversationBetween, newConversation } from './conversation-values.ts';
import { today, type EngineContext } from './engine-context.ts';
import { hasRoomForMessage, hasRoomForStranger } from './first-contacts.ts';
import { applyOutcome, hasRestarted } from './incoming-outcomes.ts';
import { isKeyOf, isRefused, showOtherKey } from './key-changes.ts';
import { receiveIn, type Step } from './incoming-step.ts';
import { joinChanges } from './outbox-chains.ts';
import { drawQueue } from './own-queues.ts';
import type { ConversationValue, PersonaValue, QueueValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** Takes what lies in a contact queue: a first message, or more of one who was named no other queue. */
export async function takeFirstMessage(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): Promise<Step> {
  const mark = firstMessageMark(envelope);
  if (!mark.ok) return takeLate(context, vault, queue, envelope);
  const known = conversationWithMark(vault, mark.value);
  if (known !== undefined) return receiveIn(context, vault, known, envelope);
  if (vault.all('mark').some((held) => equalBytes(held.mark, mark.value))) return null;
  const persona = vault.persona(queue.persona);
  if (persona === undefined) return null;
  const arrived = acceptFirstMessage(
    ratchetDeps(context, vault),
    toOwnPersona(persona),
    cardKeysOf(context, vault, queue),
    envelope,
    today(context),
  );
  if (!arrived.ok) return null;
  return takeArrived(context, vault, persona, queue, arrived.value);
}

/** A peer to whom no queue was named goes on writing to the contact queue, on its session. */
async function takeLate(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
  envelope: Bytes,
): Promise<Step> {
  for (const conversation of vault.all('conversation')) {
    if (!equalBytes(conversation.persona, queue.persona)) continue;
    const step = await receiveIn(context, vault, conversation, envelope);
    if (step !== null) return step;
  }
  return null;
}

/** An authentic first message: of a stranger, of somebody I was about to write to, or of a known peer. */
async function takeArrived(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  queue: QueueValue,
  arrived: ArrivedSession,
): Promise<Step> {
  const { sender } = arrived;
  const current = conversationBetween(vault, persona.key, sender.persona);
  if (current === undefined) {
    if (wasBlocked(vault, persona.key, sender.persona)) return null;
    if (!hasRoomForStranger(vault, persona)) return 'held';
    const about = arrived.payload.opening.recordAddress;
    const address = bytesToBase64Url(about) as RecordAddressText;
    const aboutTitle = (await context.board.read(address))?.entry.title ?? '';
    const begun = { persona: persona.key, peer: sender.persona, about, aboutTitle };
    const stranger = newConversation(context, vault, begun);
    return takeUp(context, vault, persona, queue, { ...stranger, stage: 'asked' }, arrived);
  }
  if (!isKeyOf(current, sender.ik)) {
    if (current.blocked || isRefused(current, sender.ik)) return null;
    return { held: await showOtherKey(context, vault, current, sender.ik) };
  }
  return current.state.length === 0
    ? takeUp(context, vault, persona, queue, current, arrived)
    : joinUp(context, vault, current, arrived);
}

/** Takes up the session of a first message, with a queue of its own for the answers, and seals what waits. */
async function takeUp(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  contactQueue: QueueValue,
  conversation: ConversationValue,
  arrived: ArrivedSession,
): Promise<VaultChange | null> {
  const { id } = conversation;
  const drawn = drawQueue(context, vault, persona.key, contactQueue.relay, id, id);
  const { queueId, cap, relay } = drawn.queue;
  const joined = acceptConversation(
    toOwnPersona(persona),
    arrived,
    { queueId, cap, relays: [relay] },
    today(context),
  );
  const wanted = conversation.stage !== 'asked';
  const queue: VaultChange = {
    put: [{ ...drawn.queue, wanted }],
    send: wanted ? [drawn.creation] : [],
  };
  const waiting = waitingIn(vault, id);
  const { state, outcome } = joined;
  const taken = await applyOutcome(context, vault, conversation, null, state, outcome);
  const [current] = (taken.put ?? []).flatMap((v) => (v.type === 'conversation' ? [v] : []));
  if (current === undefined || conversation.stage === 'asked') return joinChanges(queue, taken);
  const begun = readState(current);
  const sealed = begun.ok ? sealWaiting(context, vault, current, begun.value, waiting) : begun;
  return sealed.ok ? joinChanges(queue, taken, sealed.value) : null;
}

async function joinUp(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  arrived: ArrivedSession,
): Promise<Step> {
  if (!hasRoomForMessage(vault, conversation)) return 'held';
  const before = readState(conversation);
  if (!before.ok) return null;
  const joined = joinArrivingSession(before.value, arrived, today(context));
  if (!joined.ok) return null;
  const { outcome } = joined.value;
  const state = retellQueue(before.value, joined.value.state);
  return applyOutcome(context, vault, conversation, before.value, state, outcome);
}

/** A peer that lost its session has lost my queue with it. */
function retellQueue(before: ConversationState, joined: ConversationState): ConversationState {
  return hasRestarted(before, joined) ? moveOwnQueue(joined, joined.ownQueue.queue) : joined;
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

/** Whether a conversation of the two was blocked when it was deleted. */
function wasBlocked(vault: VaultSession, me: PersonaKey, peer: PersonaKey): boolean {
  return vault
    .all('former')
    .some(
      (former) => former.blocked && equalBytes(former.persona, me) && equalBytes(former.peer, peer),
    );
}

/** Private keys of the cards that still open something; with a doubted clock none is past its time. */
function cardKeysOf(
  context: EngineContext,
  vault: VaultSession,
  queue: QueueValue,
): readonly CardKeys[] {
  const day = today(context);
  return vault
    .all('card-keys')
    .filter(({ persona }) => equalBytes(persona, queue.persona))
    .filter(({ eraseAfter }) => context.clockWrong || eraseAfter >= day)
    .map(({ recordId, spkPublic, spkPrivate, kemPublic, kemPrivate, queueId }) => ({
      recordId,
      spk: { publicKey: spkPublic, privateKey: spkPrivate },
      kem: { publicKey: kemPublic, privateKey: kemPrivate },
      queueId,
    }));
}
