import { equalBytes } from '#core/types/bytes.ts';
import { msPerDay } from '#core/types/day.ts';
import type { ConversationId, MessageId, PersonaKey } from '#core/types/ids.ts';
import type { LifetimeDays } from './api/conversation-calls.ts';
import type { EngineContext } from './engine-context.ts';
import type { ConversationValue, MessageValue, NoticeValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

type Begun = Pick<ConversationValue, 'persona' | 'peer' | 'about' | 'aboutTitle'>;

/** A conversation in which nothing has been said yet, open and without a session. */
export function newConversation(
  { clock }: EngineContext,
  vault: VaultSession,
  begun: Begun,
): ConversationValue {
  return {
    type: 'conversation',
    id: vault.newId() as ConversationId,
    ...begun,
    state: new Uint8Array(0),
    draft: '',
    unread: 0,
    lost: 0,
    createdMs: clock(),
    stage: 'open',
    blocked: false,
    muted: false,
    verifiedDay: null,
    lifetimeDays: 0,
    lifetimeOrder: 0,
    heardUpTo: 0,
    era: 0,
    again: false,
    tellsRestart: false,
    expectedKey: null,
    shownKey: null,
    refusedKeys: [],
    receiptDueMs: null,
  };
}

/** What a new message says, and who says it. */
export type Said = Pick<MessageValue, 'fromMe' | 'text'> &
  Partial<Pick<MessageValue, 'sequence' | 'era' | 'notice' | 'attachment'>>;

/** A message that is not stored yet; one of mine waits to be sealed, and its time runs at once. */
export function newMessage(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  said: Said,
): MessageValue {
  const { lifetimeDays } = conversation;
  const atMs = nextMessageMs(context, vault, conversation.id);
  return {
    type: 'message',
    id: vault.newId() as MessageId,
    conversation: conversation.id,
    sequence: null,
    era: conversation.era,
    notice: null,
    ...said,
    atMs,
    delivery: said.fromMe ? 'needs-link' : null,
    lifetimeDays,
    leavesAtMs: said.fromMe ? leaveTime(lifetimeDays, atMs) : null,
  };
}

/** A line between the messages that this device writes for its user alone. */
export function newNotice(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  notice: NoticeValue,
): MessageValue {
  return newMessage(context, vault, conversation, { fromMe: false, text: '', notice });
}

/** When a message leaves whose time begins now; null for never. */
export function leaveTime(lifetime: LifetimeDays, fromMs: number): number | null {
  return lifetime === 0 ? null : fromMs + lifetime * msPerDay;
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

/** The conversation of two personas, if there is one. */
export function conversationBetween(
  vault: VaultSession,
  me: PersonaKey,
  peer: PersonaKey,
): ConversationValue | undefined {
  return vault
    .all('conversation')
    .find((held) => equalBytes(held.persona, me) && equalBytes(held.peer, peer));
}
