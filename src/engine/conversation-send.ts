import { beginConversation } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { sealPayload, type SealedMessage } from '#core/messages/conversation-seal.ts';
import { receivedIn, type ConversationState } from '#core/messages/conversation-state.ts';
import type { ContactCardFacts } from '#core/messages/contact-card-facts.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { OwnPersona } from '#core/messages/handshake.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { ConversationId, MessageId, RecordId } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { createOutboxRow, type OutboxRow } from '#storage/outbox-row.ts';
import { engineError, today, type EngineContext } from './engine-context.ts';
import type { EngineError, EngineErrorCode } from './api/outcome.ts';
import { joinChanges } from './outbox-chains.ts';
import { drawQueue } from './own-queues.ts';
import { relayOrigins } from './publishing.ts';
import type { ConversationValue, MessageValue, PersonaValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

/** A persona as the handshake needs it. */
export function toOwnPersona(persona: PersonaValue): OwnPersona {
  return {
    persona: persona.key,
    ik: { publicKey: persona.ikPublic, privateKey: persona.ikPrivate },
    bind: persona.bind,
  };
}

/** What core/messages works with. */
export function ratchetDeps({ random }: EngineContext, { crypto }: VaultSession) {
  return { crypto, random };
}

/** A conversation's state out of its row; fails only where the row was written by something else. */
export function readState(conversation: ConversationValue): Result<ConversationState, EngineError> {
  const state = decodeConversation(conversation.state);
  return state.ok ? ok(state.value) : engineError('storage-unavailable');
}

/**
 * Seals one message and prepares all that must be stored before it may be sent: the advanced state,
 * the message and the outbox row with the finished envelope.
 */
export function prepareMessage(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  state: ConversationState,
  body: MessageBody,
  message: MessageValue | null,
): Result<VaultChange, EngineError> {
  const sealed = sealPayload(ratchetDeps(context, vault), state, body, today(context));
  if (!sealed.ok) return fail(sealErrorOf(sealed.error.code));
  const advanced: ConversationValue = {
    ...conversation,
    state: encodeConversation(sealed.value.state),
    receiptDueMs: null,
  };
  const sent: readonly MessageValue[] =
    message === null
      ? []
      : [{ ...message, sequence: sealed.value.sequence, delivery: 'on-device' }];
  return ok({
    put: [advanced, ...sent],
    send: [appendRow(conversation, sealed.value, message?.id ?? null)],
  });
}

/** Why nothing may be sent in a conversation, if so. */
export function barOf(conversation: ConversationValue): EngineErrorCode | null {
  if (conversation.blocked) return 'contact-blocked';
  if (conversation.shownKey !== null) return 'key-changed';
  const { stage } = conversation;
  return stage === 'declined' || stage === 'declined-by-peer' ? 'contact-declined' : null;
}

/** Begins a conversation with the peer's card, and seals what waits in it. */
export async function beginReply(
  context: EngineContext,
  vault: VaultSession,
  persona: PersonaValue,
  conversation: ConversationValue,
  card: ContactCardFacts,
  waiting: readonly MessageValue[],
): Promise<Result<VaultChange, EngineError>> {
  const { id, about } = conversation;
  const [relay = context.homeRelay] = await relayOrigins(context.db);
  const { queue, creation } = drawQueue(context, vault, persona.key, relay, id, id);
  const answered = await answeredRecordId(context, conversation);
  if (answered === undefined) return engineError('not-found');
  const begun = beginConversation(
    ratchetDeps(context, vault),
    toOwnPersona(persona),
    card,
    { origin: originOf(vault, conversation), recordAddress: about, recordId: answered },
    { queueId: queue.queueId, cap: queue.cap, relays: [relay] },
  );
  if (!begun.ok)
    return engineError(begun.error.code === 'own-card' ? 'own-entry' : 'card-not-authentic');
  const sealed = sealWaiting(context, vault, conversation, begun.value, waiting);
  if (!sealed.ok) return sealed;
  return ok(joinChanges({ put: [queue], send: [creation] }, sealed.value));
}

/** Seals what waits on a session that has just begun; after a restore at least a step, which tells the peer. */
export function sealWaiting(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  begun: ConversationState,
  waiting: readonly MessageValue[],
): Result<VaultChange, EngineError> {
  const tellsAlone = conversation.tellsRestart && waiting.length === 0;
  let state = begun;
  let current: ConversationValue = {
    ...conversation,
    state: encodeConversation(begun),
    again: false,
    tellsRestart: false,
    expectedKey: null,
  };
  const messages: MessageValue[] = [];
  const send: OutboxRow[] = [];
  for (const message of tellsAlone ? [null] : waiting) {
    const body = message === null ? ({ type: 'step' } as const) : bodyOf(message);
    if (body.type === 'lifetime') current = { ...current, lifetimeOrder: placeOfNext(state) };
    const sealed = sealPayload(ratchetDeps(context, vault), state, body, today(context));
    if (!sealed.ok) return fail(sealErrorOf(sealed.error.code));
    state = sealed.value.state;
    const { sequence } = sealed.value;
    if (message !== null) {
      messages.push({ ...message, sequence, era: current.era, delivery: 'on-device' });
    }
    send.push(appendRow(current, sealed.value, message?.id ?? null));
  }
  return ok({ put: [{ ...current, state: encodeConversation(state) }, ...messages], send });
}

/** What still waits to be sealed in a conversation, in order. */
export function waitingIn(vault: VaultSession, id: ConversationId): readonly MessageValue[] {
  return vault.messagesOf(id).filter(({ fromMe, delivery }) => fromMe && delivery === 'needs-link');
}

/** What a waiting message says on the wire. */
function bodyOf({ notice, text }: MessageValue): MessageBody {
  return notice?.kind === 'lifetime'
    ? { type: 'lifetime', days: notice.days }
    : { type: 'text', text };
}

/** protocol.md, "Lifetime": the place of what I say next, my number plus one above the highest received. */
export function placeOfNext(state: ConversationState): number {
  const [active] = state.sessions;
  const heard = receivedIn(state, active.numbering).set.at(-1)?.[1] ?? 0;
  return state.nextSequence + heard;
}

/** 1 where an earlier session of the two is lost here: protocol.md, "Both write first". */
function originOf(vault: VaultSession, { persona, peer, again }: ConversationValue): 0 | 1 {
  const hadOne = vault
    .all('former')
    .some((former) => equalBytes(former.persona, persona) && equalBytes(former.peer, peer));
  return again || hadOne ? 1 : 0;
}

function appendRow(
  conversation: ConversationValue,
  { envelope, destination }: SealedMessage,
  ref: MessageId | null,
): OutboxRow {
  const [relay] = destination.relays;
  if (relay === undefined) throw new Error('A destination without a relay');
  return createOutboxRow({
    chain: conversation.id,
    purpose: 'message',
    relay,
    task: { kind: 'append', queue: destination.queueId, cap: destination.cap, envelope },
    sizeBytes: envelope.length,
    ref,
  });
}

/** A conversation that begins again outlives its record: then the id is 32 zero bytes. */
async function answeredRecordId({ db }: EngineContext, { about, again }: ConversationValue) {
  const row = await db.board.get(about);
  const record = row === undefined ? undefined : checkRecord(row.bytes);
  if (record?.ok === true) return record.value.id;
  return again ? (new Uint8Array(32) as RecordId) : undefined;
}

function sealErrorOf(code: string): EngineError {
  if (code === 'payload-too-long') return { code: 'message-too-long', field: 'message' };
  return { code: 'invalid-message', field: 'message' };
}
