import {
  receivedIn,
  replaceSession,
  withReceived,
  type ConversationSession,
  type ConversationState,
  type PeerQueue,
} from './conversation-state.ts';
import type { Payload } from './payload.ts';
import { receiveSequence } from './received-sequences.ts';
import { addRange, hasSequence, missingIn, type SequenceSet } from './sequence-set.ts';

/** What one envelope brought. */
export interface MessageOutcome {
  /** Null for a duplicate and for a message that is lost. */
  readonly payload: Payload | null;
  readonly duplicate: boolean;
  /** My messages that this one proves delivered, ascending, each named once. */
  readonly deliveredSequences: readonly number[];
  /** Messages of the peer that can no longer be opened. */
  readonly lostCount: number;
  /** Seal and send a `step`: the peer's chain ran too far ahead, a new one heals it. */
  readonly needsStep: boolean;
}

/** An outcome in which nothing happened. */
export const nothingHappened: MessageOutcome = {
  payload: null,
  duplicate: false,
  deliveredSequences: [],
  lostCount: 0,
  needsStep: false,
};

/** Counts an opened payload in: duplicates, acknowledgements, the peer's queue, its announced opening. */
export function takePayload(
  state: ConversationState,
  entry: ConversationSession,
  payload: Payload,
): { readonly state: ConversationState; readonly outcome: MessageOutcome } {
  const before = receivedIn(state, entry.numbering);
  const { received, isNew } = receiveSequence(before, payload.sequence);
  const { delivered, newly } = takeAcknowledgement(state, payload);
  const { ownQueue } = state;
  const isKnown = ownQueue.isKnown || ownQueue.toldIn.some((told) => hasSequence(delivered, told));
  const taken: ConversationState = {
    ...state,
    numberings: withReceived(state, entry.numbering, received),
    delivered,
    ownQueue: { ...ownQueue, isKnown },
    peerQueue: newerQueue(state.peerQueue, entry.numbering, payload),
    announced: announcedOpening(state, entry, payload),
  };
  return {
    state: replaceSession(taken, entry),
    outcome: {
      ...nothingHappened,
      payload: isNew ? payload : null,
      duplicate: !isNew,
      deliveredSequences: newly,
    },
  };
}

/** Numbers that I never used are ignored: a peer cannot acknowledge the future. */
function takeAcknowledgement(
  { delivered, nextSequence }: ConversationState,
  { ack }: Payload,
): { readonly delivered: SequenceSet; readonly newly: readonly number[] } {
  const next = Math.min(ack.next, nextSequence);
  const extras = ack.extras.filter(
    (extra) => extra < nextSequence && !hasSequence(delivered, extra),
  );
  const newly = [...missingIn(delivered, 0, next), ...extras];
  const below = addRange(delivered, 0, next);
  return {
    delivered: extras.reduce((set, extra) => addRange(set, extra, extra + 1), below),
    newly,
  };
}

function newerQueue(
  known: PeerQueue | null,
  numbering: number,
  { queue, sequence }: Payload,
): PeerQueue | null {
  if (queue === null) return known;
  const isOlder =
    known !== null &&
    (known.numbering > numbering || (known.numbering === numbering && known.sequence >= sequence));
  return isOlder ? known : { queue, numbering, sequence };
}

/** On a session that I began, the peer names an opening only when its own first message crossed mine. */
function announcedOpening(
  state: ConversationState,
  { session }: ConversationSession,
  { opening }: Payload,
): ConversationState['announced'] {
  if (opening === null || session.role !== 'initiator') return state.announced;
  const hasArrived = state.sessions.some((known) => known.session.role === 'responder');
  return hasArrived ? state.announced : opening;
}
