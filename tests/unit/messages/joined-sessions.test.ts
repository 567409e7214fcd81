import { describe, expect, it } from 'vitest';
import { joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { receiveEnvelope, type Received } from '#core/messages/conversation-receive.ts';
import {
  forgetExpired,
  outranks,
  receivedIn,
  type ConversationState,
} from '#core/messages/conversation-state.ts';
import { moveOwnQueue, type SealedMessage } from '#core/messages/conversation-seal.ts';
import { nothingReceived } from '#core/messages/received-sequences.ts';
import { compareBytes, type Bytes } from '#core/types/bytes.ts';
import type { QueueId } from '#core/types/ids.ts';
import {
  accept,
  arrive,
  begin,
  codeOf,
  createPair,
  createParty,
  laterDay,
  must,
  openingOf,
  receive,
  seal,
  sealMany,
  today,
  wordsOf,
  type Party,
} from './parties.ts';

function join(party: Party, state: ConversationState, envelope: Uint8Array): Received {
  return must(joinArrivingSession(state, arrive(party, envelope), today));
}

/** The first message of a peer who lost everything. */
function restored(from: Party, to: Party, words = 'restored'): SealedMessage {
  return seal(from, begin(from, to, openingOf(1)), words);
}

function transcriptOf(state: ConversationState): Bytes {
  return state.sessions[0].session.transcript;
}

/** Both write first at once: who began the session with the lower T, and who the other. */
function cross(label: string) {
  const one = createParty(`${label} one`);
  const two = createParty(`${label} two`);
  const began = [
    { party: one, sealed: seal(one, begin(one, two, openingOf(0, 'of two')), 'from one') },
    { party: two, sealed: seal(two, begin(two, one, openingOf(0, 'of one')), 'from two') },
  ].sort((x, y) => compareBytes(transcriptOf(x.sealed.state), transcriptOf(y.sealed.state)));
  const [lower, higher] = began as [(typeof began)[0], (typeof began)[0]];
  return { lower, higher };
}

describe('A new conversation', () => {
  it('knows of no step, no mark and no acknowledgement', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const state = begin(alice, bob);
    expect(state.sessions[0].stepAsked).toBe(false);
    expect(state.marks).toEqual([]);
    expect(state.ownQueue).toEqual({ queue: alice.queue, toldIn: [], isKnown: false });
    const accepted = accept(bob, seal(alice, state, 'hello').envelope).state;
    expect(accepted.sessions[0].stepAsked).toBe(false);
    expect(accepted.marks).toHaveLength(1);
    expect(accepted.announced).toBeNull();
    expect(accepted.ownQueue).toEqual({ queue: bob.queue, toldIn: [], isKnown: false });
  });
});

describe('Sessions of one peer that came one after another', () => {
  it('count apart, and only those that still receive are counted in', () => {
    const { alice, bob, a } = createPair();
    let state = a;
    for (let round = 1; round <= 7; round++) {
      state = join(alice, state, restored(bob, alice, String(round)).envelope).state;
      const counted = state.sessions.map(({ numbering }) => numbering);
      expect(counted).toEqual(Array.from({ length: Math.min(round + 1, 6) }, (_, i) => round - i));
      expect(state.numberings.map(({ id }) => id).sort((x, y) => y - x)).toEqual(counted);
    }
    expect(state.marks).toHaveLength(7);
  });

  it('do not count each other’s messages', () => {
    const { alice, bob, a, b } = createPair();
    const late = seal(bob, b, 'on the old one');
    const joined = join(alice, a, restored(bob, alice).envelope).state;
    const both = receive(alice, joined, late.envelope).state;
    expect(receivedIn(both, 0).set).toEqual([[0, 2]]);
    expect(receivedIn(both, 1).set).toEqual([[0, 1]]);
    expect(receivedIn(both, 2)).toEqual(nothingReceived);
  });

  it('name a queue by the newest of them, in whatever order their messages come', () => {
    const { alice, bob, a, b } = createPair();
    const oldQueue = { ...bob.queue, queueId: new Uint8Array(32).fill(8) as QueueId };
    const first = seal(bob, b, 'first');
    const late = seal(bob, moveOwnQueue(first.state, oldQueue), 'from the old phone');
    const known = receive(alice, a, late.envelope).state;
    expect(known.peerQueue).toMatchObject({ queue: oldQueue, numbering: 0, sequence: 2 });
    const again = restored({ ...bob, queue: { ...bob.queue } }, alice);
    const joined = join(alice, known, again.envelope).state;
    expect(joined.peerQueue).toMatchObject({ queue: bob.queue, numbering: 1, sequence: 0 });
    const other = join(alice, a, again.envelope).state;
    const after = receive(alice, other, late.envelope).state;
    expect(after.peerQueue).toMatchObject({ queue: bob.queue, numbering: 1, sequence: 0 });
  });

  it('keep the queue that a number named first when another message uses the number', () => {
    const { alice, bob, a, b } = createPair();
    const queue = { ...bob.queue, queueId: new Uint8Array(32).fill(8) as QueueId };
    const sealed = seal(bob, b, 'one');
    const twice = seal(bob, moveOwnQueue({ ...sealed.state, nextSequence: 1 }, queue), 'one again');
    const at = receive(alice, receive(alice, a, sealed.envelope).state, twice.envelope);
    expect(at.outcome).toEqual({
      payload: null,
      duplicate: true,
      deliveredSequences: [],
      lostCount: 0,
      needsStep: false,
    });
    expect(at.state.peerQueue?.queue).toEqual(bob.queue);
  });

  it('have asked for no step yet when they are joined', () => {
    const { alice, bob, a } = createPair();
    const asked = { ...a, sessions: [{ ...a.sessions[0], stepAsked: true }] as const };
    const { state } = join(alice, asked, restored(bob, alice).envelope);
    expect(state.sessions.map(({ stepAsked }) => stepAsked)).toEqual([false, true]);
  });
});

describe('A first message that comes again', () => {
  it('begins nothing although its session is gone: its mark is known', () => {
    const { alice, bob, a } = createPair();
    const first = restored(bob, alice, 'first');
    let { state } = join(alice, a, first.envelope);
    for (let round = 0; round < 6; round++) {
      state = join(alice, state, restored(bob, alice).envelope).state;
    }
    expect(codeOf(receiveEnvelope(alice.deps, state, first.envelope, today))).toBe('not-authentic');
    const replayed = joinArrivingSession(state, arrive(alice, first.envelope), today);
    expect(codeOf(replayed)).toBe('known-first-message');
  });

  it('begins nothing although its mark is forgotten: its session is known', () => {
    const { alice, bob, a } = createPair();
    const older = restored(bob, alice, 'older');
    const newer = restored(bob, alice, 'newer');
    const joined = join(alice, join(alice, a, older.envelope).state, newer.envelope).state;
    const state = { ...joined, marks: [] };
    for (const { envelope } of [older, newer]) {
      const replayed = joinArrivingSession(state, arrive(alice, envelope), today);
      expect(codeOf(replayed)).toBe('known-first-message');
    }
    const late = forgetExpired(joined, laterDay(62));
    expect(late.marks).toEqual([]);
    expect(codeOf(joinArrivingSession(late, arrive(alice, newer.envelope), laterDay(62)))).toBe(
      'known-first-message',
    );
  });

  it('to its own sender is none that the conversation knows', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const own = seal(alice, begin(alice, bob), 'mine');
    const back = receiveEnvelope(alice.deps, own.state, own.envelope, today);
    expect(codeOf(back)).toBe('unknown-first-message');
  });
});

describe('What the peer says it began with', () => {
  it('is forgotten when its first message arrives, and kept until then', () => {
    const { lower, higher } = cross('announced');
    const atHigher = join(higher.party, higher.sealed.state, lower.sealed.envelope);
    const answer = seal(higher.party, atHigher.state, 'an answer');
    const answered = receive(lower.party, lower.sealed.state, answer.envelope).state;
    expect(answered.announced).toEqual(higher.sealed.state.opening);
    const again = restored(higher.party, lower.party);
    const between = join(lower.party, answered, again.envelope).state;
    expect(between.announced).toEqual(higher.sealed.state.opening);
    const late = join(lower.party, answered, higher.sealed.envelope);
    expect(wordsOf(late)).not.toBeNull();
    expect(late.state.announced).toBeNull();
    expect(late.state.sessions[1]?.receivesOnlySince).toBe(today);
  });

  it('is nothing new when that first message has arrived before', () => {
    const { lower, higher } = cross('arrived');
    const atLower = join(lower.party, lower.sealed.state, higher.sealed.envelope);
    const atHigher = join(higher.party, higher.sealed.state, lower.sealed.envelope);
    const answer = seal(higher.party, atHigher.state, 'an answer');
    const answered = receive(lower.party, atLower.state, answer.envelope);
    expect(answered.outcome.payload?.opening).toEqual(higher.sealed.state.opening);
    expect(answered.state.announced).toBeNull();
  });

  it('is not taken back by a message that says nothing of it', () => {
    const { lower, higher } = cross('silent');
    const atHigher = join(higher.party, higher.sealed.state, lower.sealed.envelope);
    const answer = seal(higher.party, atHigher.state, 'an answer');
    const answered = receive(lower.party, lower.sealed.state, answer.envelope).state;
    const known = { ...answer.state, delivered: [[0, 1]] as const };
    const silent = receive(lower.party, answered, seal(higher.party, known, 'more').envelope);
    expect(silent.outcome.payload?.opening).toBeNull();
    expect(silent.state.announced).toEqual(higher.sealed.state.opening);
  });
});

describe('Of two sessions', () => {
  it('none outranks itself', () => {
    const rank = { origin: 0, transcript: new Uint8Array(32) } as const;
    expect(outranks(rank, rank)).toBe(false);
    expect(outranks({ ...rank, origin: 1 }, rank)).toBe(true);
    expect(outranks(rank, { ...rank, origin: 1 })).toBe(false);
  });
});

describe('An acknowledgement', () => {
  it('of the number that comes next is not believed', () => {
    const { alice, bob, a, b } = createPair();
    const set = [
      [0, 1],
      [a.nextSequence, a.nextSequence + 1],
    ] as const;
    const received = { set: set.slice(1), listedUpTo: 0, givenUpFrom: null };
    const boast = seal(bob, { ...b, numberings: [{ id: 0, received }] }, 'I have it');
    expect(receive(alice, a, boast.envelope).state.delivered).toEqual([[0, 1]]);
  });
});

describe('A step', () => {
  it('is asked for once in a chain, also when a message in reach came between', () => {
    const pair = createPair();
    const [first, ...rest] = sealMany(pair, 300) as [Bytes, ...Bytes[]];
    const inChain = receive(pair.bob, pair.b, first).state;
    const [near, far] = [rest[5], rest[298]] as [Bytes, Bytes];
    const asked = receive(pair.bob, inChain, far);
    expect(asked.outcome.needsStep).toBe(true);
    const between = receive(pair.bob, asked.state, near);
    expect(wordsOf(between)).not.toBeNull();
    expect(between.outcome.needsStep).toBe(false);
    expect(receive(pair.bob, between.state, far).outcome).toEqual({
      payload: null,
      duplicate: false,
      deliveredSequences: [],
      lostCount: 0,
      needsStep: false,
    });
  });
});
