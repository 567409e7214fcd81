import { expect, test } from 'vitest';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { twoPeople } from '#tests/support/two-people.ts';

test('search finds words in any case, accent and letter form, newest first, among all personas', async () => {
  const { asking, helping, asked, helped } = await twoPeople();
  unwrap(await helping.api.sendMessage(helped, 'Crème brûlée at the café'));
  unwrap(await helping.api.sendMessage(helped, 'مدرسة قريبة'));
  unwrap(await helping.api.sendMessage(helped, 'No CAFE today'));
  await asking.awaitsText(asked, 'No CAFE today');
  const find = async (text: string) => unwrap(await asking.api.searchMessages(text));
  const cafe = await find('café');
  expect(cafe.map(({ excerpt }) => excerpt)).toEqual(['No CAFE today', 'Crème brûlée at the café']);
  expect(cafe[0]).toMatchObject({ conversation: asked, fromMe: false });
  expect((await find('creme CAFE')).map(({ excerpt }) => excerpt)).toEqual([
    'Crème brûlée at the café',
  ]);
  expect(await find('مدرسه')).toHaveLength(1);
  expect(await find('tea')).toEqual([]);
  expect(await find('  ,')).toEqual([]);
  const { messages } = await asking.read(asked);
  expect(messages.map(({ id }) => id)).toContain(cafe[0]?.message);
});

test('an excerpt of a long message holds the hit in at most 160 characters', async () => {
  const { asking, asked } = await twoPeople();
  unwrap(
    await asking.api.sendMessage(asked, `${'before '.repeat(60)}needle${' after'.repeat(60)}`),
  );
  const [hit] = unwrap(await asking.api.searchMessages('NEEDLE'));
  expect(hit?.excerpt).toContain('needle');
  expect(hit?.excerpt.length).toBeLessThanOrEqual(160);
});

test('search gives at most a hundred hits, and none while the vault is locked', async () => {
  const { asking, asked } = await twoPeople();
  asking.loseLink();
  for (let n = 0; n < 101; n++) unwrap(await asking.api.sendMessage(asked, `needle ${n}`));
  const hits = unwrap(await asking.api.searchMessages('needle'));
  expect(hits).toHaveLength(100);
  expect(hits[0]?.excerpt).toBe('needle 100');
  await asking.api.lockVault();
  const locked = await asking.api.searchMessages('needle');
  expect(locked).toEqual({ ok: false, error: { code: 'vault-locked' } });
});

test('one who helps answers as several personas, and the two conversations stay apart', async () => {
  const { asking, helping, helped } = await twoPeople();
  const about = (await helping.read(helped)).about?.address;
  if (about === undefined) throw new Error('no entry');
  const other = unwrap(await helping.api.replyToEntry(about, 'As another.', { kind: 'new' }));
  expect(other).not.toBe(helped);
  const rows = await eventually(
    async () => unwrap(await asking.api.listConversations()),
    ({ length }) => length === 2,
  );
  expect(new Set(rows.map(({ peer }) => peer)).size).toBe(2);
  const known = await helping.read(helped);
  expect((await helping.read(other)).me).not.toBe(known.me);
  const again = await helping.api.replyToEntry(about, 'As the first.', {
    kind: 'known',
    key: known.me,
  });
  expect(unwrap(again)).toBe(helped);
});
