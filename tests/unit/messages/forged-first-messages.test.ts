import { describe, expect, it } from 'vitest';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { firstMessageMark } from '#core/messages/first-message-mark.ts';
import { openSession } from '#core/messages/handshake.ts';
import { sealHeader } from '#core/messages/header.ts';
import { bodyFromWire } from '#core/messages/payload-body.ts';
import { payloadRoom, sealEnvelope } from '#core/messages/ratchet-seal.ts';
import { startSendingChain } from '#core/messages/ratchet-step.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { DhPublicKey } from '#core/types/ids.ts';
import { begin, codeOf, createPair, createParty, must, seal, today } from './parties.ts';

const alice = createParty('alice');
const bob = createParty('bob');

const acceptCode = (envelope: Uint8Array): string =>
  codeOf(acceptFirstMessage(bob.deps, bob.me, [bob.cardKeys], envelope, today));

/** A first message of Alice's over any plaintext. */
function sealPlain(plaintext: Uint8Array): Bytes {
  const session = must(openSession(alice.deps, alice.me, bob.card));
  return must(sealEnvelope(alice.deps, session, plaintext)).envelope;
}

describe('A first message of a foreign client', () => {
  it('over a plaintext of no known form is refused', () => {
    for (const plaintext of [new Uint8Array(0), Uint8Array.of(0xff), new Uint8Array(2_000)]) {
      expect(acceptCode(sealPlain(plaintext))).toBe('malformed-payload');
    }
  });

  it('that claims to be the 258th begins nothing', () => {
    const session = must(openSession(alice.deps, alice.me, bob.card));
    const { envelope } = must(sealEnvelope(alice.deps, session, Uint8Array.of(1)));
    const { sending, prologue, transcript } = session;
    if (sending === null || prologue === null) throw new Error('nothing to send on');
    const header = { ratchetKey: session.ratchetKey.publicKey, previousCount: 0, number: 257 };
    const ad = concatBytes(transcript, prologue);
    const sealed = sealHeader(alice.deps, sending.headerKey, header, ad);
    envelope.set(sealed, prologue.length);
    expect(acceptCode(envelope)).toBe('gap-too-large');
  });

  it('with a low-order point in its ciphertext is refused', () => {
    const { envelope } = seal(alice, begin(alice, bob), 'hello');
    envelope.fill(0, 41 + 1_088, 41 + 1_120);
    expect(acceptCode(envelope)).toBe('low-order-point');
  });
});

describe('The mark of a first message', () => {
  it('is none of anything else', () => {
    const pair = createPair();
    const { envelope } = seal(pair.alice, pair.a, 'on the ratchet');
    for (const other of [envelope, new Uint8Array(0), new Uint8Array(4_096)]) {
      expect(codeOf(firstMessageMark(other))).toBe('not-an-envelope');
    }
  });
});

describe('Sealing', () => {
  it('refuses a payload one byte too long, before the first answer and after it', () => {
    const { session: ratchet } = createPair().a.sessions[0];
    for (const session of [begin(alice, bob).sessions[0].session, ratchet]) {
      const room = payloadRoom(session);
      expect(codeOf(sealEnvelope(alice.deps, session, new Uint8Array(room)))).toBe('ok');
      const over = new Uint8Array(room + 1);
      expect(codeOf(sealEnvelope(alice.deps, session, over))).toBe('payload-too-long');
    }
  });

  it('refuses a session that has nothing to send on', () => {
    const { session } = createPair().a.sessions[0];
    const silent = { ...session, sending: null };
    expect(codeOf(sealEnvelope(alice.deps, silent, Uint8Array.of(1)))).toBe('number-exhausted');
  });

  it('refuses a low-order key to send to', () => {
    const { session } = createPair().a.sessions[0];
    const lowOrder = new Uint8Array(32) as DhPublicKey;
    expect(codeOf(startSendingChain(alice.deps, session, lowOrder))).toBe('low-order-point');
  });
});

describe('A body of a type that does not exist', () => {
  it.each([-1, 0.5, 7, 99])('as %d is none', (type) => {
    expect(bodyFromWire(type, [])).toBeNull();
  });
});
