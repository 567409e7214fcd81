/*
 * One end of a conversation, as docs/protocol.md says it, "Private messages": slow, mutable, straight
 * down the page. What it is given is tried on a copy, which replaces the state when all went well.
 */
import {
  isBound,
  readFirst,
  writeFirst,
  type Card,
  type CardSecrets,
  type Persona,
} from './handshake.ts';
import {
  decodePayload,
  encodePayload,
  type Body,
  type Opening,
  type Payload,
  type Queue,
} from './payload.ts';
import { hash, join, same, type Octets } from './primitives.ts';
import {
  forgetSkipped,
  pad,
  RatchetDecryptHE,
  RatchetEncryptHE,
  RatchetInitAliceHE,
  RatchetInitBobHE,
  Refusal,
  type Cut,
  type State,
  type Tape,
} from './ratchet.ts';

export interface Session {
  readonly role: 'initiator' | 'responder';
  readonly mark: Octets;
  readonly ratchet: State;
  prologue: Octets | null;
  numbering: number;
  receivesOnlySince: number | null;
  stepAsked: boolean;
}

interface Numbering {
  readonly id: number;
  readonly received: Set<number>;
  listedUpTo: number;
}

export interface Conversation {
  readonly peer: { readonly persona: Octets; readonly ik: Octets };
  sessions: Session[];
  nextSequence: number;
  numberings: Numbering[];
  readonly delivered: Set<number>;
  peerQueue: {
    readonly queue: Queue;
    readonly numbering: number;
    readonly sequence: number;
  } | null;
  ownQueue: { queue: Queue; toldIn: number[]; isKnown: boolean };
  readonly contactQueue: { readonly queueId: Octets; readonly relays: readonly string[] } | null;
  readonly opening: Opening | null;
  announced: Opening | null;
  marks: { readonly mark: Octets; readonly day: number }[];
}

/** What one event came to: the same words as the app's. */
export type Verdict =
  | { readonly refused: string }
  | {
      readonly payload: Payload | null;
      readonly duplicate: boolean;
      readonly delivered: readonly number[];
      readonly lost: number;
      readonly needsStep: boolean;
    };

export type Sent =
  | { readonly refused: string }
  | {
      readonly envelope: Octets;
      readonly sequence: number;
      readonly queueId: Octets;
      readonly cap: Octets;
    };

export interface End {
  readonly me: Persona;
  readonly tape: Tape;
  readonly queue: Queue;
  cards: CardSecrets[];
  conversation: Conversation | null;
}

const headerBytes = 80;
const bodyOverhead = 40;
const prologueBytes = 1_305;
const sizes = [512, 1_024, 2_048, 4_096];
const receiveOnlyDays = 37;
const maxReceiveOnly = 5;
const markDays = 61;
const maxMarks = 256;
const maxUnanswered = 257;

/** Changes the end as `work` says, or, where that throws a refusal, not at all. */
function attempt<T>(end: End, work: (draft: Conversation | null) => readonly [Conversation, T]) {
  const draft = structuredClone(end.conversation);
  try {
    const [conversation, result] = work(draft);
    end.conversation = conversation;
    return result;
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code };
    throw error;
  }
}

/** "First message", A's side. */
export function begin(
  end: End,
  card: Card & { readonly relays: readonly string[] },
  opening: Opening,
): { readonly refused: string } | null {
  return attempt(end, () => {
    if (same(card.persona, end.me.persona)) throw new Refusal('own-card');
    if (!isBound(card.persona, card.ik, card.bind)) throw new Refusal('card-not-bound');
    const draws = { ephemeralPrivate: end.tape(32), kemRandomness: end.tape(64) };
    const first = writeFirst(end.me, card, draws);
    const session: Session = {
      ...{ role: 'initiator', mark: first.mark, prologue: first.prologue },
      ratchet: RatchetInitAliceHE(first, card.spk, end.tape(32)),
      ...{ numbering: 0, receivesOnlySince: null, stepAsked: false },
    };
    const { persona, ik, queueId, relays } = card;
    return [
      { ...fresh(end, { persona, ik }, session), contactQueue: { queueId, relays }, opening },
      null,
    ];
  });
}

function fresh(end: End, peer: Conversation['peer'], session: Session): Conversation {
  return {
    ...{ peer, sessions: [session], nextSequence: 0 },
    numberings: [{ id: 0, received: new Set(), listedUpTo: 0 }],
    ...{ delivered: new Set(), peerQueue: null },
    ownQueue: { queue: end.queue, toldIn: [], isKnown: false },
    ...{ contactQueue: null, opening: null, announced: null, marks: [] },
  };
}

function active({ sessions: [first] }: Conversation): Session {
  if (first === undefined) throw new Error('no session');
  return first;
}

function numberingOf({ numberings }: Conversation, id: number): Numbering {
  const found = numberings.find((numbering) => numbering.id === id);
  if (found === undefined) throw new Error('no numbering');
  return found;
}

function forget(conversation: Conversation, day: number): void {
  conversation.sessions = conversation.sessions.filter(
    ({ receivesOnlySince }) =>
      receivesOnlySince === null || day - receivesOnlySince <= receiveOnlyDays,
  );
  for (const { ratchet } of conversation.sessions) forgetSkipped(ratchet, day);
  conversation.marks = conversation.marks.filter((joined) => day - joined.day <= markDays);
}

export function moveQueue(end: End, queue: Queue): void {
  if (end.conversation !== null) end.conversation.ownQueue = { queue, toldIn: [], isKnown: false };
}

/** "Payload" and "Destination", then "After it". */
export function send(end: End, body: Body, day: number): Sent {
  return attempt<Sent>(end, (conversation) => {
    if (conversation === null) throw new Refusal('no-conversation');
    forget(conversation, day);
    const session = active(conversation);
    const destination = destinationOf(conversation);
    const composed = compose(conversation, body);
    const envelope = sealPadded(end, session, composed.bytes);
    if (composed.payload.queue !== null && conversation.ownQueue.toldIn.length < 8) {
      conversation.ownQueue.toldIn.push(conversation.nextSequence);
    }
    numberingOf(conversation, session.numbering).listedUpTo = composed.listedUpTo;
    conversation.nextSequence += 1;
    const { sequence } = composed.payload;
    return [conversation, { envelope, sequence, ...destination }];
  });
}

/** Seals bytes that may be no payload, as a client without this one's checks could. */
export function sendRaw(end: End, bytes: Octets): Sent {
  return attempt<Sent>(end, (conversation) => {
    if (conversation === null) throw new Refusal('no-conversation');
    const envelope = sealPadded(end, active(conversation), bytes);
    return [
      conversation,
      { envelope, sequence: 0, queueId: new Uint8Array(), cap: new Uint8Array() },
    ];
  });
}

function destinationOf(conversation: Conversation) {
  const { peerQueue, contactQueue } = conversation;
  if (peerQueue !== null && active(conversation).prologue === null) {
    return { queueId: peerQueue.queue.queueId, cap: peerQueue.queue.cap };
  }
  if (contactQueue === null) throw new Refusal('no-destination');
  return { queueId: contactQueue.queueId, cap: new Uint8Array() };
}

function sealPadded(end: End, session: Session, payload: Octets): Octets {
  const prefix = session.prologue ?? Uint8Array.of(2);
  const fitting = session.prologue === null ? sizes : [4_096];
  const padded = fitting
    .map((size) => pad(payload, size - prefix.length - headerBytes - bodyOverhead))
    .find((bytes) => bytes !== null);
  if (padded === undefined || padded === null) throw new Refusal('payload-too-long');
  if (session.prologue !== null && session.ratchet.Ns >= maxUnanswered) {
    throw new Refusal('too-many-unanswered');
  }
  return RatchetEncryptHE(session.ratchet, end.tape, prefix, padded);
}

/**
 * The longest form that fits: with the queue where it must be told or may be, and 16, 8, 4, 2 or no
 * extras. Which extras a client gives up is its own affair; this is how this one does.
 */
function compose(conversation: Conversation, body: Body) {
  const { prologue, numbering } = active(conversation);
  const { ownQueue, delivered, nextSequence } = conversation;
  const room = prologue === null ? 3_974 : 2_670;
  const mustTell =
    prologue !== null ||
    body.type === 'queue' ||
    (!ownQueue.isKnown && ownQueue.toldIn.length === 0);
  const tellings = mustTell ? [true] : ownQueue.isKnown ? [false] : [true, false];
  for (const tells of tellings) {
    for (const most of [16, 8, 4, 2, 0]) {
      const { ack, listedUpTo } = acknowledge(numberingOf(conversation, numbering), most);
      const payload: Payload = {
        ...{ sequence: nextSequence, ack, queue: tells ? ownQueue.queue : null },
        opening: prologue !== null || delivered.size === 0 ? conversation.opening : null,
        body,
      };
      const bytes = encodePayload(payload);
      if (bytes === null) throw new Refusal('malformed-body');
      if (bytes.length <= room) return { payload, bytes, listedUpTo };
    }
  }
  throw new Refusal('payload-too-long');
}

/** The 8 highest, and of the rest those that follow where the last acknowledgement stopped. */
function acknowledge({ received, listedUpTo }: Numbering, most: number) {
  let next = 0;
  while (received.has(next)) next += 1;
  const above = [...received].filter((number) => number > next).sort((a, b) => a - b);
  const highest = above.slice(Math.max(0, above.length - Math.min(most, 8)));
  const kept = Math.min(most, 8) === 0 ? [] : highest;
  const rest = above.filter((number) => !kept.includes(number) && number >= listedUpTo);
  const older = rest.slice(0, most - kept.length);
  const last = older.at(-1);
  const isFull = last !== undefined && older.length === most - kept.length;
  return { ack: { next, extras: [...older, ...kept] }, listedUpTo: isFull ? last + 1 : 0 };
}

function cutEnvelope(envelope: Octets): (Cut & { readonly type: number }) | null {
  const [type = 0] = envelope;
  const isKnown =
    (type === 1 && envelope.length === 4_096) || (type === 2 && sizes.includes(envelope.length));
  if (!isKnown) return null;
  const start = type === 1 ? prologueBytes : 1;
  return {
    type,
    prefix: envelope.slice(0, start),
    header: envelope.slice(start, start + headerBytes),
    body: envelope.slice(start + headerBytes),
  };
}

const nothing = { payload: null, duplicate: false, delivered: [], lost: 0, needsStep: false };

/** Whatever arrives, from whichever queue. */
export function take(end: End, envelope: Octets, day: number): Verdict {
  const cut = cutEnvelope(envelope);
  if (cut === null) return { refused: 'not-an-envelope' };
  if (cut.type === 2) {
    if (end.conversation === null) return { refused: 'no-conversation' };
    return receiveOn(end, cut, () => true, day);
  }
  const mark = hash('first-message-mark', cut.prefix.slice(9, 41), cut.prefix.slice(41, 1_161));
  const known = end.conversation?.marks.find(
    (joined) => day - joined.day <= markDays && same(joined.mark, mark),
  );
  const hasSession = end.conversation?.sessions.some(
    (session) =>
      session.role === 'responder' &&
      same(session.mark, mark) &&
      (session.receivesOnlySince === null || day - session.receivesOnlySince <= receiveOnlyDays),
  );
  if (known !== undefined || hasSession === true) {
    return receiveOn(
      end,
      cut,
      (session) => session.role === 'responder' && same(session.mark, mark),
      day,
    );
  }
  return takeFirst(end, cut, mark, day);
}

/** "After it": tried on each session, the sending one first. */
function receiveOn(end: End, cut: Cut, isFor: (session: Session) => boolean, day: number): Verdict {
  let sessions = 0;
  for (let index = 0; ; index++) {
    const verdict = attempt<Verdict>(end, (conversation) => {
      if (conversation === null) throw new Refusal('no-conversation');
      forget(conversation, day);
      const candidates = conversation.sessions.filter(isFor);
      sessions = candidates.length;
      const session = candidates[index];
      if (session === undefined) throw new Refusal('not-authentic');
      return [conversation, decryptOn(end, conversation, session, cut, day)];
    });
    const isElsewhere = 'refused' in verdict && verdict.refused === 'not-authentic';
    if (!isElsewhere || index + 1 >= sessions) return verdict;
  }
}

function decryptOn(
  end: End,
  conversation: Conversation,
  session: Session,
  cut: Cut,
  day: number,
): Verdict {
  const { ratchet } = session;
  const headerKey = ratchet.HKr;
  const untouched = structuredClone(ratchet);
  let decrypted;
  try {
    decrypted = RatchetDecryptHE(ratchet, end.tape, cut, day);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    Object.assign(ratchet, untouched);
    if (error.code === 'key-used') return { ...nothing, duplicate: true };
    if (error.code === 'gap-too-large') return { ...nothing, needsStep: asksForStep(session) };
    throw error;
  }
  session.prologue = null;
  if (headerKey === null || ratchet.HKr === null || !same(headerKey, ratchet.HKr)) {
    session.stepAsked = false;
  }
  const { plain, lost } = decrypted;
  if (plain === null) return { ...nothing, lost, needsStep: asksForStep(session) };
  const payload = decodePayload(plain);
  if (payload === null) throw new Refusal('malformed-payload');
  return { ...countIn(conversation, session, payload), lost };
}

/** Once for each chain of the peer, and only where it would be sent. */
function asksForStep(session: Session): boolean {
  const asks = !session.stepAsked && session.receivesOnlySince === null;
  session.stepAsked = true;
  return asks;
}

function countIn(conversation: Conversation, session: Session, payload: Payload) {
  const { received } = numberingOf(conversation, session.numbering);
  const { delivered, nextSequence, peerQueue, ownQueue } = conversation;
  const { sequence, ack, queue, opening } = payload;
  const isNew = !received.has(sequence);
  received.add(sequence);
  const named = [
    ...Array.from({ length: Math.min(ack.next, nextSequence) }, (_, n) => n),
    ...ack.extras,
  ];
  const newly = named.filter((number) => number < nextSequence && !delivered.has(number));
  for (const number of newly) delivered.add(number);
  if (ownQueue.toldIn.some((number) => delivered.has(number))) ownQueue.isKnown = true;
  const isOlder =
    peerQueue !== null &&
    (peerQueue.numbering > session.numbering ||
      (peerQueue.numbering === session.numbering && peerQueue.sequence >= sequence));
  if (queue !== null && !isOlder) {
    conversation.peerQueue = { queue, numbering: session.numbering, sequence };
  }
  const hasArrived = conversation.sessions.some(({ role }) => role === 'responder');
  if (opening !== null && session.role === 'initiator' && !hasArrived) {
    conversation.announced = opening;
  }
  return { ...nothing, payload: isNew ? payload : null, duplicate: !isNew, delivered: newly };
}

/** "First message", B's side, and "Both write first". */
function takeFirst(end: End, cut: Cut, mark: Octets, day: number): Verdict {
  return attempt<Verdict>(end, (conversation) => {
    const { session, sender, payload } = openFirst(end, cut, mark, day);
    if (conversation === null) {
      const begun = fresh(end, sender, session);
      begun.marks.push({ mark, day });
      return [begun, countIn(begun, session, payload)];
    }
    joinSession(conversation, session, sender, payload.opening, day);
    conversation.marks.push({ mark, day });
    return [conversation, countIn(conversation, session, payload)];
  });
}

function openFirst(end: End, cut: Cut, mark: Octets, day: number) {
  const keyId = cut.prefix.slice(1, 9);
  let code = 'unknown-card';
  for (const card of end.cards.filter(({ recordId }) => same(recordId.subarray(0, 8), keyId))) {
    const read = readFirst(end.me, card, cut.prefix);
    if (typeof read === 'string') {
      code = read;
      continue;
    }
    const ratchet = RatchetInitBobHE(read, card.spkPrivate);
    const { plain } = RatchetDecryptHE(ratchet, end.tape, cut, day);
    if (plain === null) throw new Refusal('gap-too-large');
    const payload = decodePayload(plain);
    if (payload === null || payload.queue === null || payload.opening === null) {
      throw new Refusal('malformed-payload');
    }
    const session: Session = {
      ...{ role: 'responder', mark, ratchet, prologue: null },
      ...{ numbering: 0, receivesOnlySince: null, stepAsked: false },
    };
    return { session, sender: read.sender, payload: { ...payload, opening: payload.opening } };
  }
  throw new Refusal(code);
}

function joinSession(
  conversation: Conversation,
  session: Session,
  sender: Conversation['peer'],
  opening: Opening,
  day: number,
): void {
  if (!same(sender.persona, conversation.peer.persona)) throw new Refusal('another-persona');
  if (!same(sender.ik, conversation.peer.ik)) throw new Refusal('changed-key');
  // Past its time but not forgotten yet: still refused.
  if (
    [...conversation.marks, ...conversation.sessions].some((held) => same(held.mark, session.mark))
  ) {
    throw new Refusal('known-first-message');
  }
  forget(conversation, day);
  if (conversation.marks.length >= maxMarks) throw new Refusal('too-many-sessions');
  const mine = active(conversation);
  const { announced } = conversation;
  const isUnanswered = mine.prologue !== null && conversation.opening !== null;
  const isMineHigher =
    isUnanswered && outranks(conversation.opening, mine.ratchet.T, opening, session.ratchet.T);
  const isAnnounced = !isUnanswered && announced !== null && isSameOpening(announced, opening);
  const onlyReceives = isMineHigher || isAnnounced;
  if (isUnanswered || isAnnounced) session.numbering = mine.numbering;
  else {
    session.numbering = Math.max(...conversation.numberings.map(({ id }) => id)) + 1;
    conversation.numberings.push({ id: session.numbering, received: new Set(), listedUpTo: 0 });
  }
  const others = conversation.sessions.slice(1);
  (onlyReceives ? session : mine).receivesOnlySince = day;
  const receiving = (onlyReceives ? [session, ...others] : [mine, ...others]).slice(
    0,
    maxReceiveOnly,
  );
  conversation.sessions = [onlyReceives ? mine : session, ...receiving];
  conversation.numberings = conversation.numberings.filter(({ id }) =>
    conversation.sessions.some(({ numbering }) => numbering === id),
  );
  if (onlyReceives) conversation.announced = null;
}

function outranks(mine: Opening | null, myT: Octets, theirs: Opening, theirT: Octets): boolean {
  const origin = mine?.origin ?? 0;
  if (origin !== theirs.origin) return origin > theirs.origin;
  return Buffer.compare(myT, theirT) < 0;
}

function isSameOpening(a: Opening, b: Opening): boolean {
  return (
    a.origin === b.origin &&
    same(join(a.recordAddress, a.recordId), join(b.recordAddress, b.recordId))
  );
}
