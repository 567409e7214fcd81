import { describe, expect, it } from 'vitest';
import { labelledHash } from '#core/codec/hash.ts';
import { fingerprintDigits } from '#core/messages/fingerprint.ts';
import { compareBytes } from '#core/types/bytes.ts';
import { createParty } from './parties.ts';

const [alice, bob, mallory] = ['alice', 'bob', 'mallory'].map((label) => {
  const { persona, ik } = createParty(label).me;
  return { persona, ik: ik.publicKey };
}) as [Side, Side, Side];
type Side = Parameters<typeof fingerprintDigits>[0];

describe('The fingerprint', () => {
  it('is 60 digits, the same on both sides', () => {
    expect(fingerprintDigits(alice, bob)).toMatch(/^\d{60}$/);
    expect(fingerprintDigits(alice, bob)).toBe(fingerprintDigits(bob, alice));
  });

  it('shows the lower persona first, its hash as six numbers mod 100,000', () => {
    const lower = compareBytes(alice.persona, bob.persona) < 0 ? alice : bob;
    const hash = labelledHash('fingerprint', lower.persona, lower.ik);
    const view = new DataView(hash.buffer);
    const digits = [0, 5, 10, 15, 20, 25].map((offset) => {
      const value = BigInt(view.getUint8(offset)) * 2n ** 32n + BigInt(view.getUint32(offset + 1));
      return String(value % 100_000n).padStart(5, '0');
    });
    expect(fingerprintDigits(alice, bob).slice(0, 30)).toBe(digits.join(''));
  });

  it('changes with either persona and either ik', () => {
    const known = fingerprintDigits(alice, bob);
    expect(fingerprintDigits(alice, mallory)).not.toBe(known);
    expect(fingerprintDigits({ ...alice, ik: mallory.ik }, bob)).not.toBe(known);
    expect(fingerprintDigits(alice, { ...bob, ik: mallory.ik })).not.toBe(known);
  });
});
