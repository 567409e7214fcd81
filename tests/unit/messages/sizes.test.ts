import { describe, expect, it } from 'vitest';
import { textRoomBytes } from '#core/messages/conversation-seal.ts';
import {
  firstOverheadBytes,
  headerBytes,
  prologueBytes,
  ratchetOverheadBytes,
} from '#core/messages/envelope.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import { padTo, unpad } from '#core/messages/padding.ts';
import { utf8Length } from '#core/messages/payload-body.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import {
  accept,
  begin,
  codeOf,
  createPair,
  createParty,
  must,
  receive,
  seal,
  text,
  today,
  wordsOf,
} from './parties.ts';

describe('Sizes of envelopes', () => {
  it('a first message costs 1,425 bytes: 1 + 8 + 32 + 1,120 + 144 + 80 + 40', () => {
    expect(prologueBytes).toBe(1 + 8 + 32 + 1_120 + 144);
    expect(headerBytes).toBe(80);
    expect(firstOverheadBytes).toBe(1_425);
  });

  it('a ratchet message costs 121 bytes', () => {
    expect(ratchetOverheadBytes).toBe(121);
  });

  it('every message until the first answer is 4,096 bytes and goes to the contact queue', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const one = seal(alice, begin(alice, bob), 'a');
    const two = seal(alice, one.state, 'b'.repeat(1_500));
    for (const sealed of [one, two]) {
      expect(sealed.envelope.length).toBe(4_096);
      expect(sealed.envelope[0]).toBe(1);
      expect(sealed.destination.kind).toBe('contact');
      expect(sealed.destination.queueId).toEqual(bob.card.queueId);
      expect(sealed.destination.cap.length).toBe(0);
    }
  });

  it('2,300 bytes of text fit the first message beside a reply queue on two relays', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const relays = ['https://relay-one.wallflower.example', 'https://relay-two.wallflower.example'];
    const queue = { ...alice.queue, relays: relays as RelayOrigin[] };
    const state = begin({ ...alice, queue }, bob);
    expect(textRoomBytes(state)).toBeGreaterThanOrEqual(2_300);
    const sealed = seal(alice, state, 'é'.repeat(1_150));
    expect(sealed.envelope.length).toBe(4_096);
    expect(wordsOf(accept(bob, sealed.envelope))).toBe('é'.repeat(1_150));
  });

  it.each([
    ['10 Latin characters', 'a'.repeat(10), 512],
    ['1,000 Latin characters', 'a'.repeat(1_000), 2_048],
    ['1,000 Arabic characters', 'ع'.repeat(1_000), 4_096],
    ['1,000 Burmese characters', 'မ'.repeat(1_000), 4_096],
    ['400 Latin characters', 'a'.repeat(400), 1_024],
  ])('%s travel in the fitting class', (_, words, size) => {
    const { alice, bob, a, b } = createPair();
    const sealed = seal(alice, a, words);
    expect(sealed.envelope.length).toBe(size);
    expect(wordsOf(receive(bob, b, sealed.envelope))).toBe(words);
  });

  it('messages of a class are alike: one character or two hundred', () => {
    const { alice, a } = createPair();
    expect(seal(alice, a, 'x').envelope.length).toBe(
      seal(alice, a, 'x'.repeat(200)).envelope.length,
    );
  });

  it('the longest text that the room promises fits, one byte more does not', () => {
    const { alice, bob, a, b } = createPair();
    expect(textRoomBytes(a)).toBe(3_900);
    expect(wordsOf(receive(bob, b, seal(alice, a, 'x'.repeat(3_900)).envelope))).toHaveLength(
      3_900,
    );
    expect(codeOf(sealPayload(alice.deps, a, text('x'.repeat(3_901)), today))).toBe(
      'malformed-body',
    );
    const first = begin(alice, bob);
    const room = textRoomBytes(first);
    expect(seal(alice, first, 'x'.repeat(room)).envelope.length).toBe(4_096);
    const over = sealPayload(alice.deps, first, text('x'.repeat(room + 1)), today);
    expect(codeOf(over)).toBe('payload-too-long');
  });

  it('the longest text leaves out extras of the acknowledgement before it is refused', () => {
    const pair = createPair();
    let { b } = pair;
    for (let index = 0; index < 40; index++) {
      const sealed = seal(pair.alice, pair.a, `${String(index)}`);
      pair.a = sealed.state;
      if (index % 2 === 1) b = receive(pair.bob, b, sealed.envelope).state;
    }
    const back = seal(pair.bob, b, 'x'.repeat(3_880));
    expect(wordsOf(receive(pair.alice, pair.a, back.envelope))).toHaveLength(3_880);
  });

  it('a text with half a surrogate pair is refused', () => {
    const { alice, a } = createPair();
    expect(codeOf(sealPayload(alice.deps, a, text('\ud800'), today))).toBe('malformed-body');
    expect(utf8Length('မ')).toBe(3);
  });
});

describe('Padding', () => {
  it('always costs at least one byte', () => {
    expect(padTo(new Uint8Array(10), 10)).toBeNull();
    expect(padTo(new Uint8Array(9), 10)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80));
  });

  it('comes off whatever the payload ends in', () => {
    for (const payload of [[], [0], [0x80], [0x80, 0], [1, 0x80, 0x80]]) {
      const padded = padTo(Uint8Array.from(payload), 16);
      expect(must(unpad(padded ?? new Uint8Array()))).toEqual(Uint8Array.from(payload));
    }
  });

  it('of zeros only, of nothing, or without its mark is refused', () => {
    for (const padded of [[], [0, 0, 0], [0x81], [0x80, 1]]) {
      expect(codeOf(unpad(Uint8Array.from(padded)))).toBe('malformed-padding');
    }
  });
});
