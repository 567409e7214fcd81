import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import type { ConversationId, RecordAddressText } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import { engineError, runUnlocked, type EngineContext } from './engine-context.ts';
import type {
  ConversationNotice,
  ConversationRow,
  ConversationView,
} from './api/conversation-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { personaText } from './addresses.ts';
import { viewAttachments } from './attachment-views.ts';
import { authorTrust } from './author-trust.ts';
import { messagesToShow } from './message-lifetimes.ts';
import type { ConversationValue, MessageValue } from './sealed-values.ts';
import type { TrustView } from './trust-index.ts';
import type { VaultSession } from './vault-session.ts';

/** All conversations, the one that moved last first. */
export function listConversations(context: EngineContext): Outcome<readonly ConversationRow[]> {
  return runUnlocked(context, async (vault) => {
    const trust = await context.charter.read();
    return ok(
      vault
        .all('conversation')
        .map((conversation) => toRow(context, vault, trust, conversation))
        .sort((a, b) => b.lastAtMs - a.lastAtMs),
    );
  });
}

/** One conversation with its messages. */
export function readConversation(
  context: EngineContext,
  id: ConversationId,
): Outcome<ConversationView> {
  return runUnlocked(context, async (vault) => {
    const conversation = vault.get('conversation', id);
    if (conversation === undefined) return engineError('not-found');
    const messages = inSenderOrder(messagesToShow(context, vault, id));
    const attachments = await viewAttachments(context.db, messages);
    return ok({
      ...toRow(context, vault, await context.charter.read(), conversation),
      me: personaText(conversation.persona),
      messages: messages.map((message) => ({
        id: message.id,
        fromMe: message.fromMe,
        text: message.text,
        atMs: message.atMs,
        delivery: message.delivery,
        attachment: attachments.get(message.id) ?? null,
        notice: toNotice(message),
        leavesAtMs: message.leavesAtMs,
      })),
      draft: conversation.draft,
      lifetimeDays: conversation.lifetimeDays,
      lost: conversation.lost,
    });
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
      if (other === undefined || other.sequence === null || message.sequence === null) continue;
      if (other.fromMe || message.fromMe || other.era !== message.era) continue;
      if (other.sequence < message.sequence) break;
      place = index;
    }
    ordered.splice(place, 0, message);
  }
  return ordered;
}

/** The notice in the form of the screens' contract. */
function toNotice({ notice }: MessageValue): ConversationNotice | null {
  return notice;
}

function toRow(
  context: EngineContext,
  vault: VaultSession,
  trust: TrustView | null,
  conversation: ConversationValue,
): ConversationRow {
  const { board } = context;
  const last = messagesToShow(context, vault, conversation.id).findLast(
    ({ notice }) => notice === null,
  );
  const peer = personaText(conversation.peer);
  const address = bytesToBase64Url(conversation.about) as RecordAddressText;
  return {
    id: conversation.id,
    about: conversation.aboutTitle === '' ? null : { address, title: conversation.aboutTitle },
    peer,
    peerName: board.profileOf(peer)?.name ?? null,
    trust: trust && authorTrust(board, trust, peer),
    hasStewards: trust?.hasStewards ?? false,
    lastText: last?.attachment?.name ?? last?.text ?? '',
    lastAtMs: last?.atMs ?? conversation.createdMs,
    lastFromMe: last?.fromMe ?? false,
    lastDelivery: last?.delivery ?? null,
    unread: conversation.unread,
    stage: conversation.stage,
    blocked: conversation.blocked,
    muted: conversation.muted,
    verified: conversation.verifiedDay !== null,
    keyChanged: conversation.shownKey !== null,
  };
}
