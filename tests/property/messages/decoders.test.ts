import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { splitEnvelope } from '#core/messages/envelope.ts';
import { firstMessageMark } from '#core/messages/first-message-mark.ts';
import { padTo, unpad } from '#core/messages/padding.ts';
import { decodePayload, encodePayload } from '#core/messages/payload.ts';
import { decodeSession, encodeSession } from '#core/messages/session.ts';
import type { Result } from '#core/types/result.ts';
import {
  begin,
  createPair,
  createParty,
  must,
  openingOf,
  receive,
  seal,
  sealMany,
  today,
} from '#tests/unit/messages/parties.ts';

const pair = createPair('decoders');
const third = sealMany(pair, 3)[2] ?? new Uint8Array();
pair.b = receive(pair.bob, pair.b, third).state;
const alice = createParty('alice');
const bob = createParty('bob');
const first = seal(alice, begin(alice, bob), 'hello').envelope;
const payload = must({
  ok: true,
  value:
    encodePayload({
      sequence: 70_000,
      ack: { next: 3, extras: [5, 300] },
      queue: alice.queue,
      opening: openingOf(),
      body: {
        type: 'attachment',
        blobId: alice.deps.random(32),
        key: alice.deps.random(32),
        hash: alice.deps.random(32),
        size: 9,
        mediaType: 'image/png',
        name: 'a.png',
      },
    }) ?? new Uint8Array(),
});

interface Decoder {
  readonly name: string;
  readonly valid: Uint8Array;
  readonly decode: (bytes: Uint8Array) => Result<unknown, unknown>;
  readonly runs: number;
}

const decoders: readonly Decoder[] = [
  { name: 'splitEnvelope', valid: third, decode: splitEnvelope, runs: 2_000 },
  { name: 'firstMessageMark', valid: first, decode: firstMessageMark, runs: 1_000 },
  { name: 'unpad', valid: padTo(payload, 903) ?? payload, decode: unpad, runs: 3_000 },
  { name: 'decodePayload', valid: payload, decode: decodePayload, runs: 6_000 },
  {
    name: 'decodeSession',
    valid: encodeSession(pair.b.sessions[0].session),
    decode: decodeSession,
    runs: 4_000,
  },
  {
    name: 'decodeConversation',
    valid: encodeConversation(pair.b),
    decode: decodeConversation,
    runs: 4_000,
  },
  {
    name: 'receiveEnvelope',
    valid: third,
    decode: (bytes) => receiveEnvelope(pair.bob.deps, pair.b, bytes, today),
    runs: 1_000,
  },
  {
    name: 'acceptFirstMessage',
    valid: first,
    decode: (bytes) => acceptFirstMessage(bob.deps, bob.me, [bob.cardKeys], bytes, today),
    runs: 300,
  },
];

/** Noise, and a valid input with some bytes overwritten, cut off or added. */
function damaged(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 });
  const mutated = fc
    .tuple(edits, fc.option(fc.nat(valid.length)), fc.uint8Array({ maxLength: 4 }))
    .map(([changes, cut, tail]) => {
      const bytes = Uint8Array.from(valid);
      for (const [position, value] of changes) bytes[position] = value;
      return Uint8Array.from([...bytes.subarray(0, cut ?? bytes.length), ...tail]);
    });
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }) },
    { weight: 3, arbitrary: mutated },
  );
}

describe('Decoders answer any bytes with a value or an error, and throw nothing', () => {
  it.each(decoders)('$name', ({ valid, decode, runs }) => {
    expect(decode(valid).ok || decode === decoders[6]?.decode).toBe(true);
    fc.assert(
      fc.property(damaged(valid), (bytes) => {
        expect(typeof decode(bytes).ok).toBe('boolean');
      }),
      { numRuns: runs, seed: 7 },
    );
  });

  it('in more than 20,000 cases together', () => {
    expect(decoders.reduce((total, { runs }) => total + runs, 0)).toBeGreaterThan(20_000);
  });

  it('what decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(damaged(encodeConversation(pair.b)), (bytes) => {
        const decoded = decodeConversation(bytes);
        if (decoded.ok) expect(encodeConversation(decoded.value)).toEqual(bytes);
      }),
      { numRuns: 1_000, seed: 8 },
    );
  });
});
