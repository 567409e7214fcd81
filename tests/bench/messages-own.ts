import { acceptFirstMessage } from '#core/messages/accept-first-message.ts';
import { acceptConversation, beginConversation } from '#core/messages/conversation-begin.ts';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import { receiveEnvelope, type Received } from '#core/messages/conversation-receive.ts';
import { sealPayload } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { RatchetDeps } from '#core/messages/ratchet-seal.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { systemRandom } from '#crypto/system-random.ts';
import { createParty, must, openingOf, today } from '#tests/unit/messages/parties.ts';

/** Two ends that shake hands and talk; each answers the bytes on the wire. */
export interface Ends {
  /** Makes ready what is not timed. */
  prepare(): void;
  /** The first message, sealed and opened. */
  shakeHands(text: string): number;
  /** A message, sealed and opened. */
  say(from: 0 | 1, text: string): number;
}

/** Two personas of Wallflower's on libsodium, or on a port that watches it. */
export class OwnEnds implements Ends {
  readonly #ada = createParty('bench ada');
  readonly #ben = createParty('bench ben');
  readonly #deps: RatchetDeps;
  readonly #isStored: boolean;
  readonly #states: [ConversationState | null, ConversationState | null] = [null, null];

  /** `isStored`: each state is encoded after every message and read back before the next. */
  constructor(deps: RatchetDeps, { isStored } = { isStored: false }) {
    this.#deps = deps;
    this.#isStored = isStored;
  }

  static async create(options?: { readonly isStored: boolean }): Promise<OwnEnds> {
    return new OwnEnds({ crypto: await createSodiumCrypto(), random: systemRandom }, options);
  }

  prepare(): void {
    // A card is there before anybody writes.
  }

  shakeHands(text: string): number {
    const { me, queue } = this.#ada;
    const begun = must(beginConversation(this.#deps, me, this.#ben.card, openingOf(), queue));
    const body = { type: 'text', text } as const;
    const first = must(sealPayload(this.#deps, begun, body, today));
    const cards = [this.#ben.cardKeys];
    const arrived = must(
      acceptFirstMessage(this.#deps, this.#ben.me, cards, first.envelope, today),
    );
    const accepted = acceptConversation(this.#ben.me, arrived, this.#ben.queue, today);
    demandText(accepted, text);
    this.#states[0] = first.state;
    this.#states[1] = accepted.state;
    return first.envelope.length;
  }

  say(from: 0 | 1, text: string): number {
    const to = from === 0 ? 1 : 0;
    const body = { type: 'text', text } as const;
    const sealed = must(sealPayload(this.#deps, this.#read(from), body, today));
    this.#states[from] = this.#stored(sealed.state);
    const received = must(receiveEnvelope(this.#deps, this.#read(to), sealed.envelope, today));
    this.#states[to] = this.#stored(received.state);
    demandText(received, text);
    return sealed.envelope.length;
  }

  #read(end: 0 | 1): ConversationState {
    const state = this.#states[end];
    if (state === null) throw new Error('no conversation');
    return state;
  }

  #stored(state: ConversationState): ConversationState {
    return this.#isStored ? must(decodeConversation(encodeConversation(state))) : state;
  }
}

function demandText({ outcome }: Received, text: string): void {
  const { payload } = outcome;
  if (payload?.body.type !== 'text' || payload.body.text !== text) {
    throw new Error('not the same text');
  }
}
