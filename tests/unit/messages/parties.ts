import { labelledBytes } from '#core/codec/hash.ts';
import { sha256Bytes } from '#core/codec/sha256.ts';
import {
  acceptFirstMessage,
  type ArrivedSession,
  type CardKeys,
} from '#core/messages/accept-first-message.ts';
import type { ContactCardFacts } from '#core/messages/contact-card-facts.ts';
import { acceptConversation, beginConversation } from '#core/messages/conversation-begin.ts';
import { receiveEnvelope, type Received } from '#core/messages/conversation-receive.ts';
import { sealPayload, type SealedMessage } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { OwnPersona } from '#core/messages/handshake.ts';
import type { MessageQueue } from '#core/messages/message-queue.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { Opening } from '#core/messages/payload.ts';
import type { RatchetDeps } from '#core/messages/ratchet-seal.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type {
  PersonaSeed,
  QueueCap,
  QueueId,
  RecordAddress,
  RecordId,
  RelayOrigin,
} from '#core/types/ids.ts';
import type { RandomSource } from '#core/types/ports.ts';
import type { Result } from '#core/types/result.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';

export const crypto = await createSodiumCrypto();
export const today = 20_800 as Day;
export const laterDay = (days: number): Day => (today + days) as Day;

const utf8 = new TextEncoder();

/** SHA-256 over label and counter: repeatable bytes that look random. */
export function seededRandom(label: string): RandomSource {
  let counter = 0;
  return (length) => {
    const blocks: Bytes[] = [];
    for (let made = 0; made < length; made += 32) {
      blocks.push(sha256Bytes(concatBytes(utf8.encode(`${label}:${String(counter++)}`))));
    }
    return concatBytes(...blocks).slice(0, length);
  };
}

export function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export function codeOf(result: Result<unknown, { readonly code: string }>): string {
  return result.ok ? 'ok' : result.error.code;
}

export interface Party {
  readonly deps: RatchetDeps;
  readonly me: OwnPersona;
  readonly seed: PersonaSeed;
  readonly cardKeys: CardKeys;
  readonly card: ContactCardFacts;
  readonly queue: MessageQueue;
}

const relays = ['https://relay.example' as RelayOrigin];

/** A persona with a card and a queue, all from one label. */
export function createParty(label: string): Party {
  const random = seededRandom(label);
  const seed = random(32) as PersonaSeed;
  const persona = crypto.personaKey(seed);
  const ik = crypto.dhKeyPair(random(32));
  const bind = crypto.sign(seed, labelledBytes('bind', ik.publicKey));
  const spk = crypto.dhKeyPair(random(32));
  const kem = crypto.kemKeyPair(random(32));
  const recordId = random(32) as RecordId;
  const queueId = random(32) as QueueId;
  return {
    deps: { crypto, random },
    seed,
    me: { persona, ik, bind },
    cardKeys: { recordId, spk, kem, queueId },
    card: {
      recordId,
      persona,
      ik: ik.publicKey,
      bind,
      spk: spk.publicKey,
      kem: kem.publicKey,
      queueId,
      relays,
    },
    queue: { queueId: random(32) as QueueId, cap: random(32) as QueueCap, relays },
  };
}

export function openingOf(origin: 0 | 1 = 0, label = 'record'): Opening {
  const random = seededRandom(label);
  return {
    origin,
    recordAddress: random(32) as RecordAddress,
    recordId: random(32) as RecordId,
  };
}

export function begin(from: Party, to: Party, opening: Opening = openingOf()): ConversationState {
  return must(beginConversation(from.deps, from.me, to.card, opening, from.queue));
}

export const text = (words: string): MessageBody => ({ type: 'text', text: words });

export function seal(
  party: Party,
  state: ConversationState,
  body: MessageBody | string,
  day: Day = today,
): SealedMessage {
  return must(sealPayload(party.deps, state, typeof body === 'string' ? text(body) : body, day));
}

export function receive(
  party: Party,
  state: ConversationState,
  envelope: Uint8Array,
  day: Day = today,
): Received {
  return must(receiveEnvelope(party.deps, state, envelope, day));
}

export function arrive(party: Party, envelope: Uint8Array, day: Day = today): ArrivedSession {
  return must(acceptFirstMessage(party.deps, party.me, [party.cardKeys], envelope, day));
}

export function accept(party: Party, envelope: Uint8Array, day: Day = today): Received {
  return acceptConversation(party.me, arrive(party, envelope, day), party.queue, day);
}

export function wordsOf({ outcome }: Received): string | null {
  return outcome.payload?.body.type === 'text' ? outcome.payload.body.text : null;
}

/** Two parties after a first message and its answer: both can send on the ratchet. */
export interface Pair {
  readonly alice: Party;
  readonly bob: Party;
  a: ConversationState;
  b: ConversationState;
}

export function createPair(label = 'pair'): Pair {
  const alice = createParty(`${label} alice`);
  const bob = createParty(`${label} bob`);
  const first = seal(alice, begin(alice, bob), 'first');
  const accepted = accept(bob, first.envelope);
  const answer = seal(bob, accepted.state, 'answer');
  const answered = receive(alice, first.state, answer.envelope);
  return { alice, bob, a: answered.state, b: answer.state };
}

/** Seals many messages of Alice's and returns their envelopes in order. */
export function sealMany(pair: Pair, count: number): readonly Bytes[] {
  return Array.from({ length: count }, (_, index) => {
    const sealed = seal(pair.alice, pair.a, `message ${String(index)}`);
    pair.a = sealed.state;
    return sealed.envelope;
  });
}

export function withFlippedByte(envelope: Uint8Array, position: number): Bytes {
  const changed = new Uint8Array(envelope);
  changed[position] = (changed[position] ?? 0) ^ 0x01;
  return changed;
}
