import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { acceptConversation, joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import type { MessageOutcome } from '#core/messages/conversation-payload.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { Bytes } from '#core/types/bytes.ts';
import {
  begin,
  createParty,
  must,
  openingOf,
  seal,
  today,
  type Party,
} from '#tests/unit/messages/parties.ts';

/** One end of a simulated conversation, stored and read back after every event. */
export class End {
  readonly party: Party;
  readonly seen: string[] = [];
  readonly sent: string[] = [];
  /** What the other end proved that it has. */
  readonly delivered = new Set<number>();
  stored: Bytes | null = null;

  constructor(label: string) {
    this.party = createParty(label);
  }

  get state(): ConversationState | null {
    return this.stored === null ? null : must(decodeConversation(this.stored));
  }

  begin(other: End, origin: 0 | 1): void {
    if (this.stored !== null) return;
    const opening = openingOf(origin, `record of ${String(origin)}`);
    this.stored = encodeConversation(begin(this.party, other.party, opening));
  }

  /** Null when there is nothing to send on yet. */
  send(words: string): Bytes | null {
    const { state } = this;
    if (state === null) return null;
    const sealed = seal(this.party, state, words);
    this.stored = encodeConversation(sealed.state);
    this.sent.push(words);
    return sealed.envelope;
  }

  take(envelope: Bytes): MessageOutcome | null {
    const { state } = this;
    const received =
      state === null ? null : receiveEnvelope(this.party.deps, state, envelope, today);
    if (received?.ok) return this.#keep(received.value.state, received.value.outcome);
    if (envelope[0] !== 1) return null;
    const { deps, me, cardKeys, queue } = this.party;
    const arrived = acceptFirstMessage(deps, me, [cardKeys], envelope, today);
    if (!arrived.ok) return null;
    if (state === null) {
      const accepted = acceptConversation(me, arrived.value, queue, today);
      return this.#keep(accepted.state, accepted.outcome);
    }
    const joined = joinArrivingSession(state, arrived.value, today);
    return joined.ok ? this.#keep(joined.value.state, joined.value.outcome) : null;
  }

  #keep(state: ConversationState, outcome: MessageOutcome): MessageOutcome {
    this.stored = encodeConversation(state);
    if (outcome.payload?.body.type === 'text') this.seen.push(outcome.payload.body.text);
    for (const sequence of outcome.deliveredSequences) this.delivered.add(sequence);
    return outcome;
  }
}
