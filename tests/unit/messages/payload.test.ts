import { describe, expect, it } from 'vitest';
import { encodeCbor, type CborValue } from '#core/codec/cbor.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { decodePayload } from '#core/messages/payload.ts';
import { codeOf, createPair } from './parties.ts';

const bytes = (length: number) => new Uint8Array(length).fill(7);
const relay = 'https://relay.example';
const queue = [bytes(32), bytes(32), [relay]];
const opening = [0, bytes(32), bytes(32)];

interface Fields {
  version?: CborValue;
  type?: CborValue;
  sequence?: CborValue;
  ack?: CborValue;
  queue?: CborValue;
  opening?: CborValue;
  body?: CborValue;
}

/** A valid payload of type 0 with some fields replaced. */
function codeWith(fields: Fields): string {
  const whole = {
    version: 1,
    type: 0,
    sequence: 5,
    ack: [3, [5, 9]],
    queue,
    opening,
    body: ['hello'],
    ...fields,
  };
  const { version, type, sequence, ack, body } = whole;
  const item: CborValue[] = [version, type, sequence, ack, whole.queue, whole.opening, body];
  return codeOf(decodePayload(encodeCbor(item)));
}

const attachment = (changes: Record<number, CborValue> = {}) =>
  Object.assign(
    [bytes(32), bytes(32), bytes(32), 2 ** 53 - 1, 'x'.repeat(100), '\u{1f33c}'.repeat(200)],
    changes,
  );

describe('A payload', () => {
  it.each<[string, Fields]>([
    ['with queue and opening', {}],
    ['with neither', { queue: null, opening: null }],
    ['with four relays', { queue: [bytes(32), bytes(32), Array(4).fill(relay)] }],
    ['with 16 extras', { ack: [0, Array.from({ length: 16 }, (_, index) => index + 1)] }],
    ['of origin 1', { opening: [1, bytes(32), bytes(32)] }],
    ['with an attachment at its limits', { type: 5, body: attachment() }],
    ['that declines', { type: 6, body: [] }],
  ])('is read %s', (_, fields) => {
    expect(codeWith(fields)).toBe('ok');
  });

  it.each<[string, Fields]>([
    ['of another version', { version: 2 }],
    ['of an unknown type', { type: 7, body: [] }],
    ['whose body is of another type', { type: 1 }],
    ['with the last number', { sequence: 2 ** 32 - 1 }],
    ['with a negative number', { sequence: -1 }],
    ['whose extras do not ascend', { ack: [3, [9, 5]] }],
    ['whose extras repeat', { ack: [3, [5, 5]] }],
    ['whose extras begin at next', { ack: [3, [3]] }],
    ['with 17 extras', { ack: [0, Array.from({ length: 17 }, (_, index) => index + 1)] }],
    ['with a short queue id', { queue: [bytes(31), bytes(32), [relay]] }],
    ['with an empty cap', { queue: [bytes(32), bytes(0), [relay]] }],
    ['with no relay', { queue: [bytes(32), bytes(32), []] }],
    ['with five relays', { queue: [bytes(32), bytes(32), Array(5).fill(relay)] }],
    ['with a relay that has a path', { queue: [bytes(32), bytes(32), [`${relay}/x`]] }],
    ['with a relay of another scheme', { queue: [bytes(32), bytes(32), ['javascript:alert(1)']] }],
    ['with a relay of 201 characters', { queue: [bytes(32), bytes(32), [relay.padEnd(201, 'x')]] }],
    ['of origin 2', { opening: [2, bytes(32), bytes(32)] }],
    ['of type queue without a queue', { type: 3, queue: null, body: [] }],
    ['with 3,901 bytes of text', { body: ['မ'.repeat(1_300) + 'x'] }],
    ['with a lifetime of 2 days', { type: 4, body: [2] }],
    ['with a short attachment key', { type: 5, body: attachment({ 1: bytes(31) }) }],
    ['with a media type of 101 characters', { type: 5, body: attachment({ 4: 'x'.repeat(101) }) }],
    ['with a name of 201 characters', { type: 5, body: attachment({ 5: 'x'.repeat(201) }) }],
    ['with one field too many in its body', { type: 1, body: [0] }],
  ])('is refused %s', (_, fields) => {
    expect(codeWith(fields)).toBe('malformed-payload');
  });
});

describe('A stored conversation', () => {
  it('whose received ranges touch or run backwards is refused', () => {
    const { a } = createPair();
    for (const set of [
      [
        [0, 2],
        [2, 3],
      ],
      [
        [5, 6],
        [1, 2],
      ],
      [[3, 3]],
    ] as const) {
      const received = { set, listedUpTo: 0, givenUpFrom: null };
      const stored = encodeConversation({ ...a, numberings: [{ id: 0, received }] });
      expect(codeOf(decodeConversation(stored))).toBe('malformed-cbor');
    }
  });
});
