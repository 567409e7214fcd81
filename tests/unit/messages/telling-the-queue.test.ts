import { describe, expect, it } from 'vitest';
import { beginConversation } from '#core/messages/conversation-begin.ts';
import { moveOwnQueue, sealPayload, textRoomBytes } from '#core/messages/conversation-seal.ts';
import type { QueueId } from '#core/types/ids.ts';
import {
  accept,
  begin,
  codeOf,
  createPair,
  createParty,
  openingOf,
  receive,
  seal,
  text,
  today,
  wordsOf,
} from './parties.ts';

const longest = 'x'.repeat(3_900);

describe('A first message', () => {
  it('says what it answers and where to answer, whatever was acknowledged meanwhile', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const begun = begin(alice, bob);
    const acknowledged = {
      ...begun,
      nextSequence: 1,
      delivered: [[0, 1]] as const,
      ownQueue: { ...begun.ownQueue, toldIn: [0], isKnown: true },
    };
    const { outcome } = accept(bob, seal(alice, acknowledged, 'still unanswered').envelope);
    expect(outcome.payload?.opening).toEqual(openingOf());
    expect(outcome.payload?.queue).toEqual(alice.queue);
  });

  it('is not begun towards one’s own card', () => {
    const alice = createParty('alice');
    const begun = beginConversation(alice.deps, alice.me, alice.card, openingOf(), alice.queue);
    expect(codeOf(begun)).toBe('own-card');
  });
});

describe('A queue that the peer does not know', () => {
  it('is in the first answer, even if a text must be shorter for it', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const first = seal(alice, begin(alice, bob), 'hello');
    const { state } = accept(bob, first.envelope);
    const refused = sealPayload(bob.deps, state, text(longest), today);
    expect(codeOf(refused)).toBe('payload-too-long');
    const room = textRoomBytes(state);
    expect(room).toBeLessThan(3_900);
    const answer = receive(alice, first.state, seal(bob, state, 'x'.repeat(room)).envelope);
    expect(wordsOf(answer)).toHaveLength(room);
    expect(answer.outcome.payload?.queue).toEqual(bob.queue);
  });

  it('is left out of a text that needs the room, once it was told', () => {
    const { alice, bob, a, b } = createPair();
    expect(textRoomBytes(b)).toBe(3_900);
    const long = receive(alice, a, seal(bob, b, longest).envelope);
    expect(wordsOf(long)).toBe(longest);
    expect(long.outcome.payload?.queue).toBeNull();
  });

  it('is known by an acknowledgement of a message that told it, and of no other', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const first = seal(alice, begin(alice, bob), 'hello');
    const lost = seal(bob, accept(bob, first.envelope).state, 'tells the queue, is lost');
    const long = seal(bob, lost.state, longest);
    const atAlice = receive(alice, first.state, long.envelope);
    expect(atAlice.outcome.payload?.queue).toBeNull();
    const acknowledged = seal(alice, atAlice.state, 'got the long one');
    expect(acknowledged.destination.kind).toBe('contact');
    const home = receive(bob, long.state, acknowledged.envelope);
    expect(home.outcome.deliveredSequences).toEqual([1]);
    expect(home.state.ownQueue.isKnown).toBe(false);
    const again = receive(alice, acknowledged.state, seal(bob, home.state, 'and now').envelope);
    expect(again.outcome.payload?.queue).toEqual(bob.queue);
  });

  it('is remembered with the first eight messages that told it', () => {
    const { bob, b } = createPair();
    let state = b;
    for (let count = 0; count < 10; count++) state = seal(bob, state, 'again').state;
    expect(state.ownQueue.toldIn).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('is told anew after a move, in whatever is said next', () => {
    const { alice, bob, a, b } = createPair();
    const acked = receive(bob, b, seal(alice, a, 'your queue is known').envelope).state;
    expect(acked.ownQueue.isKnown).toBe(true);
    const moved = { ...bob.queue, queueId: new Uint8Array(32).fill(9) as QueueId };
    const state = moveOwnQueue(acked, moved);
    expect(state.ownQueue).toEqual({ queue: moved, toldIn: [], isKnown: false });
    const after = receive(alice, a, seal(bob, state, 'by the way').envelope);
    expect(after.outcome.payload?.queue).toEqual(moved);
  });
});

describe('A message', () => {
  it('leads nowhere while the peer has neither queue nor card here', () => {
    const { alice, a } = createPair();
    const nowhere = { ...a, peerQueue: null, contactQueue: null };
    expect(codeOf(sealPayload(alice.deps, nowhere, text('x'), today))).toBe('no-destination');
  });

  it('names half of the extras rather than leave the longest text unsent', () => {
    const { alice, bob, a, b } = createPair();
    const extras = Array.from({ length: 16 }, (_, index) => 70_000 + 2 * index);
    const apart = extras.map((extra) => [extra, extra + 1] as const);
    const received = { set: [[0, 1], ...apart] as const, listedUpTo: 0, givenUpFrom: null };
    const state = {
      ...b,
      numberings: [{ id: 0, received }],
      ownQueue: { ...b.ownQueue, isKnown: true },
    };
    const { outcome } = receive(alice, a, seal(bob, state, longest).envelope);
    expect(outcome.payload?.ack.extras).toEqual(extras.slice(8));
    const short = receive(alice, a, seal(bob, state, 'short').envelope);
    expect(short.outcome.payload?.ack.extras).toEqual(extras);
  });
});
