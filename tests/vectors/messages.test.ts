import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { acceptConversation, beginConversation } from '#core/messages/conversation-begin.ts';
import { receiveEnvelope } from '#core/messages/conversation-receive.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import type { MessageQueue } from '#core/messages/message-queue.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type {
  DhPublicKey,
  QueueCap,
  QueueId,
  RecordAddress,
  RecordId,
  RelayOrigin,
} from '#core/types/ids.ts';
import type { PersonaSeed } from '#core/types/ids.ts';
import type { RandomSource } from '#core/types/ports.ts';
import { crypto, must, text, today, wordsOf } from '#tests/unit/messages/parties.ts';
import { computeExample, exampleInHex, exampleInputs } from './messages-example.ts';

const values = computeExample();
const checkedIn: unknown = JSON.parse(
  readFileSync(new URL('messages.json', import.meta.url), 'utf8'),
);

/** Hands out the example's draws in order and insists on the lengths asked for. */
function drawsOf(draws: Record<string, Bytes>): RandomSource {
  const left = Object.values(draws);
  return (length) => {
    const next = left.shift();
    if (next?.length !== length)
      throw new Error(`draw of ${String(length)} bytes not in the example`);
    return new Uint8Array(next);
  };
}

function queueOf(owner: { queueId: Bytes; queueCap: Bytes; relay: string }): MessageQueue {
  return {
    queueId: owner.queueId as QueueId,
    cap: owner.queueCap as QueueCap,
    relays: [owner.relay as RelayOrigin],
  };
}

describe('The worked example', () => {
  it('checked in is what a second implementation on other libraries computes', () => {
    expect(checkedIn).toEqual(exampleInHex());
  });

  it('is byte for byte what this implementation seals and opens', () => {
    const { alice, bob, answeredRecord, texts } = exampleInputs;
    const aliceDeps = { crypto, random: drawsOf(exampleInputs.aliceDraws) };
    const bobDeps = { crypto, random: drawsOf(exampleInputs.bobDraws) };
    const aliceSelf = personaOf(alice);
    const bobSelf = personaOf(bob);
    const spk = crypto.dhKeyPair(bob.spkPrivate);
    const kem = crypto.kemKeyPair(bob.kemSeed);
    const recordId = bob.cardRecordId as RecordId;
    const queueId = bob.contactQueueId as QueueId;
    const card = {
      recordId,
      persona: bobSelf.persona,
      ik: bobSelf.ik.publicKey,
      bind: bobSelf.bind,
      spk: spk.publicKey,
      kem: kem.publicKey,
      queueId,
      relays: [bob.relay as RelayOrigin],
    };
    const opening = {
      origin: 0 as const,
      recordAddress: answeredRecord.address as RecordAddress,
      recordId: answeredRecord.id as RecordId,
    };

    const begun = must(beginConversation(aliceDeps, aliceSelf, card, opening, queueOf(alice)));
    const first = must(sealPayload(aliceDeps, begun, text(texts[0] ?? ''), today));
    expect(bytesToHex(first.envelope)).toBe(bytesToHex(values.first.envelope));
    const cards = [{ recordId, spk, kem, queueId }];
    const arrived = must(acceptFirstMessage(bobDeps, bobSelf, cards, first.envelope, today));
    expect(bytesToHex(arrived.session.transcript)).toBe(bytesToHex(values.transcript));
    expect(bytesToHex(arrived.mark)).toBe(bytesToHex(values.mark));
    const accepted = acceptConversation(bobSelf, arrived, queueOf(bob), today);
    expect(wordsOf(accepted)).toBe(texts[0]);

    const answer = must(sealPayload(bobDeps, accepted.state, text(texts[1] ?? ''), today));
    expect(bytesToHex(answer.envelope)).toBe(bytesToHex(values.answer.envelope));
    const answered = must(receiveEnvelope(aliceDeps, first.state, answer.envelope, today));
    expect(wordsOf(answered)).toBe(texts[1]);

    const reply = must(sealPayload(aliceDeps, answered.state, text(texts[2] ?? ''), today));
    expect(bytesToHex(reply.envelope)).toBe(bytesToHex(values.reply.envelope));
    expect(wordsOf(must(receiveEnvelope(bobDeps, answer.state, reply.envelope, today)))).toBe(
      texts[2],
    );
  });
});

function personaOf(owner: { personaSeed: Bytes; ikPrivate: Bytes }) {
  const seed = owner.personaSeed as PersonaSeed;
  const ik = crypto.dhKeyPair(owner.ikPrivate);
  const bind = owner === exampleInputs.alice ? values.bindA : values.bindB;
  expect(bytesToHex(ik.publicKey)).toBe(
    bytesToHex((owner === exampleInputs.alice ? values.ikA : values.ikB) as DhPublicKey),
  );
  return {
    persona: crypto.personaKey(seed),
    ik,
    bind: bind as Parameters<typeof crypto.verify>[2],
  };
}
