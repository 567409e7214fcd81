import type { Day } from '../types/day.ts';
import { equalBytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import type { ArrivedSession } from './accept-first-message.ts';
import type { ContactCardFacts } from './contact-card-facts.ts';
import { takePayload, type MessageOutcome } from './conversation-payload.ts';
import {
  forgetExpired,
  isSameSession,
  maxMarks,
  maxReceiveOnly,
  outranks,
  type ConversationSession,
  type ConversationState,
  type Numbering,
} from './conversation-state.ts';
import { openSession, type OpenSessionRefused, type OwnPersona } from './handshake.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Opening } from './payload.ts';
import type { RatchetDeps } from './ratchet-seal.ts';
import { nothingReceived } from './received-sequences.ts';
import { redactSecrets } from './redact-secrets.ts';
import { emptySequences } from './sequence-set.ts';

/** Begins a conversation from the card of a record's author; `ownQueue` exists on the relay already. */
export function beginConversation(
  deps: RatchetDeps,
  me: OwnPersona,
  card: ContactCardFacts,
  opening: Opening,
  ownQueue: MessageQueue,
): Result<ConversationState, OpenSessionRefused> {
  const session = openSession(deps, me, card);
  if (!session.ok) return session;
  return ok(
    redactSecrets({
      me: me.persona,
      peer: { persona: card.persona, ik: card.ik },
      sessions: [
        { session: session.value, numbering: 0, receivesOnlySince: null, stepAsked: false },
      ],
      nextSequence: 0,
      numberings: [{ id: 0, received: nothingReceived }],
      delivered: emptySequences,
      peerQueue: null,
      ownQueue: { queue: ownQueue, toldIn: [], isKnown: false },
      contactQueue: { queueId: card.queueId, relays: card.relays },
      opening,
      announced: null,
      marks: [],
    }),
  );
}

/** A conversation that the peer began, and what its first message brought. */
export interface Joined {
  readonly state: ConversationState;
  readonly outcome: MessageOutcome;
}

/** Takes up a conversation that a stranger's first message began. */
export function acceptConversation(
  me: OwnPersona,
  arrived: ArrivedSession,
  ownQueue: MessageQueue,
  day: Day,
): Joined {
  const { session, sender, mark, payload } = arrived;
  const entry = { session, numbering: 0, receivesOnlySince: null, stepAsked: false };
  const state: ConversationState = {
    me: me.persona,
    peer: { persona: sender.persona, ik: sender.ik },
    sessions: [entry],
    nextSequence: 0,
    numberings: [{ id: 0, received: nothingReceived }],
    delivered: emptySequences,
    peerQueue: null,
    ownQueue: { queue: ownQueue, toldIn: [], isKnown: false },
    contactQueue: null,
    opening: null,
    announced: null,
    marks: [{ mark, day }],
  };
  return takePayload(state, entry, payload);
}

/** Why an arriving session was not joined. */
export interface JoinRefused {
  readonly code:
    | 'another-persona'
    /** The same persona with another ik: an alarm, a persona's ik is fixed for life. */
    | 'changed-key'
    | 'known-first-message'
    | 'too-many-sessions';
}

/**
 * Joins a further session of the same peer (protocol.md, "Both write first"). With my own first
 * message unanswered, both send on the session that outranks the other; a first message that the
 * peer announced as outranked only receives; any other takes over and counts anew.
 */
export function joinArrivingSession(
  before: ConversationState,
  arrived: ArrivedSession,
  day: Day,
): Result<Joined, JoinRefused> {
  const refusal = refuseJoin(before, arrived);
  if (refusal !== null) return fail({ code: refusal });
  const state = forgetExpired(before, day);
  if (state.marks.length >= maxMarks) return fail({ code: 'too-many-sessions' });
  const [active, ...others] = state.sessions;
  const crossing = crossingOf(state, arrived);
  const counting = countingOf(state, crossing);
  const isSending = crossing !== 'outranked';
  const entry: ConversationSession = {
    session: arrived.session,
    numbering: counting.id,
    receivesOnlySince: isSending ? null : day,
    stepAsked: false,
  };
  const demoted = { ...active, receivesOnlySince: day };
  const receiving = isSending ? [demoted, ...others] : [entry, ...others];
  const sessions = [isSending ? entry : active, ...receiving.slice(0, maxReceiveOnly)] as const;
  const joined: ConversationState = {
    ...state,
    sessions,
    numberings: counting.numberings.filter(({ id }) =>
      sessions.some((known) => known.numbering === id),
    ),
    announced: crossing === 'outranked' ? null : state.announced,
    marks: [...state.marks, { mark: arrived.mark, day }],
  };
  return ok(takePayload(joined, entry, arrived.payload));
}

function refuseJoin(
  state: ConversationState,
  { sender, mark }: ArrivedSession,
): JoinRefused['code'] | null {
  if (!equalBytes(sender.persona, state.peer.persona)) return 'another-persona';
  if (!equalBytes(sender.ik, state.peer.ik)) return 'changed-key';
  const isKnown =
    state.marks.some((joined) => equalBytes(joined.mark, mark)) ||
    state.sessions.some((entry) => isSameSession(entry, mark));
  return isKnown ? 'known-first-message' : null;
}

/** A first message that crossed counts on; any other peer counts from 0 again. */
function countingOf(
  state: ConversationState,
  crossing: Crossing,
): { readonly id: number; readonly numberings: readonly Numbering[] } {
  const [active] = state.sessions;
  if (crossing !== 'none') return { id: active.numbering, numberings: state.numberings };
  const id = Math.max(...state.numberings.map((numbering) => numbering.id)) + 1;
  return { id, numberings: [...state.numberings, { id, received: nothingReceived }] };
}

type Crossing = 'none' | 'outranked' | 'outranking';

function crossingOf(state: ConversationState, { session, payload }: ArrivedSession): Crossing {
  const { opening } = payload;
  const [{ session: own }] = state.sessions;
  if (own.prologue !== null && state.opening !== null) {
    const mine = { origin: state.opening.origin, transcript: own.transcript };
    const theirs = { origin: opening.origin, transcript: session.transcript };
    return outranks(mine, theirs) ? 'outranked' : 'outranking';
  }
  const { announced } = state;
  const isAnnounced =
    announced !== null &&
    announced.origin === opening.origin &&
    equalBytes(announced.recordAddress, opening.recordAddress) &&
    equalBytes(announced.recordId, opening.recordId);
  return isAnnounced ? 'outranked' : 'none';
}
