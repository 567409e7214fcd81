import { describe, expect, it } from 'vitest';
import { joinArrivingSession } from '#core/messages/conversation-begin.ts';
import { receiveEnvelope, type Received } from '#core/messages/conversation-receive.ts';
import { encodeConversation, decodeConversation } from '#core/messages/conversation-codec.ts';
import type { SealedMessage } from '#core/messages/conversation-seal.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { compareBytes } from '#core/types/bytes.ts';
import type { DhPublicKey } from '#core/types/ids.ts';
import {
  accept,
  arrive,
  begin,
  codeOf,
  createPair,
  createParty,
  laterDay,
  must,
  openingOf,
  receive,
  seal,
  today,
  wordsOf,
  type Party,
} from './parties.ts';

function join(party: Party, state: ConversationState, envelope: Uint8Array, day = today): Received {
  return must(joinArrivingSession(state, arrive(party, envelope, day), day));
}

function transcriptOf(state: ConversationState): Uint8Array {
  return state.sessions[0].session.transcript;
}

interface Crossing {
  /** Who began the session with the lower T. */
  readonly lower: Party;
  readonly higher: Party;
  readonly fromLower: SealedMessage;
  readonly fromHigher: SealedMessage;
}

/** Both write first at once, sorted by whose T is lower. */
function crossFirstMessages(label: string, origin: 0 | 1 = 0): Crossing {
  const one = createParty(`${label} one`);
  const two = createParty(`${label} two`);
  const began = [
    { party: one, sealed: seal(one, begin(one, two, openingOf(origin, 'of two')), 'from one') },
    { party: two, sealed: seal(two, begin(two, one, openingOf(origin, 'of one')), 'from two') },
  ].sort((a, b) => compareBytes(transcriptOf(a.sealed.state), transcriptOf(b.sealed.state)));
  const [low, high] = began as [(typeof began)[0], (typeof began)[0]];
  return { lower: low.party, higher: high.party, fromLower: low.sealed, fromHigher: high.sealed };
}

/** Sends a few messages both ways and expects one and the same session to carry them. */
function expectTalk(one: Party, a: ConversationState, two: Party, b: ConversationState): void {
  let [x, y] = [a, b];
  expect(transcriptOf(x)).toEqual(transcriptOf(y));
  for (const words of ['again', 'and again', 'and again once more']) {
    const there = seal(one, x, words);
    const at = receive(two, y, there.envelope);
    expect(wordsOf(at)).toBe(words);
    const back = seal(two, at.state, `${words}!`);
    const home = receive(one, there.state, back.envelope);
    expect(wordsOf(home)).toBe(`${words}!`);
    [x, y] = [home.state, back.state];
  }
}

describe('Both write first', () => {
  it('both send on the session with the lower T, and both first messages are read', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('at once');
    const atLower = join(lower, fromLower.state, fromHigher.envelope);
    const atHigher = join(higher, fromHigher.state, fromLower.envelope);
    expect(wordsOf(atLower)).not.toBeNull();
    expect(wordsOf(atHigher)).not.toBeNull();
    expect(transcriptOf(atLower.state)).toEqual(transcriptOf(fromLower.state));
    const answer = seal(higher, atHigher.state, 'an answer');
    const answered = receive(lower, atLower.state, answer.envelope);
    expect(wordsOf(answered)).toBe('an answer');
    expectTalk(lower, answered.state, higher, answer.state);
  });

  it('the loser’s further first messages still arrive, in the same numbering', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('late seconds');
    const second = seal(higher, fromHigher.state, 'second try');
    const atHigher = join(higher, second.state, fromLower.envelope);
    const answer = seal(higher, atHigher.state, 'an answer');
    const atLower = join(lower, fromLower.state, second.envelope);
    const both = receive(lower, atLower.state, fromHigher.envelope);
    const all = receive(lower, both.state, answer.envelope);
    expect([wordsOf(atLower), wordsOf(all)]).toEqual(['second try', 'an answer']);
    const back = seal(lower, all.state, 'all three came');
    const home = receive(higher, answer.state, back.envelope);
    expect(home.outcome.deliveredSequences).toEqual([0, 1, 2]);
  });

  it('an answer that overtakes the losing first message does not part the two', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('overtaken');
    const atHigher = join(higher, fromHigher.state, fromLower.envelope);
    const answer = seal(higher, atHigher.state, 'an answer');
    const answered = receive(lower, fromLower.state, answer.envelope);
    const stored = must(decodeConversation(encodeConversation(answered.state)));
    const late = join(lower, stored, fromHigher.envelope);
    expect(wordsOf(late)).not.toBeNull();
    expect(late.state.sessions).toHaveLength(2);
    expectTalk(lower, late.state, higher, answer.state);
  });

  it('the winner goes on writing to the contact queue until its own first message is answered', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('unanswered');
    const { state } = join(lower, fromLower.state, fromHigher.envelope);
    const next = seal(lower, state, 'still the first session');
    expect(next.destination.queueId).toEqual(higher.card.queueId);
    expect(next.envelope[0]).toBe(1);
  });

  it('an announced first message of a restored peer is not taken for the one announced', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('announced, then restored');
    const atHigher = join(higher, fromHigher.state, fromLower.envelope);
    const answer = seal(higher, atHigher.state, 'an answer');
    const answered = receive(lower, fromLower.state, answer.envelope);
    expect(answered.state.announced).toEqual(fromHigher.state.opening);
    const restored = seal(
      higher,
      begin(higher, lower, { ...openingOf(0, 'of two'), ...answered.state.announced, origin: 1 }),
      'new phone',
    );
    const joined = join(lower, answered.state, restored.envelope);
    expect(transcriptOf(joined.state)).toEqual(transcriptOf(restored.state));
  });

  it('a restored peer’s first message takes over from my unanswered one, whichever T is lower', () => {
    for (const label of ['r1', 'r2', 'r3', 'r4']) {
      const mine = createParty(`${label} mine`);
      const theirs = createParty(`${label} theirs`);
      const own = seal(mine, begin(mine, theirs), 'hello');
      const restored = seal(theirs, begin(theirs, mine, openingOf(1)), 'I lost my phone');
      const atMine = join(mine, own.state, restored.envelope);
      expect(transcriptOf(atMine.state)).toEqual(transcriptOf(restored.state));
      const atTheirs = join(theirs, restored.state, own.envelope);
      expect(transcriptOf(atTheirs.state)).toEqual(transcriptOf(restored.state));
      const answer = seal(mine, atMine.state, 'welcome back');
      const home = receive(theirs, atTheirs.state, answer.envelope);
      expectTalk(theirs, home.state, mine, answer.state);
    }
  });

  it('two restored peers meet on the lower T as well', () => {
    const { lower, higher, fromLower, fromHigher } = crossFirstMessages('both restored', 1);
    const atLower = join(lower, fromLower.state, fromHigher.envelope);
    const atHigher = join(higher, fromHigher.state, fromLower.envelope);
    const answer = seal(higher, atHigher.state, 'we both lost our phones');
    expectTalk(lower, receive(lower, atLower.state, answer.envelope).state, higher, answer.state);
  });

  it('with nothing unanswered the arriving session takes over and its numbers count anew', () => {
    const { alice, bob, a } = createPair();
    const again = seal(bob, begin(bob, alice, openingOf(1)), 'restored');
    const joined = join(alice, a, again.envelope);
    expect(wordsOf(joined)).toBe('restored');
    expect(joined.outcome.duplicate).toBe(false);
    const answer = seal(alice, joined.state, 'still me');
    const home = receive(bob, again.state, answer.envelope);
    expect(home.outcome.deliveredSequences).toEqual([0]);
    expectTalk(bob, home.state, alice, answer.state);
  });

  it('the old session goes on receiving for 37 days', () => {
    const { alice, bob, a, b } = createPair();
    const late = seal(bob, b, 'sent before the restore');
    const again = seal(bob, begin(bob, alice, openingOf(1)), 'restored');
    const { state } = join(alice, a, again.envelope);
    expect(wordsOf(receive(alice, state, late.envelope, laterDay(37)))).toBe(
      'sent before the restore',
    );
    const gone = receiveEnvelope(alice.deps, state, late.envelope, laterDay(38));
    expect(codeOf(gone)).toBe('not-authentic');
  });

  it('no step is asked for a gap on a session that only receives', () => {
    const { alice, bob, a, b } = createPair();
    let late = seal(bob, b, 'before the restore');
    for (let sealed = 0; sealed < 257; sealed++) late = seal(bob, late.state, 'and more');
    const again = seal(bob, begin(bob, alice, openingOf(1)), 'restored');
    const { state } = join(alice, a, again.envelope);
    const gap = receive(alice, state, late.envelope);
    expect(gap.outcome).toMatchObject({ payload: null, duplicate: false, needsStep: false });
  });

  it('at most five sessions only receive, the oldest goes', () => {
    const { alice, bob, a, b } = createPair();
    const old = seal(bob, b, 'on the oldest');
    let state = a;
    for (let round = 0; round < 6; round++) {
      const again = seal(bob, begin(bob, alice, openingOf(1)), `restored ${String(round)}`);
      if (round === 5) expect(wordsOf(receive(alice, state, old.envelope))).toBe('on the oldest');
      state = join(alice, state, again.envelope).state;
      expect(state.sessions.length).toBeLessThanOrEqual(6);
    }
    expect(codeOf(receiveEnvelope(alice.deps, state, old.envelope, today))).toBe('not-authentic');
    expect(must(decodeConversation(encodeConversation(state))).sessions).toHaveLength(6);
  });

  it('a session of another persona or with a changed ik is not joined', () => {
    const { alice, bob, a } = createPair();
    const stranger = createParty('stranger');
    const arrived = arrive(alice, seal(stranger, begin(stranger, alice), 'hi').envelope);
    expect(codeOf(joinArrivingSession(a, arrived, today))).toBe('another-persona');
    const changed = arrive(alice, seal(bob, begin(bob, alice), 'hi').envelope);
    const sender = { ...changed.sender, ik: new Uint8Array(32).fill(1) as DhPublicKey };
    expect(codeOf(joinArrivingSession(a, { ...changed, sender }, today))).toBe('changed-key');
  });

  it('refuses the 257th first message of one peer in 61 days rather than forget a mark', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const { state } = accept(alice, seal(bob, begin(bob, alice), 'one').envelope);
    const marks = Array.from({ length: 256 }, () => ({
      mark: bob.deps.random(32) as (typeof state.marks)[0]['mark'],
      day: today,
    }));
    const arrived = arrive(alice, seal(bob, begin(bob, alice), 'two').envelope);
    expect(codeOf(joinArrivingSession({ ...state, marks }, arrived, today))).toBe(
      'too-many-sessions',
    );
  });
});
