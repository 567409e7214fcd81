import { expect, test } from 'vitest';
import { unwrap } from '#tests/support/engine-in-node.ts';
import { twoWhoTalk } from '#tests/support/two-people.ts';

test('both sides show the same 60 digits, and the code of one marks it on the other', async () => {
  const { asking, helping, asked, helped } = await twoWhoTalk();
  const mine = unwrap(await asking.api.readVerification(asked));
  const theirs = unwrap(await helping.api.readVerification(helped));
  expect(mine.digits).toMatch(/^\d{60}$/);
  expect(theirs.digits).toBe(mine.digits);
  expect(mine.verifiedDay).toBeNull();
  unwrap(await asking.api.compareScanned(asked, theirs.code));
  expect(unwrap(await asking.api.readVerification(asked)).verifiedDay).not.toBeNull();
  expect((await asking.read(asked)).verified).toBe(true);
  expect((await helping.read(helped)).verified).toBe(false);
});

test('a code of somebody else marks nothing', async () => {
  const { asking, asked } = await twoWhoTalk();
  const { code } = unwrap(await asking.api.readVerification(asked));
  const other = code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  const refused = { ok: false, error: { code: 'code-not-theirs' } };
  expect(await asking.api.compareScanned(asked, other)).toEqual(refused);
  expect(await asking.api.compareScanned(asked, 'https://example.org/')).toEqual(refused);
  expect((await asking.read(asked)).verified).toBe(false);
});

test('the mark outlives a restart and can be taken away', async () => {
  const { asking, asked } = await twoWhoTalk();
  unwrap(await asking.api.setVerified(asked, true));
  await asking.restart();
  expect((await asking.read(asked)).verified).toBe(true);
  unwrap(await asking.api.setVerified(asked, false));
  expect((await asking.read(asked)).verified).toBe(false);
});
