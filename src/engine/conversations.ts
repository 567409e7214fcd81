import { cleanText, countBytes } from '#core/records/text.ts';
import { textLimits } from '#core/types/board-terms.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import type { ConversationId, MessageId, PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { addressBytes } from './addresses.ts';
import { readCard } from './contact-card-lookup.ts';
import { barOf, beginReply, prepareMessage, readState } from './conversation-send.ts';
import { conversationBetween, newConversation, newMessage } from './conversation-values.ts';
import { wakeWhenDue } from './due-work.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { PersonaChoice } from './api/entry-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { announceDecision, openContact } from './first-contacts.ts';
import { startTimes } from './message-lifetimes.ts';
import { fileRows, joinChanges } from './outbox-chains.ts';
import { choosePersona, cleanLabel, findPersona } from './personas.ts';
import type { ConversationValue, SealedValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

const labelCharacters = 40;

/**
 * Answers an entry privately. With the author's card on the device the message is encrypted at
 * once; without it, it is a sealed draft that needs a link once.
 */
export function replyToEntry(
  context: EngineContext,
  address: RecordAddressText,
  text: string,
  choice: PersonaChoice,
): Outcome<ConversationId> {
  return runUnlocked(context, async (vault) => {
    if (context.clockWrong) return engineError('clock-wrong');
    const entry = await context.board.read(address);
    const about = addressBytes(address);
    const peer = entry === undefined ? undefined : base64UrlToBytes(entry.author);
    if (entry === undefined || about === undefined || peer?.ok !== true) {
      return engineError('not-found');
    }
    if (findPersona(vault, entry.author) !== undefined) return engineError('own-entry');
    const clean = checkText(text, textLimits.firstMessageBytes);
    if (!clean.ok) return clean;
    const label = cleanLabel([...entry.entry.title].slice(0, labelCharacters).join(''));
    const chosen = choosePersona(context, vault, choice, label);
    if (!chosen.ok) return chosen;
    const { persona, isNew } = chosen.value;
    const peerKey = peer.value as PersonaKey;
    const current = conversationBetween(vault, persona.key, peerKey);
    if (current !== undefined) {
      const sent = await sendIn(context, vault, current, clean.value);
      return sent.ok ? ok(current.id) : sent;
    }
    const aboutTitle = entry.entry.title;
    const begun = { persona: persona.key, peer: peerKey, about, aboutTitle };
    const conversation = newConversation(context, vault, begun);
    const said = { fromMe: true, text: clean.value };
    const message = newMessage(context, vault, conversation, said);
    const put: readonly SealedValue[] = isNew ? [persona] : [];
    const card = await readCard(context, vault.crypto, entry.author);
    if (card.ok) {
      const reply = await beginReply(context, vault, persona, conversation, card.value, [message]);
      if (!reply.ok) return reply;
      await vault.commit(joinChanges({ put }, reply.value));
    } else if (card.error.code === 'card-missing') {
      await vault.commit({ put: [...put, conversation, message] });
    } else {
      return card;
    }
    announce(context);
    return ok(conversation.id);
  });
}

/** Sends one more message in a conversation; a stranger who is answered is accepted. */
export function sendMessage(
  context: EngineContext,
  id: ConversationId,
  text: string,
): Outcome<MessageId> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const clean = checkText(text, textLimits.messageBytes);
    if (!clean.ok) return clean;
    return sendIn(context, vault, held, clean.value);
  });
}

async function sendIn(
  context: EngineContext,
  vault: VaultSession,
  held: ConversationValue,
  text: string,
): Promise<Result<MessageId, EngineError>> {
  const bar = barOf(held);
  if (bar !== null) return engineError(bar);
  const { conversation, change } = openContact(vault, { ...held, draft: '' });
  const message = newMessage(context, vault, conversation, { fromMe: true, text });
  if (held.state.length === 0) {
    await vault.commit({ put: [conversation, message] });
  } else {
    const state = readState(held);
    if (!state.ok) return state;
    const body = { type: 'text', text } as const;
    const sent = prepareMessage(context, vault, conversation, state.value, body, message);
    if (!sent.ok) return sent;
    await vault.commit(joinChanges(change, sent.value));
  }
  announce(context);
  return ok(message.id);
}

/** Keeps what is being typed, inside the vault. */
export function saveMessageDraft(
  context: EngineContext,
  id: ConversationId,
  text: string,
): Outcome<void> {
  return changeConversation(context, id, (conversation) => ({ ...conversation, draft: text }));
}

/** A muted conversation does not count among the unread. */
export function muteConversation(
  context: EngineContext,
  id: ConversationId,
  muted: boolean,
): Outcome<void> {
  return changeConversation(context, id, (conversation) => ({ ...conversation, muted }));
}

/** What a blocked peer sends is dropped unseen; what was there stays, and nobody is told. */
export function blockPeer(
  context: EngineContext,
  id: ConversationId,
  blocked: boolean,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const unread = blocked ? 0 : held.unread;
    await vault.commit({ put: [{ ...held, blocked, unread, receiptDueMs: null }] });
    announceDecision(context, vault);
    return ok(undefined);
  });
}

/** Notes that everything in a conversation has been looked at: the time of its messages begins. */
export function markRead(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const started = startTimes(context, vault.messagesOf(id));
    if (held.unread > 0 || started.length > 0) {
      await vault.commit({ put: [{ ...held, unread: 0 }, ...started] });
      wakeWhenDue(context, vault);
      context.emit('mail');
    }
    return ok(undefined);
  });
}

/** Deletes a conversation on this device; its first messages' marks stay, so that none opens it again. */
export function deleteConversation(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const conversation = vault.get('conversation', id);
    if (conversation === undefined) return engineError('not-found');
    const { persona, peer, blocked } = conversation;
    const state = conversation.state.length === 0 ? null : readState(conversation);
    const marks = state?.ok === true ? state.value.marks : [];
    const messages = vault.messagesOf(id);
    const settle = (await fileRows(context, messages)).map((row) => row.id);
    await vault.commit({
      settle,
      put: [
        { type: 'former', id: vault.newId(), persona, peer, blocked },
        ...marks.map(({ mark, day }) => ({ type: 'mark', id: vault.newId(), mark, day }) as const),
      ],
      remove: [
        ...messages,
        ...vault.all('queue').filter((queue) => queue.conversation === id),
        conversation,
      ],
    });
    announceDecision(context, vault);
    return ok(undefined);
  });
}

function changeConversation(
  context: EngineContext,
  id: ConversationId,
  change: (conversation: ConversationValue) => ConversationValue,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    await vault.commit({ put: [change(held)] });
    context.emit('mail');
    return ok(undefined);
  });
}

function checkText(text: string, maxBytes: number): Result<string, EngineError> {
  const clean = cleanText(text);
  if (clean === '') return engineError('invalid-message', 'message');
  if (countBytes(clean) > maxBytes) return engineError('message-too-long', 'message');
  return ok(clean);
}

function announce(context: EngineContext): void {
  context.emit('mail');
  context.emit('network');
  context.emit('personas');
  context.kick();
}
