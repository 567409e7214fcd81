import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { Payload } from '#core/messages/payload.ts';
import { msPerDay } from '#core/types/day.ts';
import type { ConversationId, MessageId } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import type { LifetimeDays } from './api/conversation-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { barOf, placeOfNext, prepareMessage, readState } from './conversation-send.ts';
import { leaveTime, newMessage } from './conversation-values.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import { openContact } from './first-contacts.ts';
import { fileRows, joinChanges, waitingRows } from './outbox-chains.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** A clock that no relay confirmed for so long erases nothing; what is past its time is only hidden. */
const clockTrustDays = 3;

/** Says how long messages stay from now on. */
export function setLifetime(
  context: EngineContext,
  id: ConversationId,
  days: LifetimeDays,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const bar = barOf(held);
    if (bar !== null) return engineError(bar);
    if (held.lifetimeDays === days) return ok(undefined);
    const { conversation, change } = openContact(vault, { ...held, lifetimeDays: days });
    const notice = { kind: 'lifetime', days } as const;
    const message = newMessage(context, vault, conversation, { fromMe: true, text: '', notice });
    if (held.state.length === 0) {
      await vault.commit({ put: [conversation, message] });
    } else {
      const state = readState(held);
      if (!state.ok) return state;
      const lifetimeOrder = placeOfNext(state.value);
      const said = { ...conversation, lifetimeOrder };
      const body = { type: 'lifetime', days } as const;
      const sent = prepareMessage(context, vault, said, state.value, body, message);
      if (!sent.ok) return sent;
      await vault.commit(joinChanges(change, sent.value));
    }
    context.emit('mail');
    context.kick();
    return ok(undefined);
  });
}

/** What the peer said of it, if that holds: the later place wins, at the same place the shorter time. */
export function takeLifetime(
  conversation: ConversationValue,
  state: ConversationState,
  { sequence, ack }: Payload,
  days: LifetimeDays,
): ConversationValue | null {
  const heard = Math.min(Math.max(ack.next, (ack.extras.at(-1) ?? -1) + 1), state.nextSequence);
  const order = sequence + heard;
  const { lifetimeOrder, lifetimeDays } = conversation;
  const isLater = order > lifetimeOrder;
  const isShorter = order === lifetimeOrder && length(days) < length(lifetimeDays);
  if (!isLater && !isShorter) return null;
  return { ...conversation, lifetimeDays: days, lifetimeOrder: order };
}

function length(days: LifetimeDays): number {
  return days === 0 ? Infinity : days;
}

/** Whether a message is past its time; nothing is while the clock is doubted, nor what has not been sent. */
export function isGone(
  { clock, clockWrong }: EngineContext,
  { leavesAtMs, fromMe, delivery }: MessageValue,
): boolean {
  if (clockWrong || leavesAtMs === null || leavesAtMs > clock()) return false;
  return !fromMe || (delivery !== 'needs-link' && delivery !== 'on-device');
}

/** A conversation's messages that are still to be shown. */
export function messagesToShow(
  context: EngineContext,
  vault: VaultSession,
  id: ConversationId,
): readonly MessageValue[] {
  return vault.messagesOf(id).filter((message) => !isGone(context, message));
}

/** Erases from the vault what is past its time, unless the clock may have jumped since a relay was heard. */
export async function eraseExpired(context: EngineContext, vault: VaultSession): Promise<void> {
  const remove = vault.all('message').filter((message) => isGone(context, message));
  if (remove.length === 0 || !(await hasHeardTime(context))) return;
  await vault.commit({ remove });
  context.emit('mail');
}

/** Whether a relay confirmed the clock so lately that it cannot be far off. */
async function hasHeardTime({ db, clock }: EngineContext): Promise<boolean> {
  const since = clock() - clockTrustDays * msPerDay;
  const relays = await db.relays.toArray();
  return relays.some(
    ({ kind, lastContactMs }) => kind !== 'static' && (lastContactMs ?? 0) >= since,
  );
}

/** What was read now: the time of the peer's messages begins. */
export function startTimes(
  { clock }: EngineContext,
  messages: readonly MessageValue[],
): readonly MessageValue[] {
  const now = clock();
  return messages.flatMap((message) => {
    if (message.fromMe || message.lifetimeDays === 0 || message.leavesAtMs !== null) return [];
    return [{ ...message, leavesAtMs: leaveTime(message.lifetimeDays, now) }];
  });
}

/** Deletes a message on this device; one that has not left it does not leave any more. */
export function deleteMessage(context: EngineContext, id: MessageId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const message = vault.get('message', id);
    if (message === undefined) return engineError('not-found');
    const rows = await waitingRows(context, message.conversation);
    const isWord = message.notice === null;
    const own = rows.filter(({ ref }) => isWord && ref === id);
    const settle = [...own, ...(await fileRows(context, [message]))].map((row) => row.id);
    await vault.commit({ remove: [message], settle });
    context.emit('mail');
    context.emit('network');
    return ok(undefined);
  });
}
