import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelledBytes } from '#core/codec/hash.ts';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { openSession, type OwnPersona } from '#core/messages/handshake.ts';
import { encodePayload } from '#core/messages/payload.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey, KemPublicKey } from '#core/types/ids.ts';
import type { CryptoPort, SharedSecret } from '#core/types/ports.ts';
import { ok } from '#core/types/result.ts';
import {
  begin,
  codeOf,
  createPair,
  createParty,
  crypto,
  must,
  openingOf,
  seal,
  today,
  type Party,
} from './parties.ts';

const { points } = JSON.parse(
  readFileSync(new URL('../../vectors/x25519-low-order.json', import.meta.url), 'utf8'),
) as { points: readonly string[] };
const lowOrderPoints = points.map((hex) => [hex, new Uint8Array(Buffer.from(hex, 'hex'))] as const);

const alice = createParty('low order alice');
const bob = createParty('low order bob');
const mallory = createParty('low order mallory');

const acceptCode = (envelope: Bytes): string =>
  codeOf(acceptFirstMessage(bob.deps, bob.me, [bob.cardKeys], envelope, today));

/** A port that goes on where libsodium refuses, as a client without that check would. */
const heedless: CryptoPort = {
  ...crypto,
  dh: (privateKey, publicKey) => {
    const output = crypto.dh(privateKey, publicKey);
    return output.ok ? output : ok(new Uint8Array(32) as SharedSecret);
  },
};

function forgedFirstMessage(from: Party, me: OwnPersona): Bytes {
  const deps = { ...from.deps, crypto: heedless };
  const session = must(openSession(deps, me, bob.card));
  const payload = encodePayload({
    ...{ sequence: 0, ack: { next: 0, extras: [] }, queue: from.queue, opening: openingOf() },
    body: { type: 'text', text: 'forged' },
  });
  return must(sealEnvelope(deps, session, payload ?? new Uint8Array())).envelope;
}

describe('Each published low-order point is refused', () => {
  it('and there are fourteen of them', () => {
    expect(new Set(points).size).toBe(14);
  });

  it.each(lowOrderPoints)('as a card’s ik, at DH2: %s', (_, point) => {
    const ik = point as DhPublicKey;
    const bind = crypto.sign(bob.seed, labelledBytes('bind', ik));
    expect(codeOf(openSession(alice.deps, alice.me, { ...bob.card, ik, bind }))).toBe(
      'low-order-point',
    );
  });

  it.each(lowOrderPoints)('as a card’s spk, at DH1 and at DH3 alone: %s', (_, point) => {
    const card = { ...bob.card, spk: point as DhPublicKey };
    expect(codeOf(openSession(alice.deps, alice.me, card))).toBe('low-order-point');
    // With DH1 answered as if it were fine: DH3 refuses by itself.
    let calls = 0;
    const dh: CryptoPort['dh'] = (privateKey, publicKey) =>
      calls++ === 0 ? heedless.dh(privateKey, publicKey) : crypto.dh(privateKey, publicKey);
    const deps = { ...alice.deps, crypto: { ...crypto, dh } };
    expect(codeOf(openSession(deps, alice.me, card))).toBe('low-order-point');
    expect(calls).toBe(3);
  });

  it.each(lowOrderPoints)('inside a card’s KEM key: %s', (_, point) => {
    const kem = new Uint8Array(bob.card.kem) as KemPublicKey;
    kem.set(point, 1_184);
    expect(codeOf(openSession(alice.deps, alice.me, { ...bob.card, kem }))).toBe('low-order-point');
  });

  it.each(lowOrderPoints)('as EKa, at DH2 and at DH3, and inside ct: %s', (_, point) => {
    for (const start of [9, 41 + 1_088]) {
      const envelope = seal(alice, begin(alice, bob), 'hello').envelope;
      envelope.set(point, start);
      expect(acceptCode(envelope)).toBe('low-order-point');
    }
    const ephemeral = point as DhPublicKey;
    expect(codeOf(crypto.dh(bob.me.ik.privateKey, ephemeral))).toBe('low-order-point');
    expect(codeOf(crypto.dh(bob.cardKeys.spk.privateKey, ephemeral))).toBe('low-order-point');
  });

  it.each(lowOrderPoints)('as a sender’s ik that its persona signed, at DH1: %s', (_, point) => {
    const ik = { ...mallory.me.ik, publicKey: point as DhPublicKey };
    const bind = crypto.sign(mallory.seed, labelledBytes('bind', ik.publicKey));
    expect(acceptCode(forgedFirstMessage(mallory, { ...mallory.me, ik, bind }))).toBe(
      'low-order-point',
    );
  });

  it.each(lowOrderPoints)('as a ratchet key under an authentic header: %s', (_, point) => {
    const pair = createPair('low order');
    const [active, ...others] = pair.a.sessions;
    const { session } = active;
    const ratchetKey = { ...session.ratchetKey, publicKey: point as DhPublicKey };
    const hostile = {
      ...pair.a,
      sessions: [{ ...active, session: { ...session, ratchetKey } }, ...others] as const,
    };
    const stored = encodeConversation(pair.b);
    const { envelope } = seal(pair.alice, hostile, 'hello');
    expect(codeOf(receiveEnvelope(pair.bob.deps, pair.b, envelope, today))).toBe('low-order-point');
    expect(encodeConversation(pair.b)).toEqual(stored);
  });

  it.each(lowOrderPoints)('as the first ratchet key of a stranger: %s', (_, point) => {
    const state = begin(alice, bob);
    const [active, ...others] = state.sessions;
    const { session } = active;
    const ratchetKey = { ...session.ratchetKey, publicKey: point as DhPublicKey };
    const hostile = {
      ...state,
      sessions: [{ ...active, session: { ...session, ratchetKey } }, ...others] as const,
    };
    expect(acceptCode(seal(alice, hostile, 'hello').envelope)).toBe('low-order-point');
  });
});
