import { describe, expect, it } from 'vitest';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { encodeSession } from '#core/messages/session.ts';
import type { Bytes } from '#core/types/bytes.ts';
import {
  accept,
  arrive,
  begin,
  createPair,
  createParty,
  must,
  openingOf,
  receive,
  seal,
  sealMany,
  today,
  wordsOf,
  type Party,
} from './parties.ts';

/** Each byte of the envelope in turn, with another bit of it flipped each time. */
function* flippedAtEveryByte(envelope: Bytes, stride = 1): Generator<readonly [number, Bytes]> {
  for (let position = 0; position < envelope.length; position += stride) {
    const changed = new Uint8Array(envelope);
    changed[position] = (changed[position] ?? 0) ^ (1 << (position % 8));
    yield [position, changed];
  }
}

/** Takes an envelope as an engine does: on the stored conversation, else as a first message. */
function takesAnything(party: Party, state: ConversationState, envelope: Bytes): boolean {
  const received = receiveEnvelope(party.deps, state, envelope, today);
  if (received.ok) return true;
  if (received.error.code !== 'unknown-first-message') return false;
  const { deps, me, cardKeys } = party;
  const arrived = acceptFirstMessage(deps, me, [cardKeys], envelope, today);
  return arrived.ok && joinArrivingSession(state, arrived.value, today).ok;
}

/** Every position refused, the stored bytes the same each time, and the true envelope still opens. */
function expectEveryFlipRefused(
  party: Party,
  before: ConversationState,
  envelope: Bytes,
  stride = 1,
): void {
  const stored = encodeConversation(before);
  const state = must(decodeConversation(stored));
  const accepted: number[] = [];
  const altered: number[] = [];
  for (const [position, changed] of flippedAtEveryByte(envelope, stride)) {
    if (takesAnything(party, state, changed)) accepted.push(position);
    if (Buffer.compare(encodeConversation(state), stored) !== 0) altered.push(position);
  }
  expect({ accepted, altered }).toEqual({ accepted: [], altered: [] });
}

describe('One flipped byte, at every position, is refused and leaves the stored conversation identical', () => {
  it('in a 512-byte message', () => {
    const { alice, bob, a, b } = createPair('flips');
    const { envelope } = seal(alice, a, 'hello');
    expectEveryFlipRefused(bob, b, envelope);
    expect(wordsOf(receive(bob, b, envelope))).toBe('hello');
  });

  it('in a 4,096-byte message', () => {
    const { alice, bob, a, b } = createPair('flips');
    const { envelope } = seal(alice, a, 'س'.repeat(1_000));
    expect(envelope).toHaveLength(4_096);
    expectEveryFlipRefused(bob, b, envelope);
  });

  it('in a message whose key was passed over', () => {
    const pair = createPair('flips');
    const [late, , next] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    const { state } = receive(pair.bob, pair.b, next);
    expectEveryFlipRefused(pair.bob, state, late);
    expect(wordsOf(receive(pair.bob, state, late))).toBe('message 0');
  });

  it('in a second message with the first one’s prologue', () => {
    const [alice, bob] = [createParty('flips alice'), createParty('flips bob')];
    const first = seal(alice, begin(alice, bob), 'one');
    const { state } = accept(bob, first.envelope);
    const { envelope } = seal(alice, first.state, 'two');
    expectEveryFlipRefused(bob, state, envelope);
    expect(wordsOf(receive(bob, state, envelope))).toBe('two');
  });

  it('in a first message to somebody who has a conversation with its sender, at every 7th', () => {
    const { alice, bob, b } = createPair('flips');
    const { envelope } = seal(alice, begin(alice, bob, openingOf(1)), 'restored');
    expectEveryFlipRefused(bob, b, envelope, 7);
    const joined = must(joinArrivingSession(b, arrive(bob, envelope), today));
    expect(wordsOf(joined)).toBe('restored');
  });

  it('in a first message from a stranger, which begins nothing and spends no card key', () => {
    const [alice, bob] = [createParty('flips alice'), createParty('flips bob')];
    const { envelope } = seal(alice, begin(alice, bob), 'hello');
    const cards = JSON.stringify([...bob.cardKeys.spk.privateKey, ...bob.cardKeys.kem.privateKey]);
    const accepted: number[] = [];
    for (const [position, changed] of flippedAtEveryByte(envelope)) {
      const { deps, me, cardKeys } = bob;
      if (acceptFirstMessage(deps, me, [cardKeys], changed, today).ok) accepted.push(position);
    }
    expect(accepted).toEqual([]);
    expect(JSON.stringify([...bob.cardKeys.spk.privateKey, ...bob.cardKeys.kem.privateKey])).toBe(
      cards,
    );
    expect(encodeSession(arrive(bob, envelope).session).length).toBeGreaterThan(0);
  });
});
