import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { ConversationId, RecordAddressText } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type { ConversationRow, ConversationView } from './api/conversation-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { personaText } from './addresses.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/** All conversations, the one that moved last first. */
export function listConversations(context: EngineContext): Outcome<readonly ConversationRow[]> {
  return runUnlocked(context, (vault) =>
    Promise.resolve(
      ok(
        vault
          .all('conversation')
          .map((conversation) => toRow(context, vault, conversation))
          .sort((a, b) => b.lastAtMs - a.lastAtMs),
      ),
    ),
  );
}

/** One conversation with its messages. */
export function readConversation(
  context: EngineContext,
  id: ConversationId,
): Outcome<ConversationView> {
  return runUnlocked(context, (vault) => {
    const conversation = vault.get('conversation', id);
    if (conversation === undefined) return Promise.resolve(engineError('not-found'));
    return Promise.resolve(
      ok({
        ...toRow(context, vault, conversation),
        me: personaText(conversation.persona),
        messages: inSenderOrder(vault.messagesOf(id)).map((message) => ({
          id: message.id,
          fromMe: message.fromMe,
          text: message.text,
          atMs: message.atMs,
          delivery: message.delivery,
        })),
        draft: conversation.draft,
        lost: conversation.lost,
      }),
    );
  });
}

/**
 * Messages in the order of arrival, but for those of the peer that came out of order: each stands
 * before the first one that the peer numbered higher.
 */
function inSenderOrder(messages: readonly MessageValue[]): readonly MessageValue[] {
  const ordered: MessageValue[] = [];
  for (const message of messages) {
    let place = ordered.length;
    for (let index = ordered.length - 1; index >= 0; index--) {
      const other = ordered[index];
      if (other === undefined || other.fromMe || message.fromMe) continue;
      if ((other.sequence ?? 0) < (message.sequence ?? 0)) break;
      place = index;
    }
    ordered.splice(place, 0, message);
  }
  return ordered;
}

function toRow(
  { board }: EngineContext,
  vault: VaultSession,
  conversation: ConversationValue,
): ConversationRow {
  const last = vault.messagesOf(conversation.id).at(-1);
  const peer = personaText(conversation.peer);
  const address = bytesToBase64Url(conversation.about) as RecordAddressText;
  return {
    id: conversation.id,
    about:
      conversation.aboutTitle === ''
        ? null
        : { address, title: board.get(address)?.entry.title ?? conversation.aboutTitle },
    peer,
    peerName: board.profileOf(peer)?.name ?? null,
    lastText: last?.text ?? '',
    lastAtMs: last?.atMs ?? conversation.createdMs,
    lastFromMe: last?.fromMe ?? false,
    lastDelivery: last?.delivery ?? null,
    unread: conversation.unread,
  };
}
