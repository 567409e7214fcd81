import type { Bytes } from '../types/bytes.ts';
import { compareBytes, equalBytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { DhPublicKey, PersonaKey } from '../types/ids.ts';
import type { FirstMessageMark } from './first-message-mark.ts';
import type { ContactQueue, MessageQueue } from './message-queue.ts';
import type { Opening } from './payload.ts';
import { nothingReceived, type ReceivedSequences } from './received-sequences.ts';
import { redactSecrets } from './redact-secrets.ts';
import type { SequenceSet } from './sequence-set.ts';
import type { SessionState } from './session.ts';
import { forgetOldKeys } from './skipped-keys.ts';

/** One session of a conversation. */
export interface ConversationSession {
  readonly session: SessionState;
  /** Which of the peer's numberings its messages count in. */
  readonly numbering: number;
  /** Since when it only receives; null for the one that sends. */
  readonly receivesOnlySince: Day | null;
  /** Whether the peer's current chain was already answered with a step for a gap. */
  readonly stepAsked: boolean;
}

/** The peer's numbers since it last began to count anew. */
export interface Numbering {
  /** Grows with each. */
  readonly id: number;
  readonly received: ReceivedSequences;
}

/** Where the peer takes messages, and the message that said so. */
export interface PeerQueue {
  readonly queue: MessageQueue;
  readonly numbering: number;
  readonly sequence: number;
}

/** My queue, and which of my messages told the peer. */
export interface OwnQueue {
  readonly queue: MessageQueue;
  /** The first messages that carried it, at most eight. */
  readonly toldIn: readonly number[];
  readonly isKnown: boolean;
}

/** A first message that was joined, remembered until the card's keys are erased. */
interface JoinedMark {
  readonly mark: FirstMessageMark;
  readonly day: Day;
}

/** All that one persona knows of its messages with one peer; immutable, secret, kept by the engine. */
export interface ConversationState {
  readonly me: PersonaKey;
  readonly peer: { readonly persona: PersonaKey; readonly ik: DhPublicKey };
  /** The sending one first, then those that only receive, newest first. */
  readonly sessions: readonly [ConversationSession, ...ConversationSession[]];
  /** Number of my next message. */
  readonly nextSequence: number;
  /** What has arrived, by numbering; those that no session counts in are forgotten. */
  readonly numberings: readonly Numbering[];
  /** Which of my messages the peer has acknowledged. */
  readonly delivered: SequenceSet;
  readonly peerQueue: PeerQueue | null;
  readonly ownQueue: OwnQueue;
  /** The queue of the peer's card; null when the peer wrote first. */
  readonly contactQueue: ContactQueue | null;
  /** What I began the conversation with; null when the peer wrote first. */
  readonly opening: Opening | null;
  /** What the peer says, on a session of mine, that it began with: its first message is still on its way. */
  readonly announced: Opening | null;
  readonly marks: readonly JoinedMark[];
}

/** protocol.md, "Both write first". */
const receiveOnlyDays = 37;
export const maxReceiveOnly = 5;
/** A card's keys are erased at most 61 days after anything could be sealed to them. */
const markLifetimeDays = 61;
/** First messages of one peer within 61 days; more are refused, none forgotten. */
export const maxMarks = 256;

/** Drops what is past its time: skipped keys, receiving-only sessions, marks. To be called daily. */
export function forgetExpired(state: ConversationState, day: Day): ConversationState {
  if (state.sessions.length === 1 && isFresh(state, day)) return state;
  const [active, ...others] = state.sessions;
  const live = others.filter(
    ({ receivesOnlySince }) =>
      receivesOnlySince !== null && day - receivesOnlySince <= receiveOnlyDays,
  );
  return redactSecrets({
    ...state,
    sessions: [forgetSkipped(active, day), ...live.map((entry) => forgetSkipped(entry, day))],
    marks: state.marks.filter((joined) => isMarkKept(joined, day)),
  });
}

const isMarkKept = (joined: JoinedMark, day: Day): boolean => day - joined.day <= markLifetimeDays;

function isFresh({ sessions: [active], marks }: ConversationState, day: Day): boolean {
  return active.session.skipped.length === 0 && marks.every((joined) => isMarkKept(joined, day));
}

function forgetSkipped(entry: ConversationSession, day: Day): ConversationSession {
  if (entry.session.skipped.length === 0) return entry;
  const skipped = forgetOldKeys(entry.session.skipped, day);
  return { ...entry, session: redactSecrets({ ...entry.session, skipped }) };
}

/** Replaces one session, by its mark. */
export function replaceSession(
  state: ConversationState,
  changed: ConversationSession,
): ConversationState {
  const swap = (entry: ConversationSession) =>
    isSameSession(entry, changed.session.mark) ? changed : entry;
  const [active, ...others] = state.sessions;
  return redactSecrets({ ...state, sessions: [swap(active), ...others.map(swap)] });
}

/** What has arrived of one numbering. */
export function receivedIn(state: ConversationState, id: number): ReceivedSequences {
  return state.numberings.find((numbering) => numbering.id === id)?.received ?? nothingReceived;
}

/** The numberings with one of them changed. */
export function withReceived(
  state: ConversationState,
  id: number,
  received: ReceivedSequences,
): readonly Numbering[] {
  return state.numberings.map((numbering) => (numbering.id === id ? { id, received } : numbering));
}

/** Whether a session began with the first message of this mark. */
export function isSameSession(entry: ConversationSession, mark: Bytes): boolean {
  return equalBytes(entry.session.mark, mark);
}

/** What decides between two first messages that crossed. */
export interface SessionRank {
  readonly origin: 0 | 1;
  readonly transcript: Bytes;
}

/** Whether `a` is the session that both sides send on: a restored one first, then the lower T. */
export function outranks(a: SessionRank, b: SessionRank): boolean {
  if (a.origin !== b.origin) return a.origin > b.origin;
  return compareBytes(a.transcript, b.transcript) < 0;
}
