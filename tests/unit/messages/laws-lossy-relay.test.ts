import { describe, expect, it } from 'vitest';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { createPair, must, receive, seal, seededRandom, type Party } from './parties.ts';

/** An end that does what an engine does by itself: sends a step when one is due. */
class AutomaticEnd {
  readonly party: Party;
  readonly read: string[] = [];
  readonly outbox: Bytes[] = [];
  lost = 0;
  steps = 0;
  #state: ConversationState;

  constructor(party: Party, state: ConversationState) {
    this.party = party;
    this.#state = state;
  }

  write(words: string): Bytes {
    const sealed = seal(this.party, this.#state, words);
    this.#state = sealed.state;
    return sealed.envelope;
  }

  take(envelope: Bytes): void {
    const { state, outcome } = receive(this.party, this.#state, envelope);
    this.#state = state;
    this.lost += outcome.lostCount;
    if (outcome.payload?.body.type === 'text') this.read.push(outcome.payload.body.text);
    if (!outcome.needsStep) return;
    const step = seal(this.party, this.#state, { type: 'step' });
    this.#state = step.state;
    this.steps += 1;
    this.outbox.push(step.envelope);
  }

  /** Put away and taken out again, as between two starts. */
  restart(): void {
    this.#state = must(decodeConversation(encodeConversation(this.#state)));
  }

  get skippedKeys(): number {
    const chains = this.#state.sessions.flatMap(({ session }) => session.skipped);
    return chains.reduce((total, { keys }) => total + keys.length, 0);
  }
}

/** Delivers what both have written until neither has anything to say. */
function deliverSteps(one: AutomaticEnd, other: AutomaticEnd): void {
  while (one.outbox.length > 0 || other.outbox.length > 0) {
    for (const envelope of one.outbox.splice(0)) other.take(envelope);
    for (const envelope of other.outbox.splice(0)) one.take(envelope);
  }
}

/** A message each way; both are read, at the latest the second time. */
function expectTalk(one: AutomaticEnd, other: AutomaticEnd, words: string): void {
  for (const attempt of ['', ' again']) {
    other.take(one.write(`${words}${attempt}`));
    deliverSteps(one, other);
    one.take(other.write(`${words}${attempt}!`));
    deliverSteps(one, other);
  }
  expect(other.read.at(-1)).toBe(`${words} again`);
  expect(one.read.at(-1)).toBe(`${words} again!`);
}

function createEnds(label: string): readonly [AutomaticEnd, AutomaticEnd] {
  const pair = createPair(label);
  return [new AutomaticEnd(pair.alice, pair.a), new AutomaticEnd(pair.bob, pair.b)];
}

describe('A relay that drops messages does not end a conversation, and nobody has to do anything', () => {
  it('257 in a row, from either end, in an open chain or at its beginning', () => {
    for (const writer of [0, 1] as const) {
      for (const isOpen of [true, false]) {
        const ends = createEnds(`lossy ${String(writer)} ${String(isOpen)}`);
        const [from, to] = [ends[writer], ends[writer === 0 ? 1 : 0]];
        if (isOpen) to.take(from.write('opens the chain'));
        for (let index = 0; index < 257; index++) from.write('dropped');
        to.take(from.write('the 258th'));
        expect(to.steps).toBe(1);
        deliverSteps(from, to);
        expectTalk(from, to, 'after it');
        expect(to.lost).toBe(258);
      }
    }
  });

  it('257 in a row from both ends at once, and the first step as well', () => {
    const [one, other] = createEnds('lossy both');
    for (let index = 0; index < 257; index++) {
      one.write('dropped');
      other.write('dropped');
    }
    const crossing = [one.write('the 258th'), other.write('the 258th')] as const;
    other.take(crossing[0]);
    one.take(crossing[1]);
    one.outbox.splice(0);
    deliverSteps(one, other);
    expectTalk(one, other, 'after it');
  });

  it('10,000 over a session’s life, in runs of every length', { timeout: 120_000 }, () => {
    const [one, other] = createEnds('lossy life');
    const random = seededRandom('lossy life');
    const runs = [1, 2, 30, 255, 256, 257, 258, 600];
    let dropped = 0;
    let rounds = 0;
    while (dropped < 10_000) {
      const [pick = 0, coin = 0] = random(2);
      const [from, to] = coin % 2 === 0 ? [one, other] : [other, one];
      const length = runs[pick % runs.length] ?? 1;
      if (coin % 3 === 0) to.take(from.write('first of a run'));
      for (let index = 0; index < length; index++) from.write('dropped');
      dropped += length;
      expectTalk(one, other, `round ${String(rounds++)}`);
      if (rounds % 5 === 0) {
        one.restart();
        other.restart();
      }
      expect(Math.max(one.skippedKeys, other.skippedKeys)).toBeLessThanOrEqual(1_000);
    }
    expect(one.steps + other.steps).toBeGreaterThan(5);
  });
});
