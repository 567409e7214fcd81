import { equalBytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { ConversationId } from '#core/types/ids.ts';
import type { ConversationValue, SealedValue } from './sealed-values.ts';
import type { VaultSession } from './vault-session.ts';

/**
 * What of a backup this vault lacks. A persona that is here already goes on as it is, its
 * conversations keep their sessions and only missing messages are added.
 */
export function valuesToRestore(
  vault: VaultSession,
  values: readonly SealedValue[],
  day: Day,
): readonly SealedValue[] {
  const conversations = conversationsHere(vault, values);
  return values.flatMap((value): readonly SealedValue[] => {
    if (isHere(vault, value)) return [];
    switch (value.type) {
      case 'persona':
        return [{ ...value, restoredDay: day }];
      case 'message':
        return [
          { ...value, conversation: conversations.get(value.conversation) ?? value.conversation },
        ];
      default:
        return [value];
    }
  });
}

function isHere(vault: VaultSession, value: SealedValue): boolean {
  if (vault.get(value.type, value.id) !== undefined) return true;
  switch (value.type) {
    case 'persona':
      return vault.persona(value.key) !== undefined;
    case 'conversation':
      return sameConversation(vault, value) !== undefined;
    case 'own-head':
      return vault.all('own-head').some((head) => head.address === value.address);
    case 'saved':
      return vault.all('saved').some((saved) => saved.address === value.address);
    case 'former':
      return vault
        .all('former')
        .some(
          ({ persona, peer }) => equalBytes(persona, value.persona) && equalBytes(peer, value.peer),
        );
    case 'mail-settings':
    case 'match-profile':
      return vault.all(value.type).length > 0;
    default:
      return false;
  }
}

/** The names that a backup's conversations have on this device, where they are here under another. */
function conversationsHere(
  vault: VaultSession,
  values: readonly SealedValue[],
): ReadonlyMap<ConversationId, ConversationId> {
  return new Map(
    values.flatMap((value) => {
      const here = value.type === 'conversation' ? sameConversation(vault, value) : undefined;
      return here === undefined ? [] : [[value.id as ConversationId, here.id] as const];
    }),
  );
}

function sameConversation(
  vault: VaultSession,
  { persona, peer }: ConversationValue,
): ConversationValue | undefined {
  return vault
    .all('conversation')
    .find((held) => equalBytes(held.persona, persona) && equalBytes(held.peer, peer));
}
