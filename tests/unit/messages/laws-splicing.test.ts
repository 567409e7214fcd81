import { describe, expect, it } from 'vitest';
import { acceptFirstMessage, type CardKeys } from '#core/messages/accept-first-message.ts';
import { joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { headerBytes, prologueBytes } from '#core/messages/envelope.ts';
import { openSession } from '#core/messages/handshake.ts';
import { bindSigningBytes } from '#core/records/contact.ts';
import { equalBytes, type Bytes } from '#core/types/bytes.ts';
import type { RecordId } from '#core/types/ids.ts';
import { begin as modelBegin, send as modelSend, type End } from '#tests/reference/conversation.ts';
import { writeFirst, type Card, type Persona, type Suite } from '#tests/reference/handshake.ts';
import { encodePayload } from '#tests/reference/payload.ts';
import { pad, RatchetEncryptHE, RatchetInitAliceHE } from '#tests/reference/ratchet.ts';
import {
  accept,
  arrive,
  begin,
  codeOf,
  createPair,
  createParty,
  crypto,
  laterDay,
  must,
  openingOf,
  receive,
  seal,
  sealMany,
  seededRandom,
  today,
  wordsOf,
  type Party,
} from './parties.ts';

const alice = createParty('splicing alice');
const bob = createParty('splicing bob');

function modelPersona({ me }: Party): Persona {
  return { persona: me.persona, ikPrivate: me.ik.privateKey, ik: me.ik.publicKey, bind: me.bind };
}

/** A first message as the reference model writes it, perhaps of another version or suite. */
function modelFirstMessage(suite: Suite, payloadVersion = 1): Bytes {
  const tape = seededRandom('another suite');
  const card: Card = bob.card;
  const draws = { ephemeralPrivate: tape(32), kemRandomness: tape(64) };
  const first = writeFirst(modelPersona(alice), card, draws, suite);
  const ratchet = RatchetInitAliceHE(first, card.spk, tape(32));
  const payload = encodePayload({
    ...{ sequence: 0, ack: { next: 0, extras: [] }, queue: alice.queue, opening: openingOf() },
    body: { type: 'text', text: 'hello' },
  });
  if (payload === null) throw new Error('no payload');
  payload[1] = payloadVersion;
  const padded = pad(payload, 4_096 - prologueBytes - headerBytes - 40);
  if (padded === null) throw new Error('no room');
  return RatchetEncryptHE(ratchet, tape, first.prologue, padded);
}

const acceptCode = (envelope: Bytes, cards: readonly CardKeys[] = [bob.cardKeys]): string =>
  codeOf(acceptFirstMessage(bob.deps, bob.me, cards, envelope, today));

describe('A message of another version or suite', () => {
  it('of version 1 and suite 1 opens, as the reference model writes it', () => {
    expect(acceptCode(modelFirstMessage({ version: 1, suite: 1 }))).toBe('ok');
  });

  it.each([
    [0, 1],
    [2, 1],
    [1, 0],
    [1, 2],
  ])('of version %i and suite %i is refused: both are in the transcript', (version, suite) => {
    expect(acceptCode(modelFirstMessage({ version, suite }))).toBe('not-authentic');
  });

  it('with a payload of another version is refused', () => {
    for (const version of [0, 2]) {
      expect(acceptCode(modelFirstMessage({ version: 1, suite: 1 }, version))).toBe(
        'malformed-payload',
      );
    }
  });

  it('relabelled as the other type, or with its type stripped, is refused by both ends', () => {
    const first = seal(alice, begin(alice, bob), 'hello').envelope;
    const pair = createPair('relabelled');
    const later = seal(pair.alice, pair.a, 'س'.repeat(1_000)).envelope;
    for (const type of [0, 1, 2, 3, 255]) {
      const [asFirst, asLater] = [new Uint8Array(later), new Uint8Array(first)];
      asFirst[0] = type;
      asLater[0] = type;
      if (type !== 2) {
        expect(receiveEnvelope(pair.bob.deps, pair.b, asFirst, today).ok).toBe(false);
        expect(
          acceptFirstMessage(pair.bob.deps, pair.bob.me, [pair.bob.cardKeys], asFirst, today).ok,
        ).toBe(false);
      }
      if (type !== 1) expect(acceptCode(asLater)).toBe('not-an-envelope');
    }
  });
});

/** The same two people twice: a session, and the one that takes over from it. */
function twoSessions() {
  const pair = createPair('twice');
  const [old] = sealMany(pair, 1) as [Bytes];
  const again = seal(pair.alice, begin(pair.alice, pair.bob, openingOf(1)), 'restored');
  const joined = must(joinArrivingSession(pair.b, arrive(pair.bob, again.envelope), today));
  const answer = seal(pair.bob, joined.state, 'welcome back');
  const home = receive(pair.alice, again.state, answer.envelope);
  const fresh = seal(pair.alice, home.state, 'on the new session').envelope;
  return { pair, old, fresh, both: answer.state };
}

describe('Parts of two sessions of the same two people', () => {
  it('put together at every border of a field are refused, and change nothing', () => {
    const { pair, old, fresh, both } = twoSessions();
    const stored = encodeConversation(both);
    for (const border of [1, 25, 81, 105, 400]) {
      for (const [one, other] of [
        [old, fresh],
        [fresh, old],
      ] as const) {
        const spliced = new Uint8Array(one);
        spliced.set(other.subarray(border), border);
        if (equalBytes(spliced, one) || equalBytes(spliced, other)) continue;
        const refused = receiveEnvelope(pair.bob.deps, both, spliced, today);
        expect(codeOf(refused)).toBe('not-authentic');
        expect(encodeConversation(both)).toEqual(stored);
      }
    }
    expect(wordsOf(receive(pair.bob, both, old))).toBe('message 0');
    expect(wordsOf(receive(pair.bob, both, fresh))).toBe('on the new session');
  });

  it('a message of the newer session does not open where only the older is known', () => {
    const { pair, fresh } = twoSessions();
    expect(codeOf(receiveEnvelope(pair.bob.deps, pair.b, fresh, today))).toBe('not-authentic');
  });
});

describe('A replayed envelope', () => {
  it('is never read again, at once, after a restart, or when its keys are long gone', () => {
    const pair = createPair('replay');
    const first = seal(pair.bob, begin(pair.bob, pair.alice, openingOf(1)), 'restored').envelope;
    let state: ConversationState = must(
      joinArrivingSession(pair.a, arrive(pair.alice, first), today),
    ).state;
    const answer = seal(pair.alice, state, 'answer').envelope;
    state = must(decodeConversation(encodeConversation(state)));
    for (const days of [0, 31, 60]) {
      for (const envelope of [first, answer]) {
        const again = receiveEnvelope(pair.alice.deps, state, envelope, laterDay(days));
        expect(again.ok ? again.value.outcome.payload : null).toBeNull();
        if (again.ok) state = again.value.state;
      }
      const arrived = acceptFirstMessage(
        ...([pair.alice.deps, pair.alice.me, [pair.alice.cardKeys], first, today] as const),
      );
      if (!arrived.ok) throw new Error('the card still opens it');
      expect(codeOf(joinArrivingSession(state, arrived.value, laterDay(days)))).toBe(
        'known-first-message',
      );
    }
  });

  it('to another of one’s personas, or to another person, is refused', () => {
    const { envelope } = seal(alice, begin(alice, bob), 'hello');
    const other = createParty('splicing another persona of bob');
    const { deps } = bob;
    expect(codeOf(acceptFirstMessage(deps, other.me, [other.cardKeys], envelope, today))).toBe(
      'unknown-card',
    );
    // With the card's keys but another ik, as if a persona had answered for another.
    expect(codeOf(acceptFirstMessage(deps, other.me, [bob.cardKeys], envelope, today))).toBe(
      'not-authentic',
    );
  });
});

describe('A card that was replaced', () => {
  /** Bob's card before the one he shows now. */
  function previousCard(): { readonly card: Party['card']; readonly cardKeys: CardKeys } {
    const random = seededRandom('previous card');
    const spk = crypto.dhKeyPair(random(32));
    const kem = crypto.kemKeyPair(random(32));
    const recordId = random(32) as RecordId;
    const { queueId } = bob.card;
    const card = { ...bob.card, recordId, spk: spk.publicKey, kem: kem.publicKey };
    return { card, cardKeys: { recordId, spk, kem, queueId } };
  }

  it('opens first messages as long as its keys are kept beside the new one’s, and never after', () => {
    const { card, cardKeys } = previousCard();
    const { envelope } = seal(alice, begin(alice, { ...bob, card }), 'to the old card');
    expect(acceptCode(envelope, [bob.cardKeys, cardKeys])).toBe('ok');
    expect(acceptCode(envelope, [cardKeys])).toBe('ok');
    expect(acceptCode(envelope, [bob.cardKeys])).toBe('unknown-card');
    expect(acceptCode(envelope, [])).toBe('unknown-card');
  });

  it('leaves a conversation that it began untouched when its keys are erased', () => {
    const { card, cardKeys } = previousCard();
    const old = { ...bob, card, cardKeys };
    const first = seal(alice, begin(alice, old), 'to the old card');
    const { state } = accept(old, first.envelope);
    cardKeys.spk.privateKey.fill(0);
    cardKeys.kem.privateKey.fill(0);
    const second = seal(alice, first.state, 'still the first');
    expect(wordsOf(receive(bob, state, second.envelope))).toBe('still the first');
    expect(acceptCode(second.envelope)).toBe('unknown-card');
  });
});

describe('An unknown key share', () => {
  it('a card with somebody else’s ik, spk, KEM key and queue reaches nobody as that person', () => {
    const mallory = createParty('splicing mallory');
    const { persona } = mallory.me;
    const unsigned = { ...bob.card, persona };
    expect(codeOf(openSession(alice.deps, alice.me, unsigned))).toBe('card-not-bound');
    const end: End = {
      ...{ me: modelPersona(alice), tape: seededRandom('heedless'), queue: alice.queue },
      ...{ cards: [], conversation: null },
    };
    const bind = crypto.sign(mallory.seed, bindSigningBytes(bob.card.ik));
    const stolen = { ...bob.card, persona, bind };
    expect(modelBegin(end, stolen, openingOf())).toBeNull();
    const sent = modelSend(end, { type: 'text', text: 'for Mallory' }, today);
    if ('refused' in sent) throw new Error(sent.refused);
    expect(acceptCode(sent.envelope)).toBe('not-authentic');
  });
});
