import { expect, test } from 'vitest';
import { textsOf } from '#tests/support/meeting.ts';
import { twoWhoTalk } from '#tests/support/two-people.ts';

test('two engines write to each other over a real relay', async () => {
  const { asking, helping, asked, helped } = await twoWhoTalk();
  const said = ['I can help.', 'Thank you.', 'Gladly.'];
  expect(await textsOf(asking, asked)).toEqual(said);
  expect(await textsOf(helping, helped)).toEqual(said);
});
