import { cardKeyGraceDays, cardLifetimeDays } from '#core/records/contact.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { MessageId } from '#core/types/ids.ts';
import { expireRecords } from '#storage/record-store.ts';
import { readCard } from './contact-card-lookup.ts';
import { makeCard, needsCard } from './contact-cards.ts';
import { beginReply } from './conversation-send.ts';
import { today, type EngineContext } from './engine-context.ts';
import { creationRow } from './own-queues.ts';
import { personaText } from './personas.ts';
import { relayOrigins } from './publishing.ts';
import type { MessageValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

const queueRenewalDays = 7;

/** Lets go of what has expired on the board; nothing while the clock is doubted. */
export async function expireBoard(context: EngineContext): Promise<void> {
  if (context.clockWrong) return;
  const gone = await expireRecords(context.db, today(context));
  if (gone.length === 0) return;
  context.board.drop(gone);
  context.emit('board');
}

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

/** Encrypts replies that waited for the author's card, where it has come. Returns whose cards are still missing. */
export async function beginWaitingReplies(
  context: EngineContext,
  vault: VaultSession,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const conversation of vault.all('conversation')) {
    if (conversation.state.length > 0) continue;
    const author = personaText(conversation.peer);
    const persona = vault.persona(conversation.persona);
    const card = await readCard(context, vault.crypto, author);
    if (!card.ok) missing.push(author);
    if (!card.ok || persona === undefined) continue;
    const waiting = vault.messagesOf(conversation.id);
    const begun = await beginReply(context, vault, persona, conversation, card.value, waiting);
    if (!begun.ok) continue;
    await vault.commit(begun.value);
    context.emit('mail');
  }
  return missing;
}

/** Replaces cards that are a week old, renews queues, and erases private keys on the day that protocol.md says. */
export async function rotateKeys(context: EngineContext, vault: VaultSession): Promise<void> {
  if (context.clockWrong) return;
  const day = today(context);
  const relays = await relayOrigins(context.db);
  const expired = vault.all('card-keys').filter(({ eraseAfter }) => eraseAfter < day);
  const marks = vault
    .all('mark')
    .filter((mark) => day - mark.day > cardLifetimeDays + cardKeyGraceDays);
  if (expired.length + marks.length > 0) await vault.commit({ remove: [...expired, ...marks] });
  for (const persona of vault.all('persona')) {
    const isAnswerable = context.board.countOf(personaText(persona.key)) > 0;
    if (!isAnswerable || !needsCard(context, vault, persona.key)) continue;
    await vault.commit(await makeCard(context, vault, persona, relays));
  }
  for (const queue of vault.all('queue')) {
    if (day - queue.renewedDay < queueRenewalDays) continue;
    const chain = queue.conversation ?? bytesToBase64Url(queue.persona);
    await vault.commit({
      put: [{ ...queue, renewedDay: day }],
      send: [creationRow(vault, queue, chain)],
    });
  }
}
