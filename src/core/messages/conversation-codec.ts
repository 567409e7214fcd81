import * as z from 'zod/mini';
import type { CborBounds, MalformedCbor } from '../codec/bounds.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../codec/cbor.ts';
import { fixedBytes, u32 } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { Day } from '../types/day.ts';
import type { DhPublicKey, PersonaKey } from '../types/ids.ts';
import { ok, type Result } from '../types/result.ts';
import {
  maxMarks,
  maxReceiveOnly,
  type ConversationSession,
  type ConversationState,
  type Numbering,
  type OwnQueue,
  type PeerQueue,
} from './conversation-state.ts';
import type { FirstMessageMark } from './first-message-mark.ts';
import { contactQueueShape, messageQueueShape } from './message-queue.ts';
import { openingShape, openingToWire, queueToWire } from './payload.ts';
import { maxGaps } from './received-sequences.ts';
import { redactSecrets } from './redact-secrets.ts';
import type { SequenceSet } from './sequence-set.ts';
import { decodeSession, encodeSession, type SessionState } from './session.ts';

const storedVersion = 1;
/** Six full sessions; ranges are stored as one flat array, start and end in turn. */
const conversationBounds: CborBounds = {
  maxBytes: 2 * 1_024 * 1_024,
  maxDepth: 8,
  maxLength: 2 * (maxGaps + 1),
};

const day = z.pipe(
  u32,
  z.transform((value) => value as Day),
);
const sessionBytes = z.pipe(
  z.pipe(
    z.custom<Bytes>((value) => value instanceof Uint8Array),
    z.transform((bytes) => decodeSession(bytes)),
  ),
  z.pipe(
    z.custom<{ ok: true; value: SessionState }>(
      (decoded) => (decoded as Result<SessionState, unknown>).ok,
    ),
    z.transform((decoded) => decoded.value),
  ),
);
const sessionShape = z.pipe(
  z.tuple([sessionBytes, u32, z.nullable(day), z.boolean()]),
  z.transform(([session, numbering, receivesOnlySince, stepAsked]): ConversationSession => ({
    session,
    numbering,
    receivesOnlySince,
    stepAsked,
  })),
);
const sequencesShape = z.pipe(
  z.array(u32).check(z.refine(isAscendingRanges)),
  z.transform((flat): SequenceSet => pairs(flat)),
);
const numberingShape = z.pipe(
  z.tuple([u32, sequencesShape, u32, z.nullable(u32)]),
  z.transform(([id, set, listedUpTo, givenUpFrom]): Numbering => ({
    id,
    received: { set, listedUpTo, givenUpFrom },
  })),
);
const peerQueueShape = z.pipe(
  z.tuple([messageQueueShape, u32, u32]),
  z.transform(([queue, numbering, sequence]): PeerQueue => ({ queue, numbering, sequence })),
);
const ownQueueShape = z.pipe(
  z.tuple([messageQueueShape, z.array(u32), z.boolean()]),
  z.transform(([queue, toldIn, isKnown]): OwnQueue => ({ queue, toldIn, isKnown })),
);
const markShape = z.pipe(
  z.tuple([fixedBytes<FirstMessageMark>(32), day]),
  z.transform(([mark, joinedOn]) => ({ mark, day: joinedOn })),
);
const conversationShape = z.pipe(
  z.tuple([
    z.literal(storedVersion),
    fixedBytes<PersonaKey>(32),
    fixedBytes<PersonaKey>(32),
    fixedBytes<DhPublicKey>(32),
    z.tuple([sessionShape], sessionShape).check(z.maxLength(1 + maxReceiveOnly)),
    u32,
    z.array(numberingShape).check(z.minLength(1)),
    sequencesShape,
    z.nullable(peerQueueShape),
    ownQueueShape,
    z.nullable(contactQueueShape),
    z.nullable(openingShape),
    z.nullable(openingShape),
    z.array(markShape).check(z.maxLength(maxMarks)),
  ]),
  z.transform((fields): ConversationState => {
    const [, me, persona, ik, sessions, nextSequence, numberings, delivered, ...rest] = fields;
    const [peerQueue, ownQueue, contactQueue, opening, announced, marks] = rest;
    return {
      me,
      peer: { persona, ik },
      sessions,
      nextSequence,
      numberings,
      delivered,
      peerQueue,
      ownQueue,
      contactQueue,
      opening,
      announced,
      marks,
    };
  }),
);

/** Canonical CBOR of a conversation, for the sealed store alone: it holds every key. */
export function encodeConversation(state: ConversationState): Bytes {
  const { peerQueue, ownQueue, contactQueue, opening, announced } = state;
  return encodeCbor([
    storedVersion,
    state.me,
    state.peer.persona,
    state.peer.ik,
    state.sessions.map(sessionToWire),
    state.nextSequence,
    state.numberings.map(numberingToWire),
    state.delivered.flat(),
    peerQueue && [queueToWire(peerQueue.queue), peerQueue.numbering, peerQueue.sequence],
    [queueToWire(ownQueue.queue), ownQueue.toldIn, ownQueue.isKnown],
    contactQueue && [contactQueue.queueId, contactQueue.relays],
    opening && openingToWire(opening),
    announced && openingToWire(announced),
    state.marks.map((joined) => [joined.mark, joined.day]),
  ]);
}

/** Reads what encodeConversation wrote. Total. */
export function decodeConversation(bytes: Uint8Array): Result<ConversationState, MalformedCbor> {
  const decoded = decodeCbor(bytes, conversationShape, conversationBounds);
  return decoded.ok ? ok(redactSecrets(decoded.value)) : decoded;
}

function sessionToWire(entry: ConversationSession): CborValue {
  return [encodeSession(entry.session), entry.numbering, entry.receivesOnlySince, entry.stepAsked];
}

function numberingToWire({ id, received }: Numbering): CborValue {
  return [id, received.set.flat(), received.listedUpTo, received.givenUpFrom];
}

/** Strictly ascending over the flat array: ranges neither empty nor touching. */
function isAscendingRanges(flat: readonly number[]): boolean {
  return (
    flat.length % 2 === 0 &&
    flat.every((value, index) => index === 0 || value > (flat[index - 1] ?? 0))
  );
}

function pairs(flat: readonly number[]): SequenceSet {
  const ranges: [number, number][] = [];
  for (let index = 0; index < flat.length; index += 2) {
    ranges.push([flat[index] ?? 0, flat[index + 1] ?? 0]);
  }
  return ranges;
}
