import { maxU32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { QueueCap, QueueId, RelayOrigin } from '../types/ids.ts';
import { fail, ok, type Result } from '../types/result.ts';
import {
  forgetExpired,
  receivedIn,
  replaceSession,
  withReceived,
  type ConversationState,
} from './conversation-state.ts';
import type { MessageQueue } from './message-queue.ts';
import { encodePayload, maxAckExtras, type Payload } from './payload.ts';
import { maxTextBytes, type MessageBody } from './payload-body.ts';
import { payloadRoom, sealEnvelope, type RatchetDeps, type SealRefused } from './ratchet-seal.ts';
import { acknowledge, type ReceivedSequences } from './received-sequences.ts';
import { redactSecrets } from './redact-secrets.ts';

/** Where a sealed envelope goes; a contact queue has an empty cap and takes a stamp. */
export interface Destination {
  readonly kind: 'contact' | 'conversation';
  readonly queueId: QueueId;
  readonly cap: QueueCap;
  readonly relays: readonly RelayOrigin[];
}

/** A sealed message; the state that sealed it must be stored before it is sent. */
export interface SealedMessage {
  readonly state: ConversationState;
  readonly envelope: Bytes;
  readonly destination: Destination;
  readonly sequence: number;
}

/** Why a message was not sealed; the conversation is as it was. */
export type SealMessageRefused =
  | SealRefused
  | { readonly code: 'malformed-body' }
  /** The peer named no queue and has no card here. */
  | { readonly code: 'no-destination' };

/** The first messages with a new queue that are remembered for its acknowledgement. */
const maxToldIn = 8;
/** Extras are given up before the text is: tried in this order. */
const extrasTried = [maxAckExtras, 8, 4, 2, 0];
const emptyCap = new Uint8Array(0) as QueueCap;

/** Seals one message on the sending session, with what was received acknowledged. */
export function sealPayload(
  deps: RatchetDeps,
  before: ConversationState,
  body: MessageBody,
  day: Day,
): Result<SealedMessage, SealMessageRefused> {
  const state = forgetExpired(before, day);
  const destination = destinationOf(state);
  if (destination === null) return fail({ code: 'no-destination' });
  if (state.nextSequence >= maxU32) return fail({ code: 'number-exhausted' });
  const [active] = state.sessions;
  const composed = compose(deps, state, body, payloadRoom(active.session));
  if (!composed.ok) return composed;
  const sealed = sealEnvelope(deps, active.session, composed.value.bytes);
  deps.crypto.wipe(composed.value.bytes);
  if (!sealed.ok) return sealed;
  const next = afterSealing(state, composed.value);
  return ok({
    state: replaceSession(next, { ...active, session: sealed.value.session }),
    envelope: sealed.value.envelope,
    destination,
    sequence: state.nextSequence,
  });
}

/** Bytes of UTF-8 of the longest text that the next message can carry, at most 3,900. */
export function textRoomBytes(state: ConversationState): number {
  const [active] = state.sessions;
  const bare = encodePayload(
    draft(state, { type: 'text', text: '' }, mustTellQueue(state), 0).payload,
  );
  const longHead = 2;
  const room = payloadRoom(active.session) - (bare?.length ?? 0) - longHead;
  return Math.max(0, Math.min(maxTextBytes, room));
}

/** Takes another queue for answers; every message tells the peer until one that did is acknowledged. */
export function moveOwnQueue(state: ConversationState, queue: MessageQueue): ConversationState {
  return redactSecrets({ ...state, ownQueue: { queue, toldIn: [], isKnown: false } });
}

interface Draft {
  readonly payload: Payload;
  readonly received: ReceivedSequences;
}

interface Composed extends Draft {
  readonly bytes: Bytes;
}

function compose(
  { crypto }: RatchetDeps,
  state: ConversationState,
  body: MessageBody,
  room: number,
): Result<Composed, SealMessageRefused> {
  const isRequired = mustTellQueue(state) || body.type === 'queue';
  const tellings = isRequired ? [true] : state.ownQueue.isKnown ? [false] : [true, false];
  for (const tellsQueue of tellings) {
    for (const maxExtras of extrasTried) {
      const composed = draft(state, body, tellsQueue, maxExtras);
      const bytes = encodePayload(composed.payload);
      if (bytes === null) return fail({ code: 'malformed-body' });
      if (bytes.length <= room) return ok({ ...composed, bytes });
      crypto.wipe(bytes);
    }
  }
  return fail({ code: 'payload-too-long' });
}

function draft(
  state: ConversationState,
  body: MessageBody,
  tellsQueue: boolean,
  maxExtras: number,
): Draft {
  const [active] = state.sessions;
  const { ack, received } = acknowledge(receivedIn(state, active.numbering), maxExtras);
  const isUnanswered = active.session.prologue !== null || state.delivered.length === 0;
  const payload: Payload = {
    sequence: state.nextSequence,
    ack,
    queue: tellsQueue ? state.ownQueue.queue : null,
    opening: isUnanswered ? state.opening : null,
    body,
  };
  return { payload, received };
}

/** Until the first answer, and in the first message at all, the peer must learn where to answer. */
function mustTellQueue({ sessions: [active], ownQueue }: ConversationState): boolean {
  return active.session.prologue !== null || (!ownQueue.isKnown && ownQueue.toldIn.length === 0);
}

function afterSealing(state: ConversationState, { payload, received }: Draft): ConversationState {
  const [active] = state.sessions;
  const { ownQueue } = state;
  const toldIn =
    payload.queue !== null && ownQueue.toldIn.length < maxToldIn
      ? [...ownQueue.toldIn, payload.sequence]
      : ownQueue.toldIn;
  return {
    ...state,
    nextSequence: state.nextSequence + 1,
    numberings: withReceived(state, active.numbering, received),
    ownQueue: { ...ownQueue, toldIn },
  };
}

/** Until the first answer the contact queue; then the peer's own queue, once it named one. */
function destinationOf(state: ConversationState): Destination | null {
  const [{ session }] = state.sessions;
  const { peerQueue, contactQueue } = state;
  if (peerQueue !== null && session.prologue === null) {
    return { kind: 'conversation', ...peerQueue.queue };
  }
  return contactQueue === null ? null : { kind: 'contact', cap: emptyCap, ...contactQueue };
}
