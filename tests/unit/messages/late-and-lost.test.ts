import { describe, expect, it } from 'vitest';
import { encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { sealHeader } from '#core/messages/header.ts';
import type { SessionState } from '#core/messages/session.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey } from '#core/types/ids.ts';
import {
  codeOf,
  createPair,
  receive,
  seal,
  sealMany,
  today,
  withFlippedByte,
  wordsOf,
  type Pair,
} from './parties.ts';

const sessionOf = (state: ConversationState): SessionState => state.sessions[0].session;

/** Bob answers, and Alice opens a new chain: the next of hers closes the one before. */
function turn(pair: Pair): void {
  const answer = seal(pair.bob, pair.b, 'an answer');
  pair.b = answer.state;
  pair.a = receive(pair.alice, pair.a, answer.envelope).state;
}

describe('The end of a chain that is closed', () => {
  it('opens when it arrives after the next chain began', () => {
    const pair = createPair();
    const [first, late, later] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    pair.b = receive(pair.bob, pair.b, first).state;
    turn(pair);
    const [next] = sealMany(pair, 1) as [Bytes];
    const closed = receive(pair.bob, pair.b, next);
    expect(closed.outcome).toMatchObject({ lostCount: 0, duplicate: false });
    for (const [envelope, words] of [
      [late, 'message 1'],
      [later, 'message 2'],
    ] as const) {
      const opened = receive(pair.bob, closed.state, envelope);
      expect(wordsOf(opened)).toBe(words);
    }
  });

  it.each([
    [256, 0],
    [257, 257],
  ])('of %i messages loses %i', (missing, lost) => {
    const pair = createPair();
    const [first, ...others] = sealMany(pair, 1 + missing) as [Bytes, ...Bytes[]];
    pair.b = receive(pair.bob, pair.b, first).state;
    turn(pair);
    const [next] = sealMany(pair, 1) as [Bytes];
    const closed = receive(pair.bob, pair.b, next);
    expect(closed.outcome.lostCount).toBe(lost);
    expect(sessionOf(closed.state).skipped[0]?.keys ?? []).toHaveLength(missing - lost);
    const last = receiveEnvelope(pair.bob.deps, closed.state, others.at(-1) ?? first, today);
    expect(codeOf(last)).toBe(lost === 0 ? 'ok' : 'not-authentic');
  });
});

describe('A message that was passed over', () => {
  it('opens also when others of its chain were passed over later', () => {
    const pair = createPair();
    const [zero, one, two, three] = sealMany(pair, 4) as [Bytes, Bytes, Bytes, Bytes];
    let { b } = pair;
    for (const envelope of [one, three]) b = receive(pair.bob, b, envelope).state;
    expect(sessionOf(b).skipped).toHaveLength(1);
    for (const [envelope, words] of [
      [two, 'message 2'],
      [zero, 'message 0'],
    ] as const) {
      const opened = receive(pair.bob, b, envelope);
      expect(wordsOf(opened)).toBe(words);
      b = opened.state;
    }
    expect(sessionOf(b).skipped).toEqual([]);
  });

  it('keeps its key while only changed copies of it arrive', () => {
    const pair = createPair();
    const [late, next] = sealMany(pair, 2) as [Bytes, Bytes];
    const { state } = receive(pair.bob, pair.b, next);
    const stored = encodeConversation(state);
    const changed = withFlippedByte(late, late.length - 1);
    expect(codeOf(receiveEnvelope(pair.bob.deps, state, changed, today))).toBe('not-authentic');
    expect(encodeConversation(state)).toEqual(stored);
    expect(wordsOf(receive(pair.bob, state, late))).toBe('message 0');
  });

  it('and read is a duplicate, though its number lies ahead in the chain of today', () => {
    const pair = createPair();
    const [zero, , , three, four] = sealMany(pair, 5) as [Bytes, Bytes, Bytes, Bytes, Bytes];
    for (const envelope of [zero, four]) pair.b = receive(pair.bob, pair.b, envelope).state;
    turn(pair);
    const [next] = sealMany(pair, 1) as [Bytes];
    pair.b = receive(pair.bob, pair.b, next).state;
    const { state } = receive(pair.bob, pair.b, three);
    expect(receive(pair.bob, state, three).outcome).toMatchObject({
      payload: null,
      duplicate: true,
    });
  });
});

describe('A header of the peer', () => {
  it('with a low-order key is refused, though it is authentic', () => {
    const pair = createPair();
    const { transcript, sending } = sessionOf(pair.a);
    const [envelope] = sealMany(pair, 1) as [Bytes];
    if (sending === null) throw new Error('nothing to send on');
    const header = { ratchetKey: new Uint8Array(32) as DhPublicKey, previousCount: 0, number: 0 };
    const ad = concatBytes(transcript, Uint8Array.of(2));
    envelope.set(sealHeader(pair.alice.deps, sending.headerKey, header, ad), 1);
    const refused = receiveEnvelope(pair.bob.deps, pair.b, envelope, today);
    expect(codeOf(refused)).toBe('low-order-point');
  });
});
