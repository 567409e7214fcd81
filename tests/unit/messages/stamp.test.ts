import { describe, expect, it } from 'vitest';
import { labelledHash } from '#core/codec/hash.ts';
import {
  findStamp,
  isStampValid,
  leadingZeroBits,
  stampHash,
  type StampTarget,
} from '#core/messages/stamp.ts';
import type { QueueId, RelayOrigin } from '#core/types/ids.ts';
import { laterDay, seededRandom, today } from './parties.ts';

const random = seededRandom('stamp');
const target: StampTarget = {
  origin: 'https://relay.example' as RelayOrigin,
  sendId: random(32) as QueueId,
  day: today,
  envelopeId: random(32),
};

describe('A stamp', () => {
  it('is the labelled hash of origin, send id, day, envelope id and counter', () => {
    const { origin, sendId, day, envelopeId } = target;
    expect(stampHash(target, 7)).toEqual(labelledHash('stamp', origin, sendId, day, envelopeId, 7));
  });

  it('counts zero bits over byte borders', () => {
    expect(leadingZeroBits(Uint8Array.of(0x80))).toBe(0);
    expect(leadingZeroBits(Uint8Array.of(0x01, 0xff))).toBe(7);
    expect(leadingZeroBits(Uint8Array.of(0, 0x10, 0))).toBe(11);
    expect(leadingZeroBits(new Uint8Array(32))).toBe(256);
  });

  it('is the first counter that pays, also across the lengths that CBOR gives counters', () => {
    for (const from of [0, 20, 250, 65_530, 70_000, 2 ** 32 - 5_000]) {
      const found = findStamp(target, 8, { from, budget: 5_000 });
      let expected = from;
      while (!isStampValid(target, expected, 8)) expected++;
      expect(found).toEqual({ counter: expected });
    }
  });

  it('is found in slices that go on where the last one stopped', () => {
    const whole = findStamp(target, 10, { from: 0, budget: 100_000 });
    let found = null;
    let from = 0;
    while (found === null) {
      found = findStamp(target, 10, { from, budget: 100 });
      from += 100;
    }
    expect(found).toEqual(whole);
  });

  it('is not found where the counters end', () => {
    expect(findStamp(target, 200, { from: 2 ** 32 - 10, budget: 1_000 })).toBeNull();
  });

  it('pays for nothing else: another relay, queue, day or envelope', () => {
    const counter = findStamp(target, 16, { from: 0, budget: 2 ** 24 })?.counter ?? -1;
    expect(isStampValid(target, counter, 16)).toBe(true);
    const others: Partial<StampTarget>[] = [
      { origin: 'https://other.example' as RelayOrigin },
      { sendId: random(32) as QueueId },
      { day: laterDay(1) },
      { envelopeId: random(32) },
    ];
    for (const other of others) {
      expect(isStampValid({ ...target, ...other }, counter, 16)).toBe(false);
    }
  });

  it('has a counter that is a u32', () => {
    for (const counter of [-1, 0.5, 2 ** 32, NaN]) {
      expect(isStampValid(target, counter, 0)).toBe(false);
    }
  });
});
