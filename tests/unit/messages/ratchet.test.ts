import { describe, expect, it } from 'vitest';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { splitEnvelope } from '#core/messages/envelope.ts';
import { sealHeader } from '#core/messages/header.ts';
import { openEnvelope } from '#core/messages/ratchet-open.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import { encodeSession, type SessionState } from '#core/messages/session.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import {
  accept,
  begin,
  codeOf,
  createPair,
  createParty,
  laterDay,
  must,
  receive,
  seal,
  sealMany,
  text,
  today,
  wordsOf,
  type Pair,
} from './parties.ts';

function sending(state: ConversationState): SessionState {
  return state.sessions[0].session;
}

function skippedCount(state: ConversationState): number {
  return sending(state).skipped.reduce((total, chain) => total + chain.keys.length, 0);
}

/** Alice's session with its chain said to be at another number; its keys stay as they are. */
function atNumber(session: SessionState, number: number): SessionState {
  if (session.sending === null) throw new Error('nothing to send on');
  return { ...session, sending: { ...session.sending, number } };
}

function pickLast(envelopes: readonly Bytes[]): Bytes {
  return envelopes.at(-1) ?? new Uint8Array();
}

function exchange(pair: Pair, words: string): void {
  const there = seal(pair.alice, pair.a, words);
  const at = receive(pair.bob, pair.b, there.envelope);
  expect(wordsOf(at)).toBe(words);
  const back = seal(pair.bob, at.state, `${words} too`);
  const home = receive(pair.alice, there.state, back.envelope);
  expect(wordsOf(home)).toBe(`${words} too`);
  pair.a = home.state;
  pair.b = back.state;
}

describe('The ratchet', () => {
  it('carries a long talk in both directions, each step with a new key', () => {
    const pair = createPair();
    const keys = new Set<string>();
    for (let turn = 0; turn < 10; turn++) {
      exchange(pair, `turn ${String(turn)}`);
      keys.add(Buffer.from(sending(pair.a).ratchetKey.publicKey).toString('hex'));
    }
    expect(keys.size).toBe(10);
  });

  it('opens messages in any order, each once', () => {
    const pair = createPair();
    const [one, two, three] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    let state = pair.b;
    for (const [envelope, words] of [
      [three, 'message 2'],
      [one, 'message 0'],
      [two, 'message 1'],
    ] as const) {
      const received = receive(pair.bob, state, envelope);
      expect(wordsOf(received)).toBe(words);
      state = received.state;
    }
    for (const envelope of [one, two, three]) {
      const again = receiveEnvelope(pair.bob.deps, state, envelope, today);
      expect(again.ok ? again.value.outcome.payload : null).toBeNull();
    }
  });

  it('answers a copy of the newest message as a duplicate and changes nothing', () => {
    const pair = createPair();
    const [envelope] = sealMany(pair, 1) as [Bytes];
    const { state } = receive(pair.bob, pair.b, envelope);
    const again = receive(pair.bob, state, envelope);
    expect(again.outcome).toMatchObject({ payload: null, duplicate: true });
    expect(encodeConversation(again.state)).toEqual(encodeConversation(state));
  });

  it('opens late messages of an earlier chain after the step', () => {
    const pair = createPair();
    const [late] = sealMany(pair, 1) as [Bytes];
    exchange(pair, 'meanwhile');
    exchange(pair, 'and again');
    expect(wordsOf(receive(pair.bob, pair.b, late))).toBe('message 0');
  });

  it('knows a copy of a late message while other keys of its chain are kept', () => {
    const pair = createPair();
    const [late, , next] = sealMany(pair, 3) as [Bytes, Bytes, Bytes];
    pair.b = receive(pair.bob, pair.b, next).state;
    exchange(pair, 'meanwhile');
    exchange(pair, 'and again');
    const { state } = receive(pair.bob, pair.b, late);
    expect(receive(pair.bob, state, late).outcome).toMatchObject({
      payload: null,
      duplicate: true,
    });
  });

  it('never uses number 2^32 - 1, sending or receiving', () => {
    const pair = createPair();
    const session = sending(pair.a);
    const spent = atNumber(session, 0xff_ff_ff_ff);
    expect(codeOf(sealEnvelope(pair.alice.deps, spent, Uint8Array.of(1)))).toBe('number-exhausted');
    const sealed = must(sealEnvelope(pair.alice.deps, session, Uint8Array.of(1)));
    const header = sealHeader(
      pair.alice.deps,
      session.sending?.headerKey ?? sending(pair.b).nextReceivingHeaderKey,
      { ratchetKey: session.ratchetKey.publicKey, previousCount: 1, number: 0xff_ff_ff_ff },
      concatBytes(session.transcript, Uint8Array.of(2)),
    );
    sealed.envelope.set(header, 1);
    const refused = receiveEnvelope(pair.bob.deps, pair.b, sealed.envelope, today);
    expect(codeOf(refused)).toBe('number-exhausted');
    const [fine] = sealMany(pair, 1) as [Bytes];
    const inChain = receive(pair.bob, pair.b, fine).state;
    expect(codeOf(receiveEnvelope(pair.bob.deps, inChain, sealed.envelope, today))).toBe(
      'number-exhausted',
    );
  });

  it('keeps 256 skipped keys of a message but refuses a gap of 257', () => {
    const pair = createPair();
    const [first, ...rest] = sealMany(pair, 259) as [Bytes, ...Bytes[]];
    const { state } = receive(pair.bob, pair.b, first);
    const atLimit = receive(pair.bob, state, rest[256] ?? first);
    expect(wordsOf(atLimit)).toBe('message 257');
    expect(skippedCount(atLimit.state)).toBe(256);
    const parts = must(splitEnvelope(rest[257] ?? first));
    expect(codeOf(openEnvelope(pair.bob.deps, sending(state), parts, today))).toBe('gap-too-large');
  });

  it('refuses a gap in constant work: no chain key is derived', () => {
    const pair = createPair();
    const [first, ...rest] = sealMany(pair, 300) as [Bytes, ...Bytes[]];
    const { state } = receive(pair.bob, pair.b, first);
    let derivations = 0;
    const counting = {
      ...pair.bob.deps.crypto,
      hmacSha512: (key: Uint8Array, data: Uint8Array) => {
        derivations++;
        return pair.bob.deps.crypto.hmacSha512(key, data);
      },
    };
    receiveEnvelope({ ...pair.bob.deps, crypto: counting }, state, pickLast(rest), today);
    expect(derivations).toBe(0);
  });
});

describe('257 messages dropped in a row', () => {
  it('heal when the receiver was in their chain: it asks for one step, the sender opens a new chain', () => {
    const pair = createPair();
    const [first, ...lost] = sealMany(pair, 259) as [Bytes, ...Bytes[]];
    pair.b = receive(pair.bob, pair.b, first).state;
    const gap = receive(pair.bob, pair.b, pickLast(lost));
    expect(gap.outcome).toMatchObject({ payload: null, needsStep: true, lostCount: 0 });
    const [after] = sealMany(pair, 1) as [Bytes];
    const again = receive(pair.bob, gap.state, after);
    expect(again.outcome.needsStep).toBe(false);
    const step = seal(pair.bob, again.state, { type: 'step' });
    const stepped = receive(pair.alice, pair.a, step.envelope);
    expect(stepped.outcome.payload?.body).toEqual({ type: 'step' });
    const fresh = seal(pair.alice, stepped.state, 'readable again');
    const healed = receive(pair.bob, step.state, fresh.envelope);
    expect(wordsOf(healed)).toBe('readable again');
    expect(healed.outcome.lostCount).toBe(259);
    exchangeFrom(pair, fresh.state, healed.state);
  });

  it('heal when the receiver saw nothing of their chain: the step is taken on the header alone', () => {
    const pair = createPair();
    const lost = sealMany(pair, 258);
    const gap = receive(pair.bob, pair.b, pickLast(lost));
    expect(gap.outcome).toMatchObject({ payload: null, needsStep: true, lostCount: 0 });
    const step = seal(pair.bob, gap.state, { type: 'step' });
    const stepped = receive(pair.alice, pair.a, step.envelope);
    const fresh = seal(pair.alice, stepped.state, 'readable again');
    const healed = receive(pair.bob, step.state, fresh.envelope);
    expect(wordsOf(healed)).toBe('readable again');
    expect(healed.outcome.lostCount).toBe(258);
    exchangeFrom(pair, fresh.state, healed.state);
  });

  it('heal each time anew: one step is asked for in each chain', () => {
    const pair = createPair();
    for (let round = 0; round < 2; round++) {
      const gap = receive(pair.bob, pair.b, pickLast(sealMany(pair, 258)));
      expect(gap.outcome.needsStep).toBe(true);
      const step = seal(pair.bob, gap.state, { type: 'step' });
      pair.a = receive(pair.alice, pair.a, step.envelope).state;
      const fresh = seal(pair.alice, pair.a, 'readable again');
      pair.a = fresh.state;
      pair.b = receive(pair.bob, step.state, fresh.envelope).state;
      const [first, ...lost] = sealMany(pair, 259) as [Bytes, ...Bytes[]];
      const inChain = receive(pair.bob, pair.b, first).state;
      const again = receive(pair.bob, inChain, pickLast(lost));
      expect(again.outcome.needsStep).toBe(true);
      const heal = seal(pair.bob, again.state, { type: 'step' });
      pair.a = receive(pair.alice, pair.a, heal.envelope).state;
      pair.b = heal.state;
    }
  });

  it('heal in the other direction as well', () => {
    const made = createPair();
    const pair = { alice: made.bob, bob: made.alice, a: made.b, b: made.a };
    const [first, ...lost] = sealMany(pair, 259) as [Bytes, ...Bytes[]];
    pair.b = receive(pair.bob, pair.b, first).state;
    const gap = receive(pair.bob, pair.b, pickLast(lost));
    const step = seal(pair.bob, gap.state, { type: 'step' });
    const stepped = receive(pair.alice, pair.a, step.envelope);
    const fresh = seal(pair.alice, stepped.state, 'readable again');
    expect(wordsOf(receive(pair.bob, step.state, fresh.envelope))).toBe('readable again');
  });

  it('on both sides at once heal too', () => {
    const pair = createPair();
    const swapped = { alice: pair.bob, bob: pair.alice, a: pair.b, b: pair.a };
    const fromAlice = sealMany(pair, 258);
    const fromBob = sealMany(swapped, 258);
    const atBob = receive(pair.bob, swapped.a, pickLast(fromAlice));
    const atAlice = receive(pair.alice, pair.a, pickLast(fromBob));
    expect([atBob.outcome.needsStep, atAlice.outcome.needsStep]).toEqual([true, true]);
    const bobStep = seal(pair.bob, atBob.state, { type: 'step' });
    const aliceStep = seal(pair.alice, atAlice.state, { type: 'step' });
    const a = receive(pair.alice, aliceStep.state, bobStep.envelope).state;
    const b = receive(pair.bob, bobStep.state, aliceStep.envelope).state;
    exchangeFrom(pair, a, b);
  });

  it('cannot happen before the first answer: message 258 is not sealed', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    let state = begin(alice, bob);
    let last: Bytes = new Uint8Array();
    for (let index = 0; index < 257; index++) {
      const sealed = seal(alice, state, String(index));
      state = sealed.state;
      last = sealed.envelope;
    }
    expect(codeOf(sealPayload(alice.deps, state, text('258'), today))).toBe('too-many-unanswered');
    expect(wordsOf(accept(bob, last))).toBe('256');
  });
});

function exchangeFrom(pair: Pair, a: ConversationState, b: ConversationState): void {
  pair.a = a;
  pair.b = b;
  exchange(pair, 'as before');
}

describe('Skipped keys', () => {
  it('open their message on day 30 and no later', () => {
    const pair = createPair();
    const [late, next] = sealMany(pair, 2) as [Bytes, Bytes];
    const { state } = receive(pair.bob, pair.b, next);
    expect(wordsOf(receive(pair.bob, state, late, laterDay(30)))).toBe('message 0');
    const expired = receiveEnvelope(pair.bob.deps, state, late, laterDay(31));
    expect(codeOf(expired)).toBe('ok');
    expect(expired.ok ? expired.value.outcome.payload : null).toBeNull();
    const sealed = seal(pair.bob, state, 'a month on', laterDay(31));
    expect(skippedCount(sealed.state)).toBe(0);
  });

  it('are at most 1,000, the oldest go first', () => {
    const pair = createPair();
    const lost: Bytes[] = [];
    for (let round = 0; round < 5; round++) {
      const envelopes = sealMany(pair, 251);
      lost.push(...envelopes.slice(0, 250));
      pair.b = receive(pair.bob, pair.b, pickLast(envelopes)).state;
    }
    expect(skippedCount(pair.b)).toBe(1_000);
    const [oldest, kept] = [lost[249], lost[250]] as [Bytes, Bytes];
    const gone = receiveEnvelope(pair.bob.deps, pair.b, oldest, today);
    expect(gone.ok ? gone.value.outcome.payload : null).toBeNull();
    expect(wordsOf(receive(pair.bob, pair.b, kept))).toBe('message 0');
    const stored = encodeConversation(pair.b);
    expect(encodeConversation(must(decodeConversation(stored)))).toEqual(stored);
  });

  it('of a used message are not in the stored session any more', () => {
    const pair = createPair();
    const [late, next] = sealMany(pair, 2) as [Bytes, Bytes];
    const { state } = receive(pair.bob, pair.b, next);
    const key = sending(state).skipped[0]?.keys[0]?.messageKey ?? new Uint8Array(32);
    expect(Buffer.from(encodeSession(sending(state))).includes(key)).toBe(true);
    const after = receive(pair.bob, state, late).state;
    expect(Buffer.from(encodeSession(sending(after))).includes(key)).toBe(false);
  });
});
