import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import {
  acceptConversation,
  beginConversation,
  joinArrivingSession,
} from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope, type Received } from '#core/messages/conversation-receive.ts';
import { moveOwnQueue, sealPayload } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { MessageBody } from '#core/messages/payload-body.ts';
import type { Opening } from '#core/messages/payload.ts';
import { sealEnvelope } from '#core/messages/ratchet-seal.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import type { QueueId, QueueCap, RecordId } from '#core/types/ids.ts';
import {
  begin as modelBegin,
  moveQueue as modelMoveQueue,
  send as modelSend,
  sendRaw as modelSendRaw,
  take as modelTake,
  type End,
  type Sent,
  type Verdict,
} from '#tests/reference/conversation.ts';
import type { Body } from '#tests/reference/payload.ts';
import {
  createParty,
  crypto,
  must,
  seededRandom,
  type Party,
} from '#tests/unit/messages/parties.ts';
import { projectModel, projectReal } from './projections.ts';

/** Thrown where the app and the model part. */
class Parted extends Error {}

function demandSame(event: string, real: unknown, model: unknown): void {
  const [ours, theirs] = [inText(real), inText(model)];
  if (ours !== theirs) throw new Parted(`${event}\n  app:   ${ours}\n  model: ${theirs}`);
}

function inText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Uint8Array ? Buffer.from(inner).toString('hex') : inner,
  );
}

/** One end played twice on one random tape, by the app's code and by the reference model. */
export class LockstepEnd {
  party: Party;
  readonly model: End;
  readonly label: string;
  stored: Bytes | null = null;
  /** The code of every refusal and the kind of every outcome, to see that a run met them. */
  readonly met = new Map<string, number>();
  #lives = 0;

  constructor(label: string) {
    this.label = label;
    const party = createParty(label);
    this.party = { ...party, deps: { crypto, random: seededRandom(`${label} tape`) } };
    this.model = {
      me: personaOf(party),
      tape: seededRandom(`${label} tape`),
      queue: party.queue,
      cards: [cardSecretsOf(party)],
      conversation: null,
    };
  }

  get state(): ConversationState | null {
    return this.stored === null ? null : must(decodeConversation(this.stored));
  }

  begin(peer: LockstepEnd, opening: Opening): void {
    if (this.stored !== null) return;
    const { deps, me, queue } = this.party;
    const begun = beginConversation(deps, me, peer.party.card, opening, queue);
    if (begun.ok) this.stored = encodeConversation(begun.value);
    const real = begun.ok ? null : { refused: begun.error.code };
    demandSame('begin', real, modelBegin(this.model, peer.party.card, opening));
    this.#demandSameState();
  }

  send(body: Body, day: Day): Bytes | null {
    const { state } = this;
    if (state === null) return null;
    const sealed = sealPayload(this.party.deps, state, body as MessageBody, day);
    const real: Sent = sealed.ok
      ? {
          envelope: sealed.value.envelope,
          sequence: sealed.value.sequence,
          queueId: sealed.value.destination.queueId,
          cap: sealed.value.destination.cap,
        }
      : { refused: sealed.error.code };
    if (sealed.ok) this.stored = encodeConversation(sealed.value.state);
    demandSame(`send ${body.type}`, real, modelSend(this.model, body, day));
    return this.#sent(real);
  }

  /** Seals authentic bytes that are no payload of version 1. */
  sendRaw(bytes: Bytes): Bytes | null {
    const { state } = this;
    if (state === null) return null;
    const [active, ...others] = state.sessions;
    const sealed = sealEnvelope(this.party.deps, active.session, bytes);
    if (sealed.ok) {
      const sessions = [{ ...active, session: sealed.value.session }, ...others] as const;
      this.stored = encodeConversation({ ...state, sessions });
    }
    const blank = { sequence: 0, queueId: new Uint8Array(), cap: new Uint8Array() };
    const real = sealed.ok
      ? { envelope: sealed.value.envelope, ...blank }
      : { refused: sealed.error.code };
    demandSame('send raw', real, modelSendRaw(this.model, bytes));
    return this.#sent(real);
  }

  take(envelope: Bytes, day: Day): Verdict {
    const before = this.stored;
    const real = this.#takeReal(envelope, day);
    demandSame('take', real, modelTake(this.model, envelope, day));
    if ('refused' in real) demandSame('stored state', this.stored, before);
    this.#demandSameState();
    this.#note('refused' in real ? real.refused : outcomeName(real));
    return real;
  }

  moveQueue(): void {
    const { state } = this;
    if (state === null) return;
    const random = seededRandom(`${this.label} queue ${String(state.nextSequence)}`);
    const { relays } = this.party.queue;
    const queue = { queueId: random(32) as QueueId, cap: random(32) as QueueCap, relays };
    this.stored = encodeConversation(moveOwnQueue(state, queue));
    modelMoveQueue(this.model, queue);
    this.#demandSameState();
  }

  /** Loses the conversation, and the card's keys with it: a backup holds neither. */
  restore(): void {
    this.#lives += 1;
    const random = seededRandom(`${this.label} life ${String(this.#lives)}`);
    const spk = crypto.dhKeyPair(random(32));
    const kem = crypto.kemKeyPair(random(32));
    const recordId = random(32) as RecordId;
    const { queueId } = this.party.card;
    this.party = {
      ...this.party,
      cardKeys: { recordId, spk, kem, queueId },
      card: { ...this.party.card, recordId, spk: spk.publicKey, kem: kem.publicKey },
    };
    this.model.cards = [cardSecretsOf(this.party)];
    this.model.conversation = null;
    this.stored = null;
  }

  #takeReal(envelope: Bytes, day: Day): Verdict {
    const { state } = this;
    const { deps, me, cardKeys, queue } = this.party;
    if (state !== null) {
      const received = receiveEnvelope(deps, state, envelope, day);
      if (received.ok) return this.#keep(received.value);
      if (received.error.code !== 'unknown-first-message') return { refused: received.error.code };
    }
    const arrived = acceptFirstMessage(deps, me, [cardKeys], envelope, day);
    if (!arrived.ok) {
      const isStranger = state === null && envelope[0] === 2;
      return { refused: isStranger ? 'no-conversation' : arrived.error.code };
    }
    if (state === null) return this.#keep(acceptConversation(me, arrived.value, queue, day));
    const joined = joinArrivingSession(state, arrived.value, day);
    return joined.ok ? this.#keep(joined.value) : { refused: joined.error.code };
  }

  #keep({ state, outcome }: Received): Verdict {
    this.stored = encodeConversation(state);
    const { payload, duplicate, deliveredSequences, lostCount, needsStep } = outcome;
    return {
      payload: payload as Extract<Verdict, { payload: unknown }>['payload'],
      duplicate,
      delivered: deliveredSequences,
      lost: lostCount,
      needsStep,
    };
  }

  #sent(real: Sent): Bytes | null {
    this.#demandSameState();
    if ('refused' in real) {
      this.#note(real.refused);
      return null;
    }
    this.#note(`sealed type ${String(real.envelope[0])} of ${String(real.envelope.length)}`);
    return real.envelope as Bytes;
  }

  #demandSameState(): void {
    const { state } = this;
    const { conversation } = this.model;
    const model = conversation === null ? null : projectModel(conversation);
    demandSame('state', state === null ? null : projectReal(state), model);
  }

  #note(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }
}

function outcomeName(verdict: Exclude<Verdict, { refused: string }>): string {
  if (verdict.duplicate) return 'duplicate';
  if (verdict.lost > 0) return 'lost';
  if (verdict.payload !== null) return verdict.payload.body.type;
  return verdict.needsStep ? 'needs step' : 'gap again';
}

function personaOf({ me }: Party): End['me'] {
  return { persona: me.persona, ikPrivate: me.ik.privateKey, ik: me.ik.publicKey, bind: me.bind };
}

function cardSecretsOf({ cardKeys }: Party): End['cards'][number] {
  const { recordId, spk, kem, queueId } = cardKeys;
  const secrets = { spkPrivate: spk.privateKey, kemSeed: kem.privateKey };
  return { recordId, ...secrets, spk: spk.publicKey, kem: kem.publicKey, queueId };
}
