import { ok } from '#core/types/result.ts';
import { barOf, prepareMessage, readState } from './conversation-send.ts';
import { runUnlocked, type EngineContext } from './engine-context.ts';
import type { Outcome } from './api/outcome.ts';
import type { ConversationValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** A receipt goes out so long after a message came, drawn evenly: the time of arrival is not told. */
const shortestDelayMs = 60_000;
const longestDelayMs = 600_000;

/** Turns receipts on or off; those that are due are dropped when they are turned off. */
export function setReceipts(context: EngineContext, on: boolean): Outcome<void> {
  return runUnlocked(context, async (vault) => {
    const [held] = vault.all('mail-settings');
    const id = held?.id ?? vault.newId();
    const dropped = on ? [] : vault.all('conversation').filter(({ receiptDueMs }) => receiptDueMs);
    await vault.commit({
      put: [
        { type: 'mail-settings', id, receipts: on },
        ...dropped.map((conversation) => ({ ...conversation, receiptDueMs: null })),
      ],
    });
    context.emit('mail');
    return ok(undefined);
  });
}

/** Whether receipts are on; off at first. */
export function readReceipts(context: EngineContext): Outcome<boolean> {
  return runUnlocked(context, (vault) => Promise.resolve(ok(wantsReceipts(vault))));
}

/** When a receipt is due after something came: as drawn before, drawn now, or never. */
export function receiptDueAfter(
  { clock, random }: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
): number | null {
  const isOpen = conversation.stage === 'open' && !conversation.blocked;
  if (!isOpen || !wantsReceipts(vault)) return null;
  const draw = new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
  const delay = shortestDelayMs + draw * (longestDelayMs - shortestDelayMs);
  return conversation.receiptDueMs ?? clock() + Math.floor(delay);
}

/** Sends the receipts whose time has come; whatever else was written since has taken their place. */
export async function sendDueReceipts(
  context: EngineContext,
  vault: VaultSession,
): Promise<boolean> {
  const now = context.clock();
  let sent = false;
  for (const conversation of vault.all('conversation')) {
    if (conversation.receiptDueMs === null || conversation.receiptDueMs > now) continue;
    if (barOf(conversation) !== null) continue;
    const state = readState(conversation);
    if (!state.ok) continue;
    const body = { type: 'receipt' } as const;
    const receipt = prepareMessage(context, vault, conversation, state.value, body, null);
    if (!receipt.ok) continue;
    await vault.commit(receipt.value);
    sent = true;
  }
  return sent;
}

function wantsReceipts(vault: VaultSession): boolean {
  return vault.all('mail-settings').some(({ receipts }) => receipts);
}
