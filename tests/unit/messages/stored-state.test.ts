import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decodeConversation, encodeConversation } from '#core/messages/conversation-codec.ts';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { maxGaps } from '#core/messages/received-sequences.ts';
import { decodeSession, encodeSession } from '#core/messages/session.ts';
import type { AeadKey } from '#core/types/ports.ts';
import {
  accept,
  begin,
  createPair,
  createParty,
  must,
  seal,
  sealMany,
  receive,
  today,
} from './parties.ts';

const alice = createParty('alice');
const bob = createParty('bob');

function refusal(bytes: Uint8Array): string {
  const decoded = decodeConversation(bytes);
  return decoded.ok ? 'ok' : decoded.error.reason;
}

/** A conversation in which so many single numbers arrived, none beside another. */
function withRanges(state: ConversationState, count: number): ConversationState {
  const set = Array.from({ length: count }, (_, index) => [2 * index, 2 * index + 1] as const);
  return { ...state, numberings: [{ id: 0, received: { set, listedUpTo: 0, givenUpFrom: null } }] };
}

describe('What is stored', () => {
  it('of a conversation comes back field by field: begun, accepted, with a message passed over', () => {
    const begun = begin(alice, bob);
    const first = seal(alice, begun, 'hello');
    const pair = createPair();
    const [, second] = sealMany(pair, 2);
    const late = receive(pair.bob, pair.b, second ?? new Uint8Array()).state;
    const states = [begun, first.state, accept(bob, first.envelope).state, late];
    for (const state of states) {
      const read = must(decodeConversation(encodeConversation(state)));
      expect({ ...read, sessions: [] }).toEqual({ ...state, sessions: [] });
      read.sessions.forEach((entry, index) => {
        expect({ ...entry }).toEqual({ ...state.sessions[index] });
      });
    }
  });

  it('of a session says who began it', () => {
    const begun = begin(alice, bob);
    const accepted = accept(bob, seal(alice, begun, 'hello').envelope).state;
    for (const [state, role] of [
      [begun, 'initiator'],
      [accepted, 'responder'],
    ] as const) {
      const { session } = state.sessions[0];
      expect(session.role).toBe(role);
      expect(must(decodeSession(encodeSession(session))).role).toBe(role);
    }
  });

  it('of a session is at most 1,000 chains of passed-over keys, and 262,144 bytes', () => {
    const { session } = createPair().a.sessions[0];
    const messageKey = new Uint8Array(32) as AeadKey;
    const chainsOf = (chains: number, keysEach: number) => ({
      ...session,
      skipped: Array.from({ length: chains }, () => ({
        headerKey: messageKey,
        keys: Array.from({ length: keysEach }, (_, number) => ({ number, messageKey, day: today })),
      })),
    });
    expect(decodeSession(encodeSession(chainsOf(1_000, 1))).ok).toBe(true);
    expect(decodeSession(encodeSession(chainsOf(1, 1_000))).ok).toBe(true);
    expect(decodeSession(encodeSession(chainsOf(1_001, 1)))).toMatchObject({
      error: { reason: 'array-too-long' },
    });
    expect(decodeSession(encodeSession(chainsOf(7, 1_000)))).toMatchObject({
      error: { reason: 'too-long' },
    });
  });

  it('of numbers that arrived is at most 1,001 ranges', () => {
    const { a } = createPair();
    expect(refusal(encodeConversation(withRanges(a, maxGaps + 1)))).toBe('ok');
    expect(refusal(encodeConversation(withRanges(a, maxGaps + 2)))).toBe('array-too-long');
  });

  it('of a conversation is at most 2 MiB', () => {
    expect(refusal(new Uint8Array(2 * 1_024 * 1_024 + 1))).toBe('too-long');
    expect(refusal(new Uint8Array(2 * 1_024 * 1_024))).toBe('trailing-bytes');
  });

  it('and has no session, or no numbering, is refused', () => {
    const { a } = createPair();
    const none = [] as unknown as ConversationState['sessions'];
    expect(refusal(encodeConversation({ ...a, sessions: none }))).toBe('wrong-shape');
    expect(refusal(encodeConversation({ ...a, numberings: [] }))).toBe('wrong-shape');
  });

  it('and has half a range is refused', () => {
    const { a } = createPair();
    const half = [[0, 1], [5]] as unknown as ConversationState['delivered'];
    expect(refusal(encodeConversation({ ...a, delivered: half }))).toBe('wrong-shape');
  });
});

describe('What holds keys', () => {
  it('prints none, as JSON or in a debugger', () => {
    const { a } = createPair();
    const { session } = a.sessions[0];
    for (const secret of [a, session, must(decodeSession(encodeSession(session)))]) {
      expect(inspect(secret)).toBe('<redacted>');
      expect(inspect({ secret }, { depth: 9 })).toBe('{ secret: <redacted> }');
      expect(JSON.stringify([secret])).toBe('["<redacted>"]');
    }
  });
});
