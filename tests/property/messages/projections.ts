import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { Chain } from '#core/messages/session.ts';
import { missingIn, type SequenceSet } from '#core/messages/sequence-set.ts';
import type { Conversation } from '#tests/reference/conversation.ts';

/*
 * Both kinds of state as one plain value, every key in it: what the app keeps as ranges the model
 * keeps as sets, chains are named by the specification's letters.
 */

const numbersOf = (set: SequenceSet): readonly number[] =>
  set.flatMap(([start, end]) => missingIn([], start, end));
const ascending = (numbers: Iterable<number>): readonly number[] =>
  [...numbers].sort((a, b) => a - b);

export function projectReal(state: ConversationState): unknown {
  const { peer, nextSequence, delivered, peerQueue, ownQueue, contactQueue } = state;
  return {
    peer,
    sessions: state.sessions.map(({ session, numbering, receivesOnlySince, stepAsked }) => ({
      ...{ role: session.role, T: session.transcript, mark: session.mark },
      ...{ prologue: session.prologue, RK: session.rootKey },
      DHs: [session.ratchetKey.privateKey, session.ratchetKey.publicKey],
      sending: chainOf(session.sending),
      receiving: chainOf(session.receiving),
      NHKs: session.nextSendingHeaderKey,
      NHKr: session.nextReceivingHeaderKey,
      PN: session.previousCount,
      skipped: session.skipped.flatMap(({ headerKey, keys }) =>
        keys.map(({ number, messageKey, day }) => [headerKey, number, messageKey, day]),
      ),
      ...{ numbering, receivesOnlySince, stepAsked },
    })),
    nextSequence,
    numberings: state.numberings.map(({ id, received }) => ({
      id,
      received: numbersOf(received.set),
      listedUpTo: received.listedUpTo,
    })),
    delivered: numbersOf(delivered),
    peerQueue,
    ownQueue: [ownQueue.queue, ownQueue.toldIn, ownQueue.isKnown],
    contactQueue: contactQueue && [contactQueue.queueId, contactQueue.relays],
    opening: state.opening,
    announced: state.announced,
    marks: state.marks.map(({ mark, day }) => [mark, day]),
  };
}

function chainOf(chain: Chain | null): unknown {
  return chain && [chain.headerKey, chain.chainKey, chain.number];
}

export function projectModel(conversation: Conversation): unknown {
  const { peer, nextSequence, delivered, peerQueue, ownQueue, contactQueue } = conversation;
  return {
    peer: { persona: peer.persona, ik: peer.ik },
    sessions: conversation.sessions.map((session) => {
      const { T, RK, DHs, NHKs, NHKr, PN, CKs, CKr, HKs, HKr, Ns, Nr, MKSKIPPED } = session.ratchet;
      const { role, mark, prologue, numbering, receivesOnlySince, stepAsked } = session;
      return {
        ...{ role, T, mark, prologue, RK },
        DHs: [DHs.privateKey, DHs.publicKey],
        sending: CKs && [HKs, CKs, Ns],
        receiving: CKr && [HKr, CKr, Nr],
        ...{ NHKs, NHKr, PN },
        skipped: MKSKIPPED.map(({ hk, n, mk, day }) => [hk, n, mk, day]),
        ...{ numbering, receivesOnlySince, stepAsked },
      };
    }),
    nextSequence,
    numberings: conversation.numberings.map(({ id, received, listedUpTo }) => ({
      id,
      received: ascending(received),
      listedUpTo,
    })),
    delivered: ascending(delivered),
    peerQueue,
    ownQueue: [ownQueue.queue, ownQueue.toldIn, ownQueue.isKnown],
    contactQueue: contactQueue && [contactQueue.queueId, contactQueue.relays],
    opening: conversation.opening,
    announced: conversation.announced,
    marks: conversation.marks.map(({ mark, day }) => [mark, day]),
  };
}
