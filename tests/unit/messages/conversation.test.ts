import { describe, expect, it } from 'vitest';
import { joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { moveOwnQueue, sealPayload } from '#core/messages/conversation-seal.ts';
import { forgetExpired } from '#core/messages/conversation-state.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { Bytes } from '#core/types/bytes.ts';
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
  text,
  today,
  wordsOf,
} from './parties.ts';

describe('A conversation', () => {
  it('moves from the contact queue to the peer’s own queue with the first answer', () => {
    const { alice, bob, a, b } = createPair();
    const toBob = seal(alice, a, 'x');
    expect(toBob.destination).toEqual({ kind: 'conversation', ...bob.queue });
    expect(toBob.envelope[0]).toBe(2);
    expect(seal(bob, b, 'y').destination).toEqual({ kind: 'conversation', ...alice.queue });
  });

  it('says what it answers until the first answer and never after it', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const one = seal(alice, begin(alice, bob), 'one');
    const two = seal(alice, one.state, 'two');
    const accepted = accept(bob, one.envelope);
    expect(accepted.outcome.payload?.opening).toEqual(openingOf());
    const second = receive(bob, accepted.state, two.envelope);
    expect(second.outcome.payload?.opening).toEqual(openingOf());
    const answer = seal(bob, second.state, 'answer');
    const answered = receive(alice, two.state, answer.envelope);
    expect(answered.outcome.payload?.opening).toBeNull();
    const three = seal(alice, answered.state, 'three');
    const third = receive(bob, answer.state, three.envelope);
    expect(third.outcome.payload?.opening).toBeNull();
    expect(third.outcome.payload?.queue).toBeNull();
  });

  it('sends a known prologue to its session and an unknown one back to the caller', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const one = seal(alice, begin(alice, bob), 'one');
    const two = seal(alice, one.state, 'two');
    const { state } = accept(bob, one.envelope);
    expect(wordsOf(receive(bob, state, two.envelope))).toBe('two');
    const { b } = createPair();
    expect(codeOf(receiveEnvelope(bob.deps, b, two.envelope, today))).toBe('unknown-first-message');
  });

  it('answers a replayed first message as a duplicate, and a second joining of it not at all', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const one = seal(alice, begin(alice, bob), 'one');
    const { state } = accept(bob, one.envelope);
    const again = receive(bob, state, one.envelope);
    expect(again.outcome).toMatchObject({ payload: null, duplicate: true });
    const replayed = joinArrivingSession(state, arrive(bob, one.envelope), today);
    expect(codeOf(replayed)).toBe('known-first-message');
  });

  it('counts messages of one side from 0 and surfaces no number twice', () => {
    const { alice, bob, a, b } = createPair();
    const sealed = seal(alice, a, 'one');
    expect(sealed.sequence).toBe(1);
    const at = receive(bob, b, sealed.envelope);
    const renumbered = seal(alice, { ...sealed.state, nextSequence: 1 }, 'one again');
    const twice = receive(bob, at.state, renumbered.envelope);
    expect(twice.outcome).toMatchObject({ payload: null, duplicate: true });
  });

  it('proves delivery with the next message of the peer, each number once', () => {
    const pair = createPair();
    const [one, , three] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    const b1 = receive(pair.bob, pair.b, one).state;
    const b3 = receive(pair.bob, b1, three).state;
    const back = seal(pair.bob, b3, 'got some');
    const home = receive(pair.alice, pair.a, back.envelope);
    expect(home.outcome.deliveredSequences).toEqual([1, 3]);
    const again = seal(pair.bob, back.state, 'got the same');
    expect(receive(pair.alice, home.state, again.envelope).outcome.deliveredSequences).toEqual([]);
  });

  it('proves all deliveries in time although one message is lost for ever', () => {
    const pair = createPair();
    const [, ...rest] = sealMany(pair, 101) as [Bytes, ...Bytes[]];
    for (const envelope of rest) pair.b = receive(pair.bob, pair.b, envelope).state;
    const proved = new Set<number>();
    for (let answers = 0; answers < 13; answers++) {
      const back = seal(pair.bob, pair.b, 'yes');
      pair.b = back.state;
      const home = receive(pair.alice, pair.a, back.envelope);
      pair.a = home.state;
      for (const sequence of home.outcome.deliveredSequences) proved.add(sequence);
    }
    expect(proved.size).toBe(100);
    expect(proved.has(1)).toBe(false);
  });

  it.each([
    ['all below 500', [[0, 500]]],
    ['some up to 500', [[490, 500]]],
  ] as const)('does not believe an acknowledgement of what was never sent: %s', (_, set) => {
    const { alice, bob, a, b } = createPair();
    const received = { set, listedUpTo: 0, givenUpFrom: null };
    const boast = seal(bob, { ...b, numberings: [{ id: 0, received }] }, 'I have them');
    const taken = receive(alice, a, boast.envelope);
    expect(taken.outcome.deliveredSequences).toEqual([]);
    expect(taken.state.delivered).toEqual([[0, 1]]);
  });

  it('repeats its queue until a message that carried it is acknowledged', () => {
    const pair = createPair();
    const said = seal(pair.bob, pair.b, 'again with the queue');
    const at = receive(pair.alice, pair.a, said.envelope);
    expect(at.outcome.payload?.queue).toEqual(pair.bob.queue);
    const acked = seal(pair.alice, at.state, 'thanks');
    const known = receive(pair.bob, said.state, acked.envelope);
    const later = receive(pair.alice, acked.state, seal(pair.bob, known.state, 'short').envelope);
    expect(later.outcome.payload?.queue).toBeNull();
  });

  it('follows the newest queue that the peer named, in any order of arrival', () => {
    const { alice, bob, a, b } = createPair();
    const moved = { ...bob.queue, queueId: new Uint8Array(32).fill(9) as QueueId };
    const old = seal(bob, b, 'from the old queue');
    const news = seal(bob, moveOwnQueue(old.state, moved), { type: 'queue' });
    const after = receive(alice, receive(alice, a, news.envelope).state, old.envelope).state;
    expect(seal(alice, after, 'x').destination.queueId).toEqual(moved.queueId);
  });

  it('carries every kind of body unchanged', () => {
    const pair = createPair();
    const bytes = (fill: number) => new Uint8Array(32).fill(fill);
    const bodies: MessageBody[] = [
      { type: 'step' },
      { type: 'receipt' },
      { type: 'queue' },
      { type: 'lifetime', days: 7 },
      {
        type: 'attachment',
        blobId: bytes(1),
        key: bytes(2),
        hash: bytes(3),
        size: 2 ** 40,
        mediaType: 'image/jpeg',
        name: 'ဓာတ်ပုံ.jpg',
      },
      { type: 'decline' },
    ];
    for (const body of bodies) {
      const sealed = seal(pair.alice, pair.a, body);
      const received = receive(pair.bob, pair.b, sealed.envelope);
      expect(received.outcome.payload?.body).toEqual(body);
      pair.a = sealed.state;
      pair.b = received.state;
    }
  });

  it('is stored and read back without a difference, and prints no key', () => {
    const { a, b } = createPair();
    for (const state of [a, b]) {
      const stored = encodeConversation(state);
      const read = must(decodeConversation(stored));
      expect(encodeConversation(read)).toEqual(stored);
      for (const held of [state, read]) expect(JSON.stringify(held)).toBe('"<redacted>"');
    }
  });

  it('stops counting at the last number rather than using one twice', () => {
    const { alice, a } = createPair();
    const full = { ...a, nextSequence: 0xff_ff_ff_ff };
    expect(codeOf(sealPayload(alice.deps, full, text('x'), today))).toBe('number-exhausted');
  });
});

describe('An authentic payload of no known form', () => {
  it('is refused and leaves the stored conversation identical', () => {
    const { alice, bob, a, b } = createPair();
    const sealed = seal(alice, { ...a, nextSequence: -1 }, 'a number below all others');
    const stored = encodeConversation(b);
    expect(codeOf(receiveEnvelope(bob.deps, b, sealed.envelope, today))).toBe('malformed-payload');
    expect(encodeConversation(b)).toEqual(stored);
  });
});

describe('Marks', () => {
  it('are remembered for 61 days and then forgotten', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const { state } = accept(bob, seal(alice, begin(alice, bob), 'one').envelope);
    expect(forgetExpired(state, laterDay(61)).marks).toHaveLength(1);
    expect(forgetExpired(state, laterDay(62)).marks).toHaveLength(0);
  });
});
