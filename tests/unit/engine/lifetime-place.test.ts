import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ConversationState } from '#core/messages/conversation-state.ts';
import { decodePayload, encodePayload, type Payload } from '#core/messages/payload.ts';
import { bytesToHex, hexToBytesStrict } from '#core/codec/text-forms.ts';
import type { ConversationValue } from '#engine/sealed-values.ts';
import { takeLifetime } from '#engine/message-lifetimes.ts';

const said: Payload = {
  sequence: 5,
  ack: { next: 4, extras: [6] },
  queue: null,
  opening: null,
  body: { type: 'lifetime', days: 7 },
};
const protocol = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

/** What holds after the payload came, where `days` held at `order`, and I have said so many messages. */
function after(days: 0 | 1 | 7 | 30, order: number, nextSequence = 100): number | null {
  const held = { lifetimeDays: days, lifetimeOrder: order } as ConversationValue;
  const state = { nextSequence } as ConversationState;
  return takeLifetime(held, state, said, 7)?.lifetimeDays ?? null;
}

test('the example in the protocol is the payload as it is sent', () => {
  const hex = bytesToHex(encodePayload(said) ?? new Uint8Array(0));
  expect(protocol.includes(`\`${hex}\`: place 5 + 7 = 12`)).toBe(true);
  const bytes = hexToBytesStrict(hex);
  expect(bytes.ok && decodePayload(bytes.value)).toEqual({ ok: true, value: said });
});

test('a later place holds, an earlier one does not', () => {
  expect(after(1, 11)).toBe(7);
  expect(after(1, 13)).toBeNull();
});

test('at the same place the shorter time holds, and for ever is the longest', () => {
  expect(after(30, 12)).toBe(7);
  expect(after(1, 12)).toBeNull();
  expect(after(0, 12)).toBe(7);
});

test('nobody speaks from the future: numbers that I never used do not count', () => {
  expect(after(1, 11, 3)).toBeNull();
  expect(after(1, 7, 3)).toBe(7);
});
