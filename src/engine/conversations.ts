import { cleanText, countBytes } from '#core/records/text.ts';
import { textLimits } from '#core/types/board-terms.ts';
import { base64UrlToBytes } from '#core/codec/text-forms.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { ConversationId, MessageId, PersonaKey, RecordAddressText } from '#core/types/ids.ts';
import { ok, type Result } from '#core/types/result.ts';
import { addressBytes } from './addresses.ts';
import { readCard } from './contact-card-lookup.ts';
import { beginReply, prepareMessage, readState } from './conversation-send.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { PersonaChoice } from './api/entry-calls.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import { choosePersona, cleanLabel, findPersona } from './personas.ts';
import type { ConversationValue, MessageValue, SealedValue } from './sealed-values.ts';
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
    const entry = context.board.get(address);
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
    const conversation: ConversationValue = {
      type: 'conversation',
      id: vault.newId() as ConversationId,
      persona: persona.key,
      peer: peerKey,
      state: new Uint8Array(0),
      about,
      aboutTitle: entry.entry.title,
      draft: '',
      unread: 0,
      lost: 0,
      createdMs: context.clock(),
    };
    const message = draftMessage(context, vault, conversation, clean.value);
    const put: readonly SealedValue[] = isNew ? [persona] : [];
    const card = await readCard(context, vault.crypto, entry.author);
    if (card.ok) {
      const begun = await beginReply(context, vault, persona, conversation, card.value, [message]);
      if (!begun.ok) return begun;
      await vault.commit({ ...begun.value, put: [...put, ...(begun.value.put ?? [])] });
    } else if (card.error.code === 'card-missing') {
      await vault.commit({ put: [...put, conversation, message] });
    } else {
      return card;
    }
    announce(context);
    return ok(conversation.id);
  });
}

/** Sends one more message in a conversation. */
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
  const conversation = { ...held, draft: '' };
  const message = draftMessage(context, vault, conversation, text);
  if (held.state.length === 0) {
    await vault.commit({ put: [conversation, message] });
  } else {
    const state = readState(held);
    if (!state.ok) return state;
    const body = { type: 'text', text } as const;
    const change = prepareMessage(context, vault, conversation, state.value, body, message);
    if (!change.ok) return change;
    await vault.commit(change.value);
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

/** Notes that everything in a conversation has been looked at. */
export function markRead(context: EngineContext, id: ConversationId): Outcome<void> {
  return changeConversation(context, id, (conversation) =>
    conversation.unread === 0 ? null : { ...conversation, unread: 0 },
  );
}

/** Deletes a conversation on this device; its first messages' marks stay, so that none opens it again. */
export function deleteConversation(context: EngineContext, id: ConversationId): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const conversation = vault.get('conversation', id);
    if (conversation === undefined) return engineError('not-found');
    const state = conversation.state.length === 0 ? null : readState(conversation);
    const marks = state?.ok === true ? state.value.marks : [];
    await vault.commit({
      put: [
        {
          type: 'former',
          id: vault.newId(),
          persona: conversation.persona,
          peer: conversation.peer,
        },
        ...marks.map(({ mark, day }) => ({ type: 'mark', id: vault.newId(), mark, day }) as const),
      ],
      remove: [
        ...vault.messagesOf(id),
        ...vault.all('queue').filter((queue) => queue.conversation === id),
        conversation,
      ],
    });
    context.emit('mail');
    return ok(undefined);
  });
}

function changeConversation(
  context: EngineContext,
  id: ConversationId,
  change: (conversation: ConversationValue) => ConversationValue | null,
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const changed = change(held);
    if (changed !== null) {
      await vault.commit({ put: [changed] });
      context.emit('mail');
    }
    return ok(undefined);
  });
}

function conversationBetween(
  vault: VaultSession,
  me: PersonaKey,
  peer: PersonaKey,
): ConversationValue | undefined {
  return vault
    .all('conversation')
    .find((held) => equalBytes(held.persona, me) && equalBytes(held.peer, peer));
}

function checkText(text: string, maxBytes: number): Result<string, EngineError> {
  const clean = cleanText(text);
  if (clean === '') return engineError('invalid-message', 'message');
  if (countBytes(clean) > maxBytes) return engineError('message-too-long', 'message');
  return ok(clean);
}

function draftMessage(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  text: string,
): MessageValue {
  return {
    type: 'message',
    id: vault.newId() as MessageId,
    conversation: conversation.id,
    fromMe: true,
    sequence: null,
    text,
    atMs: nextMessageMs(context, vault, conversation.id),
    delivery: 'needs-link',
  };
}

/** Now, or a millisecond after the last message: the order on the screen never depends on the clock. */
export function nextMessageMs(
  { clock }: EngineContext,
  vault: VaultSession,
  conversation: ConversationId,
): number {
  const last = vault.messagesOf(conversation).at(-1)?.atMs ?? 0;
  return Math.max(clock(), last + 1);
}

function announce(context: EngineContext): void {
  context.emit('mail');
  context.emit('network');
  context.emit('personas');
  context.kick();
}
