import { describe, expect, it } from 'vitest';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { acceptConversation, beginConversation } from '#core/messages/conversation-begin.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import { labelledBytes } from '#core/codec/hash.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey, KemPublicKey } from '#core/types/ids.ts';
import {
  begin,
  codeOf,
  createPair,
  createParty,
  crypto,
  must,
  openingOf,
  receive,
  seal,
  sealMany,
  text,
  today,
  withFlippedByte,
  wordsOf,
} from './parties.ts';
import { WatchedCrypto } from './watched-crypto.ts';

const alice = createParty('wiping alice');
const bob = createParty('wiping bob');

function firstEnvelope(): Bytes {
  return seal(alice, begin(alice, bob), 'hello').envelope;
}

describe('Every secret that libsodium or the random source gave, and every key and plaintext given to it, is zero afterwards unless the session keeps it', () => {
  it('when a conversation is begun', () => {
    const watched = new WatchedCrypto(alice.deps);
    const begun = must(
      beginConversation(watched.deps, alice.me, bob.card, openingOf(), alice.queue),
    );
    expect(watched.seen).toBeGreaterThan(8);
    expect(watched.leftBehind([begun], [alice])).toEqual([]);
  });

  it('when a card is refused for a low-order point, at whichever step', () => {
    const ik = new Uint8Array(32) as DhPublicKey;
    const bind = crypto.sign(bob.seed, labelledBytes('bind', ik));
    const kem = new Uint8Array(bob.card.kem) as KemPublicKey;
    kem.fill(0, 1_184);
    for (const changed of [{ ik, bind }, { spk: ik }, { kem }]) {
      const watched = new WatchedCrypto(alice.deps);
      const card = { ...bob.card, ...changed };
      const begun = beginConversation(watched.deps, alice.me, card, openingOf(), alice.queue);
      expect(codeOf(begun)).toBe('low-order-point');
      expect(watched.seen).toBeGreaterThan(1);
      expect(watched.leftBehind([], [alice])).toEqual([]);
    }
  });

  it('when a first message is accepted, and the text comes out whole', () => {
    const watched = new WatchedCrypto(bob.deps);
    const arrived = must(
      acceptFirstMessage(watched.deps, bob.me, [bob.cardKeys], firstEnvelope(), today),
    );
    const accepted = acceptConversation(bob.me, arrived, bob.queue, today);
    expect(wordsOf(accepted)).toBe('hello');
    expect(accepted.state.peerQueue?.queue).toEqual(alice.queue);
    expect(watched.leftBehind([accepted.state], [bob])).toEqual([]);
    expect(bob.cardKeys.spk.privateKey.some((byte) => byte !== 0)).toBe(true);
  });

  it('when a first message is refused, wherever it is wrong', () => {
    const envelope = firstEnvelope();
    for (const position of [10, 60, 1_170, 1_310, 1_340, 1_390, 4_000]) {
      const watched = new WatchedCrypto(bob.deps);
      const changed = withFlippedByte(envelope, position);
      const refused = acceptFirstMessage(watched.deps, bob.me, [bob.cardKeys], changed, today);
      expect(refused.ok).toBe(false);
      expect(watched.leftBehind([], [bob])).toEqual([]);
    }
    const { session } = begin(alice, bob).sessions[0];
    const malformed = must(sealEnvelope(alice.deps, session, Uint8Array.of(0x80))).envelope;
    const watched = new WatchedCrypto(bob.deps);
    const refused = acceptFirstMessage(watched.deps, bob.me, [bob.cardKeys], malformed, today);
    expect(codeOf(refused)).toBe('malformed-payload');
    expect(watched.leftBehind([], [bob])).toEqual([]);
  });

  it('when a message is sealed', () => {
    const pair = createPair('wiping');
    const watched = new WatchedCrypto(pair.alice.deps);
    const sealed = must(sealPayload(watched.deps, pair.a, text('a secret'), today));
    expect(watched.leftBehind([pair.a, sealed.state])).toEqual([]);
  });

  it('when a message opens: in order, on a new chain, late, and after a gap', () => {
    const pair = createPair('wiping');
    const [one, two, three] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    const [last] = sealMany(pair, 258).slice(-1) as [Bytes];
    let state = pair.b;
    for (const envelope of [two, one, three, last]) {
      const watched = new WatchedCrypto(pair.bob.deps);
      const received = must(receiveEnvelope(watched.deps, state, envelope, today));
      expect(watched.leftBehind([state, received.state])).toEqual([]);
      state = received.state;
    }
    const step = seal(pair.bob, state, { type: 'step' });
    const stepped = receive(pair.alice, pair.a, step.envelope);
    const fresh = seal(pair.alice, stepped.state, 'again').envelope;
    const watched = new WatchedCrypto(pair.bob.deps);
    const healed = must(receiveEnvelope(watched.deps, step.state, fresh, today));
    expect(wordsOf(healed)).toBe('again');
    expect(watched.leftBehind([step.state, healed.state])).toEqual([]);
  });

  it('when the header alone opens a chain 257 messages in', () => {
    const pair = createPair('wiping');
    const [last] = sealMany(pair, 258).slice(-1) as [Bytes];
    const watched = new WatchedCrypto(pair.bob.deps);
    const received = must(receiveEnvelope(watched.deps, pair.b, last, today));
    expect(received.outcome).toMatchObject({ payload: null, needsStep: true });
    expect(watched.leftBehind([pair.b, received.state])).toEqual([]);
  });

  it('when a message does not open: changed, copied, on a new chain or late', () => {
    const pair = createPair('wiping');
    const [one, , three] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    const after = receive(pair.bob, pair.b, three).state;
    for (const [state, envelope] of [
      [pair.b, withFlippedByte(three, 100)],
      [pair.b, withFlippedByte(three, 30)],
      [after, withFlippedByte(one, 500)],
      [after, three],
    ] as const) {
      const watched = new WatchedCrypto(pair.bob.deps);
      receiveEnvelope(watched.deps, state, envelope, today);
      expect(watched.leftBehind([state])).toEqual([]);
    }
  });
});
