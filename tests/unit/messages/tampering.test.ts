import { describe, expect, it } from 'vitest';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { headerBytes, prologueBytes } from '#core/messages/envelope.ts';
import {
  accept,
  begin,
  codeOf,
  createPair,
  createParty,
  must,
  receive,
  seal,
  sealMany,
  today,
  withFlippedByte,
  wordsOf,
} from './parties.ts';

function everyPosition(length: number, stride = 1): readonly number[] {
  return Array.from({ length: Math.ceil(length / stride) }, (_, index) => index * stride);
}

/** Each field of a type 1 envelope at its first, middle and last byte, and a stride over all of it. */
function firstPositions(): readonly number[] {
  const headerEnd = prologueBytes + headerBytes;
  const starts = [0, 1, 9, 41, 1_161, prologueBytes, prologueBytes + 24, headerEnd, headerEnd + 24];
  const edges = [...starts, 4_096].flatMap((start) => [start - 1, start, start + 3]);
  const inside = edges.filter((position) => position >= 0 && position < 4_096);
  return [...new Set([...inside, ...everyPosition(4_096, 13)])];
}

describe('One flipped byte', () => {
  it('anywhere in a 512-byte envelope is refused and leaves the stored conversation identical', () => {
    const { alice, bob, a, b } = createPair();
    const { envelope } = seal(alice, a, 'hello');
    const stored = encodeConversation(b);
    for (const position of everyPosition(envelope.length)) {
      const state = must(decodeConversation(stored));
      const refused = receiveEnvelope(bob.deps, state, withFlippedByte(envelope, position), today);
      expect(refused.ok, `byte ${String(position)}`).toBe(false);
      expect(encodeConversation(state)).toEqual(stored);
    }
    expect(wordsOf(receive(bob, b, envelope))).toBe('hello');
  });

  it('anywhere in an envelope of the chain after a gap leaves the stored conversation identical', () => {
    const pair = createPair();
    const envelope = sealMany(pair, 6).at(-1) ?? new Uint8Array();
    const stored = encodeConversation(pair.b);
    for (const position of everyPosition(envelope.length, 7)) {
      const changed = withFlippedByte(envelope, position);
      expect(receiveEnvelope(pair.bob.deps, pair.b, changed, today).ok).toBe(false);
      expect(encodeConversation(pair.b)).toEqual(stored);
    }
  });

  it('in each field of a first message begins no session', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const { envelope } = seal(alice, begin(alice, bob), 'hello');
    for (const position of firstPositions()) {
      const changed = withFlippedByte(envelope, position);
      const refused = acceptFirstMessage(bob.deps, bob.me, [bob.cardKeys], changed, today);
      expect(refused.ok, `byte ${String(position)}`).toBe(false);
    }
  });

  it('in a second message with the same prologue leaves the stored conversation identical', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const first = seal(alice, begin(alice, bob), 'one');
    const { state } = accept(bob, first.envelope);
    const { envelope } = seal(alice, first.state, 'two');
    const stored = encodeConversation(state);
    for (const position of firstPositions()) {
      const changed = withFlippedByte(envelope, position);
      expect(receiveEnvelope(bob.deps, state, changed, today).ok).toBe(false);
      expect(encodeConversation(state)).toEqual(stored);
    }
    expect(wordsOf(receive(bob, state, envelope))).toBe('two');
  });
});

describe('Envelopes put together from others', () => {
  it('a header with the body of another message is refused', () => {
    const pair = createPair();
    const [one, two] = sealMany(pair, 2);
    const spliced = new Uint8Array(one ?? []);
    spliced.set((two ?? new Uint8Array()).subarray(81), 81);
    expect(codeOf(receiveEnvelope(pair.bob.deps, pair.b, spliced, today))).toBe('not-authentic');
  });

  it('an envelope of one session is refused by another, of the same two people too', () => {
    const one = createPair('same');
    const other = createPair('other');
    const { envelope } = seal(one.alice, one.a, 'for one session');
    expect(codeOf(receiveEnvelope(other.bob.deps, other.b, envelope, today))).toBe('not-authentic');
  });

  it('an envelope is refused by its own sender', () => {
    const { alice, a } = createPair();
    const sealed = seal(alice, a, 'to you');
    expect(codeOf(receiveEnvelope(alice.deps, sealed.state, sealed.envelope, today))).toBe(
      'not-authentic',
    );
  });

  it('an envelope of another size, type or with its type stripped is refused', () => {
    const { alice, bob, a, b } = createPair();
    const { envelope } = seal(alice, a, 'hello');
    const retyped = new Uint8Array(envelope);
    retyped[0] = 1;
    const unknown = new Uint8Array(envelope);
    unknown[0] = 3;
    const shapes = [envelope.subarray(1), envelope.subarray(0, 511), retyped, unknown];
    for (const shape of [...shapes, new Uint8Array(0), new Uint8Array(4_096)]) {
      expect(codeOf(receiveEnvelope(bob.deps, b, shape, today))).toBe('not-an-envelope');
    }
  });

  it('an envelope padded up to a larger class is refused', () => {
    const { alice, bob, a, b } = createPair();
    const larger = new Uint8Array(1_024);
    larger.set(seal(alice, a, 'hello').envelope);
    expect(codeOf(receiveEnvelope(bob.deps, b, larger, today))).toBe('not-authentic');
  });
});
