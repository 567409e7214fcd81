import { describe, expect, it } from 'vitest';
import { labelledBytes } from '#core/codec/hash.ts';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { splitPrologue } from '#core/messages/envelope.ts';
import { firstMessageMark } from '#core/messages/first-message-mark.ts';
import { openSession, type OwnPersona } from '#core/messages/handshake.ts';
import { deriveSealKey, prologueHash } from '#core/messages/key-schedule.ts';
import { encodePayload } from '#core/messages/payload.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import { startReceivingChain } from '#core/messages/ratchet-step.ts';
import { decodeSession, encodeSession } from '#core/messages/session.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey, KemPublicKey, RecordId } from '#core/types/ids.ts';
import {
  accept,
  arrive,
  begin,
  codeOf,
  createParty,
  crypto,
  must,
  openingOf,
  seal,
  today,
  withFlippedByte,
  wordsOf,
  type Party,
} from './parties.ts';

const alice = createParty('alice');
const bob = createParty('bob');
const mallory = createParty('mallory');
const lowOrder = new Uint8Array(32) as DhPublicKey;

function firstEnvelope(from: Party, to: Party): Bytes {
  return seal(from, begin(from, to), 'hello').envelope;
}

function acceptCode(party: Party, envelope: Uint8Array): string {
  return codeOf(acceptFirstMessage(party.deps, party.me, [party.cardKeys], envelope, today));
}

/** A first message of `from`, as a client without this one's checks would write it. */
function forgedFirstMessage(from: Party, me: OwnPersona, card = bob.card): Bytes {
  const session = must(openSession(from.deps, me, card));
  const payload = encodePayload({
    sequence: 0,
    ack: { next: 0, extras: [] },
    queue: from.queue,
    opening: openingOf(),
    body: { type: 'text', text: 'forged' },
  });
  return must(sealEnvelope(from.deps, session, payload ?? new Uint8Array())).envelope;
}

describe('The first message', () => {
  it('reaches the owner of the card and proves its sender', () => {
    const arrived = arrive(bob, firstEnvelope(alice, bob));
    expect(arrived.sender.persona).toEqual(alice.me.persona);
    expect(arrived.sender.ik).toEqual(alice.me.ik.publicKey);
    expect(arrived.payload.body).toEqual({ type: 'text', text: 'hello' });
    expect(arrived.payload.queue).toEqual(alice.queue);
  });

  it('gives both sides the same transcript and the same mark', () => {
    const state = begin(alice, bob);
    const { envelope } = seal(alice, state, 'hello');
    const arrived = arrive(bob, envelope);
    expect(arrived.session.transcript).toEqual(state.sessions[0].session.transcript);
    expect(arrived.mark).toEqual(state.sessions[0].session.mark);
    expect(arrived.mark).toEqual(must(firstMessageMark(envelope)));
  });

  it('shows the relay no byte of either persona', () => {
    const hex = Buffer.from(firstEnvelope(alice, bob)).toString('hex');
    for (const key of [alice.me.persona, alice.me.ik.publicKey, bob.me.persona, bob.card.spk]) {
      expect(hex).not.toContain(Buffer.from(key.subarray(0, 8)).toString('hex'));
    }
  });

  it('is opened when a later one of the same session arrives before it', () => {
    const first = seal(alice, begin(alice, bob), 'one');
    const second = seal(alice, first.state, 'two');
    expect(wordsOf(accept(bob, second.envelope))).toBe('two');
  });

  it('drops the card key from the session at the first Diffie-Hellman step', () => {
    const stored = encodeSession(arrive(bob, firstEnvelope(alice, bob)).session);
    const secret = Buffer.from(bob.cardKeys.spk.privateKey);
    expect(Buffer.from(stored).includes(secret)).toBe(false);
  });

  it('leaves a session that is stored and read back unchanged', () => {
    const { session } = arrive(bob, firstEnvelope(alice, bob));
    const stored = encodeSession(session);
    expect(encodeSession(must(decodeSession(stored)))).toEqual(stored);
  });

  it('prints no key of a session', () => {
    const { session } = arrive(bob, firstEnvelope(alice, bob));
    expect(JSON.stringify({ session })).toBe('{"session":"<redacted>"}');
  });
});

describe('A low-order point is refused', () => {
  it('as the card ik (DH2), the card spk (DH1 and DH3) and inside the card KEM key', () => {
    const bind = crypto.sign(bob.seed, labelledBytes('bind', lowOrder));
    const kem = new Uint8Array(bob.card.kem) as KemPublicKey;
    kem.fill(0, 1_184);
    for (const changed of [{ ik: lowOrder, bind }, { spk: lowOrder }, { kem }]) {
      const card = { ...bob.card, ...changed };
      expect(codeOf(openSession(alice.deps, alice.me, card))).toBe('low-order-point');
    }
  });

  it('as the sender EKa (DH2 and DH3)', () => {
    const envelope = firstEnvelope(alice, bob);
    envelope.set(lowOrder, 9);
    expect(acceptCode(bob, envelope)).toBe('low-order-point');
  });

  it('as the sender ik, though its persona signed it (DH1)', () => {
    const bind = crypto.sign(mallory.seed, labelledBytes('bind', lowOrder));
    const me = { ...mallory.me, ik: { ...mallory.me.ik, publicKey: lowOrder }, bind };
    expect(acceptCode(bob, forgedFirstMessage(mallory, me))).toBe('low-order-point');
  });

  it('as a ratchet key, at a Diffie-Hellman step', () => {
    const { session } = arrive(bob, firstEnvelope(alice, bob));
    expect(codeOf(startReceivingChain(crypto, session, lowOrder))).toBe('low-order-point');
  });
});

describe('Unknown key shares', () => {
  it('a card whose ik its persona did not sign is refused by the sender', () => {
    const card = { ...bob.card, persona: mallory.me.persona };
    expect(codeOf(openSession(alice.deps, alice.me, card))).toBe('card-not-bound');
  });

  it('a message to a card that wears another persona’s keys is not opened by their owner', () => {
    const bind = crypto.sign(mallory.seed, labelledBytes('bind', bob.card.ik));
    const stolen = { ...bob.card, persona: mallory.me.persona, bind };
    const session = must(openSession(alice.deps, alice.me, stolen));
    const { envelope } = must(sealEnvelope(alice.deps, session, Uint8Array.of(1)));
    expect(acceptCode(bob, envelope)).toBe('not-authentic');
    const ownId = { ...stolen, recordId: mallory.card.recordId };
    const other = must(openSession(alice.deps, alice.me, ownId));
    const sealed = must(sealEnvelope(alice.deps, other, Uint8Array.of(1)));
    expect(acceptCode(bob, sealed.envelope)).toBe('unknown-card');
  });

  it('a sender who claims another persona with its own ik is refused', () => {
    const me = { ...mallory.me, persona: alice.me.persona };
    expect(acceptCode(bob, forgedFirstMessage(mallory, me))).toBe('sender-not-bound');
  });

  it('a sender who shows all public values of another persona is refused without its ik key', () => {
    const ik = { ...alice.me.ik, privateKey: mallory.me.ik.privateKey };
    expect(acceptCode(bob, forgedFirstMessage(mallory, { ...alice.me, ik }))).toBe('not-authentic');
  });

  it('a sender who binds another persona’s ik to its own persona is refused', () => {
    const bind = crypto.sign(mallory.seed, labelledBytes('bind', alice.me.ik.publicKey));
    const ik = { ...alice.me.ik, privateKey: mallory.me.ik.privateKey };
    const me = { persona: mallory.me.persona, ik, bind };
    expect(acceptCode(bob, forgedFirstMessage(mallory, me))).toBe('not-authentic');
  });

  it('a card with another queue, spk or KEM key does not lead to the same session', () => {
    const changes = [
      { queueId: mallory.card.queueId },
      { spk: mallory.card.spk },
      { kem: mallory.card.kem },
    ];
    for (const change of changes) {
      const card = { ...bob.card, ...change };
      expect(acceptCode(bob, forgedFirstMessage(alice, alice.me, card))).toBe('not-authentic');
    }
  });
});

describe('Reflection and confusion of envelopes', () => {
  it('one’s own card is not written to', () => {
    expect(codeOf(openSession(alice.deps, alice.me, alice.card))).toBe('own-card');
  });

  it('a first message from oneself is refused', () => {
    const { crypto: port } = bob.deps;
    const ephemeral = port.dhKeyPair(bob.deps.random(32));
    const kem = must(port.kemEncapsulate(bob.card.kem, bob.deps.random(64)));
    const dh3 = must(port.dh(ephemeral.privateKey, bob.card.spk));
    const t0 = prologueHash(bob.card.recordId, ephemeral.publicKey, kem.ciphertext);
    const sealKey = deriveSealKey(port, t0, dh3, kem.sharedSecret);
    const identity = concatBytes(bob.me.persona, bob.me.ik.publicKey, bob.me.bind);
    const sealedIdentity = port.aeadSeal(sealKey, new Uint8Array(24), identity, t0);
    const envelope = firstEnvelope(alice, bob);
    envelope.set(concatBytes(ephemeral.publicKey, kem.ciphertext, sealedIdentity), 9);
    expect(acceptCode(bob, envelope)).toBe('reflected');
  });

  it('an envelope sent back to its sender is refused', () => {
    expect(acceptCode(alice, firstEnvelope(alice, bob))).toBe('unknown-card');
  });

  it('a first message is refused with its type or its card stripped or changed', () => {
    const envelope = firstEnvelope(alice, bob);
    expect(acceptCode(bob, withFlippedByte(envelope, 0))).toBe('not-an-envelope');
    expect(acceptCode(bob, envelope.subarray(1))).toBe('not-an-envelope');
    const retyped = new Uint8Array(envelope);
    retyped[0] = 2;
    expect(acceptCode(bob, retyped)).toBe('not-an-envelope');
    expect(acceptCode(bob, withFlippedByte(envelope, 8))).toBe('unknown-card');
  });

  it('a sealed identity, header or body of one first message does not fit another', () => {
    const one = firstEnvelope(alice, bob);
    const two = firstEnvelope(alice, bob);
    for (const [start, end] of [
      [9, 41],
      [41, 1_161],
      [1_161, 1_305],
      [1_305, 1_385],
      [1_385, 4_096],
    ]) {
      const spliced = new Uint8Array(one);
      spliced.set(two.subarray(start, end), start);
      expect(acceptCode(bob, spliced)).toBe('not-authentic');
    }
  });

  it('two of my cards with the same key id are both tried', () => {
    const twin = { ...mallory.cardKeys, recordId: new Uint8Array(bob.card.recordId) as RecordId };
    twin.recordId[31] = (twin.recordId[31] ?? 0) ^ 1;
    const envelope = firstEnvelope(alice, bob);
    const cards = [twin, bob.cardKeys];
    expect(codeOf(acceptFirstMessage(bob.deps, bob.me, cards, envelope, today))).toBe('ok');
    expect(splitPrologue(envelope.slice(0, 1_305)).cardKeyId).toEqual(
      bob.card.recordId.slice(0, 8),
    );
  });

  it('a first message without a reply queue or without the record it answers is refused', () => {
    for (const missing of [{ queue: null }, { opening: null }]) {
      const session = must(openSession(alice.deps, alice.me, bob.card));
      const payload = encodePayload({
        sequence: 0,
        ack: { next: 0, extras: [] },
        queue: alice.queue,
        opening: openingOf(),
        body: { type: 'text', text: 'hello' },
        ...missing,
      });
      const sealed = must(sealEnvelope(alice.deps, session, payload ?? new Uint8Array()));
      expect(acceptCode(bob, sealed.envelope)).toBe('malformed-payload');
    }
  });
});
