import type { RelayTransport } from '#sync/relay-client.ts';
import { cardKeyGraceDays, cardLifetimeDays } from '#core/records/contact.ts';
import { encodeConversation } from '#core/messages/conversation-codec.ts';
import { forgetExpired } from '#core/messages/conversation-state.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import { dayOf, type Day } from '#core/types/day.ts';
import type { MessageId, PersonaKeyText } from '#core/types/ids.ts';
import { fetchCard, readCard } from './contact-card-lookup.ts';
import {
  betterRelay,
  isWithoutCard,
  makeCard,
  needsCard,
  unnamedContactQueues,
} from './contact-cards.ts';
import { barOf, beginReply, readState, sealWaiting, waitingIn } from './conversation-send.ts';
import { doDueWork } from './due-work.ts';
import { today, type EngineContext } from './engine-context.ts';
import { isKeyOf } from './key-changes.ts';
import { creationRow } from './own-queues.ts';
import { personaText } from './addresses.ts';
import { relayOrigins } from './publishing.ts';
import type { ConversationValue, MessageValue, PersonaValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

const queueRenewalDays = 7;

/** Notes in the vault what the outbox brought to a relay, or could not, while it was locked or open. */
export async function settleOutbox(context: EngineContext, vault: VaultSession): Promise<void> {
  const finished = (await context.db.outbox.toArray()).filter(
    ({ ref, state }) => ref !== null && state !== 'waiting',
  );
  if (finished.length === 0) return;
  const put = finished.flatMap(({ ref, state }): readonly MessageValue[] => {
    const message = vault.get('message', ref as MessageId);
    if (message?.delivery !== 'on-device') return [];
    return [{ ...message, delivery: state === 'done' ? 'on-relay' : 'refused' }];
  });
  await vault.commit({ put, settle: finished.flatMap(({ id }) => id ?? []) });
  context.emit('mail');
  context.emit('network');
}

/**
 * Encrypts replies that waited for their author's card, and asks for the cards that are missing
 * where there is a link. Returns whether something waits to be sent by it.
 */
export async function answerWhereCardsCame(
  context: EngineContext,
  transport: RelayTransport | null,
): Promise<boolean> {
  const begin = () =>
    context.exclusive(async () =>
      context.vault === null ? nothingBegun : beginWaitingReplies(context, context.vault),
    );
  // A card may have come by another way since they were written.
  const { hasBegun, missing } = await begin();
  if (transport === null) return hasBegun;
  await renewRestoredCards(context, transport);
  if (missing.length === 0) return hasBegun;
  for (const author of new Set(missing)) await fetchCard(context, transport, author);
  return (await begin()).hasBegun || hasBegun;
}

/** What became of replies that waited: whether any was encrypted, and whose cards are missing. */
interface BegunReplies {
  readonly hasBegun: boolean;
  readonly missing: readonly PersonaKeyText[];
}

const nothingBegun: BegunReplies = { hasBegun: false, missing: [] };

/** A persona out of a backup looks up the card that it had, and publishes the one after it. */
async function renewRestoredCards(
  context: EngineContext,
  transport: RelayTransport,
): Promise<void> {
  const { vault } = context;
  if (vault === null) return;
  const restored = vault.all('persona').filter((persona) => isWithoutCard(vault, persona));
  for (const persona of restored) {
    const key = personaText(persona.key);
    if (!isToBeFound(context, vault, persona, today(context))) continue;
    await fetchCard(context, transport, key);
    await context.exclusive(async () => {
      if (context.vault !== vault || !isWithoutCard(vault, persona)) return;
      const relays = await relayOrigins(context.db);
      await vault.commit(await makeCard(context, vault, persona, relays));
    });
    context.kick();
  }
}

/** Encrypts replies whose author's card is there. */
async function beginWaitingReplies(
  context: EngineContext,
  vault: VaultSession,
): Promise<BegunReplies> {
  let hasBegun = false;
  const missing: PersonaKeyText[] = [];
  for (const conversation of vault.all('conversation')) {
    const waiting = waitingIn(vault, conversation.id);
    if (waiting.length === 0 && !conversation.tellsRestart) continue;
    const author = personaText(conversation.peer);
    const persona = vault.persona(conversation.persona);
    if (persona === undefined || barOf(conversation) !== null) continue;
    if (conversation.state.length > 0) {
      hasBegun = (await sealLeftOver(context, vault, conversation)) || hasBegun;
      continue;
    }
    const card = await readCard(context, vault.crypto, author);
    if (!card.ok) missing.push(author);
    if (!card.ok || !isKeyOf(conversation, card.value.ik)) continue;
    const begun = await beginReply(context, vault, persona, conversation, card.value, waiting);
    if (!begun.ok) continue;
    await vault.commit(begun.value);
    hasBegun = true;
    context.emit('mail');
  }
  return { hasBegun, missing };
}

/** Encrypts what waits where a session began while nothing could be sent; whether that could be done. */
async function sealLeftOver(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
): Promise<boolean> {
  const state = readState(conversation);
  if (!state.ok) return false;
  const waiting = waitingIn(vault, conversation.id);
  const sealed = sealWaiting(context, vault, conversation, state.value, waiting);
  if (sealed.ok) await vault.commit(sealed.value);
  context.emit('mail');
  return sealed.ok;
}

/** Replaces cards that are a week old, renews queues, and erases private keys on the day that protocol.md says. */
export async function rotateKeys(context: EngineContext, vault: VaultSession): Promise<void> {
  if (context.clockWrong) return;
  const day = today(context);
  await forgetOldKeys(context, vault);
  const relays = await relayOrigins(context.db);
  const expired = vault.all('card-keys').filter(({ eraseAfter }) => eraseAfter < day);
  const marks = vault
    .all('mark')
    .filter((mark) => day - mark.day > cardLifetimeDays + cardKeyGraceDays);
  const unnamed = unnamedContactQueues(vault);
  const remove = [...expired, ...marks, ...unnamed];
  if (remove.length > 0) await vault.commit({ remove });
  for (const persona of vault.all('persona')) {
    if (!isToBeFound(context, vault, persona, day)) continue;
    const isDue = needsCard(context, vault, persona.key);
    if (!isDue && (await betterRelay(context, vault, persona.key)) === undefined) continue;
    await vault.commit(await makeCard(context, vault, persona, relays));
  }
  for (const queue of vault.all('queue')) {
    if (day - queue.renewedDay < queueRenewalDays || !queue.wanted) continue;
    const chain = queue.conversation ?? bytesToBase64Url(queue.persona);
    await vault.commit({
      put: [{ ...queue, renewedDay: day }],
      send: [creationRow(vault, queue, chain)],
    });
  }
  await doDueWork(context, vault);
}

/**
 * Who needs a contact card: whoever has entries on the board, and from the day after it began whoever
 * is in a conversation with two sides, so that a peer who lost a phone finds the way back.
 */
function isToBeFound(
  context: EngineContext,
  vault: VaultSession,
  { key }: PersonaValue,
  day: Day,
): boolean {
  if (context.board.countOf(personaText(key)) > 0) return true;
  return vault
    .all('conversation')
    .filter(({ persona, stage }) => stage === 'open' && equalBytes(persona, key))
    .filter(({ createdMs }) => dayOf(createdMs) < day)
    .some(({ id }) =>
      vault.messagesOf(id).some(({ fromMe, notice }) => !fromMe && notice === null),
    );
}

/** Once a day: conversations let go of skipped keys, receiving sessions and marks that are past their time. */
async function forgetOldKeys(context: EngineContext, vault: VaultSession): Promise<void> {
  const day = today(context);
  if (vault.tidiedDay === day) return;
  const put = vault.all('conversation').flatMap((conversation) => {
    const state = conversation.state.length === 0 ? null : readState(conversation);
    if (state?.ok !== true) return [];
    const tidied = encodeConversation(forgetExpired(state.value, day));
    return equalBytes(tidied, conversation.state) ? [] : [{ ...conversation, state: tidied }];
  });
  if (put.length > 0) await vault.commit({ put });
  vault.tidiedDay = day;
}
