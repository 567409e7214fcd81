import { equalBytes } from '#core/types/bytes.ts';
import type { ConversationId, DhPublicKey, RecordId } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { personaText } from './addresses.ts';
import type { Outcome } from './api/outcome.ts';
import { cardAddress } from './card-address.ts';
import { readCard } from './contact-card-lookup.ts';
import { readState } from './conversation-send.ts';
import { newNotice } from './conversation-values.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import { announceDecision } from './first-contacts.ts';
import { fileRows, joinChanges, replaceRows, waitingRows } from './outbox-chains.ts';
import { endSession } from './restarted-conversations.ts';
import type { ConversationValue } from './sealed-values.ts';
import type { VaultChange, VaultSession } from './vault-session.ts';

const maxRefusedKeys = 8;
/** Cards that have been looked at since the vault was opened: each costs two signatures. */
const compared = new WeakMap<VaultSession, Map<ConversationId, RecordId>>();

/** Whether this conversation goes on with that key: its own, or for want of a session the expected one. */
export function isKeyOf(conversation: ConversationValue, ik: DhPublicKey): boolean {
  const { expectedKey } = conversation;
  if (conversation.state.length === 0) return expectedKey === null || equalBytes(expectedKey, ik);
  const state = readState(conversation);
  return state.ok && equalBytes(state.value.peer.ik, ik);
}

/** Whether the user refused that key before. */
export function isRefused({ refusedKeys }: ConversationValue, ik: DhPublicKey): boolean {
  return refusedKeys.some((refused) => equalBytes(refused, ik));
}

/** Somebody proved another key in the peer's name: says so, and what waits to be sent stays here. */
export async function showOtherKey(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  ik: DhPublicKey,
): Promise<VaultChange> {
  if (conversation.shownKey !== null) return {};
  const held = await rowsOf(context, vault, conversation);
  const notice = newNotice(context, vault, conversation, { kind: 'key-changed' });
  return joinChanges(
    { put: [{ ...conversation, shownKey: ik }, notice] },
    replaceRows(held, (row) => ({ ...row, notBeforeMs: Number.MAX_SAFE_INTEGER })),
  );
}

/** Looks at the cards that are on the device: one with another key raises the alarm as a message does. */
export async function compareCards(context: EngineContext, vault: VaultSession): Promise<void> {
  const seen = compared.get(vault) ?? new Map<ConversationId, RecordId>();
  compared.set(vault, seen);
  for (const conversation of vault.all('conversation')) {
    if (conversation.blocked || conversation.shownKey !== null) continue;
    const row = await context.db.board.get(cardAddress(conversation.peer));
    const last = seen.get(conversation.id);
    if (row === undefined || (last !== undefined && equalBytes(row.id, last))) continue;
    seen.set(conversation.id, row.id);
    const card = await readCard(context, vault.crypto, personaText(conversation.peer));
    if (!card.ok || isKeyOf(conversation, card.value.ik)) continue;
    if (isRefused(conversation, card.value.ik)) continue;
    await vault.commit(await showOtherKey(context, vault, conversation, card.value.ik));
    context.emit('mail');
  }
}

/** Goes on with the new key, unverified and on a new session, or keeps the old one for good. */
export function decideOnKey(
  context: EngineContext,
  id: ConversationId,
  decision: 'trust-new' | 'keep-old',
): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const held = vault.get('conversation', id);
    if (held === undefined) return engineError('not-found');
    const { shownKey } = held;
    if (shownKey === null) return ok(undefined);
    await vault.commit(
      decision === 'trust-new'
        ? await trustNew(context, vault, held, shownKey)
        : await keepOld(context, vault, held, shownKey),
    );
    announceDecision(context, vault);
    return ok(undefined);
  });
}

function trustNew(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  ik: DhPublicKey,
): Promise<VaultChange> {
  const refusedKeys = conversation.refusedKeys.filter((refused) => !equalBytes(refused, ik));
  const trusting: ConversationValue = {
    ...conversation,
    verifiedDay: null,
    shownKey: null,
    expectedKey: ik,
    refusedKeys,
  };
  return endSession(context, vault, trusting);
}

async function keepOld(
  context: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
  ik: DhPublicKey,
): Promise<VaultChange> {
  const held = await rowsOf(context, vault, conversation);
  const refusedKeys = [...conversation.refusedKeys, ik].slice(-maxRefusedKeys);
  return joinChanges(
    { put: [{ ...conversation, shownKey: null, refusedKeys }] },
    replaceRows(held, (row) => ({ ...row, notBeforeMs: 0 })),
  );
}

/** All that waits to be sent in a conversation, files too. */
async function rowsOf(context: EngineContext, vault: VaultSession, { id }: ConversationValue) {
  return [...(await waitingRows(context, id)), ...(await fileRows(context, vault.messagesOf(id)))];
}
