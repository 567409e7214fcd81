import { expect, test } from 'vitest';
import type { RelaySequence } from '#core/types/ids.ts';
import { MemberList } from '#relay/reconcile/member-list.ts';

test('members come back as they were put in, over several blocks', () => {
  const members = new MemberList();
  const count = 40_000;
  for (let index = 0; index < count; index++) {
    const sequence = (2 ** 33 + index * 3) as RelaySequence;
    members.add({ high: index * 7, low: 0xffff_ffff - index }, sequence);
  }
  expect(members.length).toBe(count);
  for (const index of [0, 1, 16_383, 16_384, 32_768, count - 1]) {
    expect(members.highAt(index)).toBe(index * 7);
    expect(members.lowAt(index)).toBe(0xffff_ffff - index);
    expect(members.sequenceAt(index)).toBe(2 ** 33 + index * 3);
  }
});
