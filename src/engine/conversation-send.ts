import { beginConversation } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { sealPayload, type SealedMessage } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { ContactCardFacts } from '#core/messages/contact-card-facts.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { OwnPersona } from '#core/messages/handshake.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { checkRecord } from '#core/records/checked-record.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { MessageId, RecordAddressText } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { createOutboxRow, type OutboxRow } from '#storage/outbox-row.ts';
import { engineError, today, type EngineContext } from './engine-context.ts';
import type { EngineError } from './api/outcome.ts';
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

/** Begins the conversation of a reply with the card of the entry's author, and seals what waits in it. */
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
  let state = begun.value;
  let current = conversation;
  const messages: MessageValue[] = [];
  const send: OutboxRow[] = [creation];
  for (const message of waiting) {
    const body: MessageBody = { type: 'text', text: message.text };
    const sealed = sealPayload(ratchetDeps(context, vault), state, body, today(context));
    if (!sealed.ok) return fail(sealErrorOf(sealed.error.code));
    state = sealed.value.state;
    current = { ...current, state: encodeConversation(state) };
    messages.push({ ...message, sequence: sealed.value.sequence, delivery: 'on-device' });
    send.push(appendRow(current, sealed.value, message.id));
  }
  return ok({ put: [queue, current, ...messages], send });
}

/** 1 where an earlier conversation of the two was deleted here: protocol.md, "Both write first". */
function originOf(vault: VaultSession, { persona, peer }: ConversationValue): 0 | 1 {
  const hadOne = vault
    .all('former')
    .some((former) => equalBytes(former.persona, persona) && equalBytes(former.peer, peer));
  return hadOne ? 1 : 0;
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

async function answeredRecordId({ db }: EngineContext, { about }: ConversationValue) {
  const row = await db.records.get(bytesToBase64Url(about) as RecordAddressText);
  const record = row === undefined ? undefined : checkRecord(row.bytes);
  return record?.ok === true ? record.value.id : undefined;
}

function sealErrorOf(code: string): EngineError {
  if (code === 'payload-too-long') return { code: 'message-too-long', field: 'message' };
  return { code: 'invalid-message', field: 'message' };
}
