import { describe, expect, it } from 'vitest';
import { encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { splitEnvelope } from '#core/messages/envelope.ts';
import { sealHeader } from '#core/messages/header.ts';
import { openEnvelope } from '#core/messages/ratchet-open.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { codeOf, createPair, must, receive, seal, sealMany, today, type Pair } from './parties.ts';
import { countingDeps } from './watched-crypto.ts';

interface Numbers {
  readonly number: number;
  readonly previousCount?: number;
}

/** A message of Alice's whose header is authentic and says what it likes. */
function withNumbers(pair: Pair, { number, previousCount = 0 }: Numbers): Bytes {
  const { session } = pair.a.sessions[0];
  if (session.sending === null) throw new Error('nothing to send on');
  const { envelope } = must(sealEnvelope(pair.alice.deps, session, Uint8Array.of(1)));
  const header = sealHeader(
    pair.alice.deps,
    session.sending.headerKey,
    { ratchetKey: session.ratchetKey.publicKey, previousCount, number },
    concatBytes(session.transcript, Uint8Array.of(2)),
  );
  envelope.set(header, 1);
  return envelope;
}

/** The verdict on an envelope, and the primitives that it cost. */
function costOf(pair: Pair, state: ConversationState, envelope: Bytes) {
  const stored = encodeConversation(state);
  const { deps, counts } = countingDeps(pair.bob.deps);
  const { session } = state.sessions[0];
  const code = codeOf(openEnvelope(deps, session, must(splitEnvelope(envelope)), today));
  expect(encodeConversation(state)).toEqual(stored);
  const { hmacSha512 = 0, hkdfSha512 = 0, dh = 0, aeadOpen = 0 } = counts;
  return { code, hmacSha512, hkdfSha512, dh, aeadOpen };
}

/** Bob in Alice's chain, or not yet. */
function inChain(pair: Pair): ConversationState {
  const [one] = sealMany(pair, 1) as [Bytes];
  return receive(pair.bob, pair.b, one).state;
}

const refusedByHeader = { hmacSha512: 0, hkdfSha512: 0, dh: 0 };

describe('A hostile number is refused in constant work', () => {
  it('2^32 - 1 in a chain that is open: one header tried, no key derived', () => {
    const pair = createPair('numbers');
    const state = inChain(pair);
    const cost = costOf(pair, state, withNumbers(pair, { number: 0xff_ff_ff_ff }));
    expect(cost).toEqual({ code: 'number-exhausted', ...refusedByHeader, aeadOpen: 1 });
  });

  it('2^32 - 1 in a new chain: no key derived, no Diffie-Hellman', () => {
    const pair = createPair('numbers');
    const cost = costOf(pair, pair.b, withNumbers(pair, { number: 0xff_ff_ff_ff }));
    expect(cost).toMatchObject({ code: 'number-exhausted', ...refusedByHeader });
  });

  it('257 or 2^32 - 2 ahead in a chain that is open', () => {
    const pair = createPair('numbers');
    const state = inChain(pair);
    for (const number of [1 + 257, 0xff_ff_ff_fe]) {
      const cost = costOf(pair, state, withNumbers(pair, { number }));
      expect(cost).toEqual({ code: 'gap-too-large', ...refusedByHeader, aeadOpen: 1 });
    }
  });

  it('2^32 - 2 in a new chain costs one step and no chain key', () => {
    const pair = createPair('numbers');
    const cost = costOf(pair, pair.b, withNumbers(pair, { number: 0xff_ff_ff_fe }));
    expect(cost).toMatchObject({ code: 'ok', hmacSha512: 0, hkdfSha512: 2, dh: 2 });
  });

  it('a previous count of 2^32 - 1 abandons the old chain underived', () => {
    const pair = createPair('numbers');
    pair.b = inChain(pair);
    const answer = seal(pair.bob, pair.b, 'a step');
    pair.a = receive(pair.alice, pair.a, answer.envelope).state;
    const envelope = withNumbers(pair, { number: 0, previousCount: 0xff_ff_ff_ff });
    const cost = costOf(pair, answer.state, envelope);
    // The body was sealed over another header: what matters is what was derived before it was tried.
    expect(cost).toMatchObject({ code: 'not-authentic', hmacSha512: 2, dh: 1 });
  });

  it('the dearest authentic message derives at most 256 keys of each chain', () => {
    const pair = createPair('numbers');
    const [one] = sealMany(pair, 257) as [Bytes];
    pair.b = receive(pair.bob, pair.b, one).state;
    const answer = seal(pair.bob, pair.b, 'a step');
    pair.a = receive(pair.alice, pair.a, answer.envelope).state;
    const last = sealMany(pair, 257).at(-1) ?? one;
    const cost = costOf(pair, answer.state, last);
    expect(cost).toMatchObject({ code: 'ok', hmacSha512: 2 * (256 + 257), dh: 2, hkdfSha512: 2 });
  });

  it('an envelope of a stranger costs one header for each key that could open it', () => {
    const pair = createPair('numbers');
    const other = createPair('others');
    const [envelope] = sealMany(other, 1) as [Bytes];
    const cost = costOf(pair, inChain(pair), envelope);
    expect(cost).toEqual({ code: 'not-authentic', ...refusedByHeader, aeadOpen: 2 });
    expect(codeOf(receiveEnvelope(pair.bob.deps, pair.b, envelope, today))).toBe('not-authentic');
  });
});
