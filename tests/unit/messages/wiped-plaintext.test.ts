import { describe, expect, it } from 'vitest';
import { forgetExpired } from '#core/messages/conversation-state.ts';
import {
  accept,
  begin,
  createPair,
  createParty,
  laterDay,
  receive,
  seal,
  today,
} from './parties.ts';
import type { Party } from './parties.ts';

/** The same party, and how many buffers that hold the words it has wiped. */
function watching(party: Party, words: string) {
  let count = 0;
  const wipe = (...secrets: readonly Uint8Array[]): void => {
    count += secrets.filter((secret) => Buffer.from(secret).includes(words)).length;
    party.deps.crypto.wipe(...secrets);
  };
  const watched = { ...party, deps: { ...party.deps, crypto: { ...party.deps.crypto, wipe } } };
  return { watched, wipedCopies: () => count };
}

describe('Of a text, its payload and its padded payload are wiped', () => {
  const words = 'at ten by the fountain';

  it('when it is sealed, and when it is opened', () => {
    const { alice, bob, a, b } = createPair();
    const sealing = watching(alice, words);
    const { envelope } = seal(sealing.watched, a, words);
    expect(sealing.wipedCopies()).toBe(2);
    const opening = watching(bob, words);
    receive(opening.watched, b, envelope);
    expect(opening.wipedCopies()).toBe(2);
  });

  it('when it begins a conversation', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const opening = watching(bob, words);
    accept(opening.watched, seal(alice, begin(alice, bob), words).envelope);
    expect(opening.wipedCopies()).toBe(2);
  });

  it('when it had to be composed again, without the queue, to fit', () => {
    const { bob, b } = createPair();
    const sealing = watching(bob, words);
    seal(sealing.watched, b, words + 'x'.repeat(3_900 - words.length));
    expect(sealing.wipedCopies()).toBeGreaterThan(2);
  });
});

describe('Marks of different ages', () => {
  it('are forgotten one by one, also where nothing else is old', () => {
    const alice = createParty('alice');
    const bob = createParty('bob');
    const { state } = accept(bob, seal(alice, begin(alice, bob), 'one').envelope);
    const [mark] = state.marks;
    if (mark === undefined) throw new Error('no mark');
    const marks = [mark, { ...mark, day: laterDay(10) }];
    expect(forgetExpired({ ...state, marks }, laterDay(61)).marks).toHaveLength(2);
    expect(forgetExpired({ ...state, marks }, laterDay(62)).marks).toEqual(marks.slice(1));
    expect(forgetExpired({ ...state, marks }, today).marks).toHaveLength(2);
  });
});
