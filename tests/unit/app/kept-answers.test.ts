import { expect, test } from 'vitest';
import type { BoardPage, BoardQuery } from '#engine/api/board-calls.ts';
import { KeptAnswers } from '#app/kept-answers.ts';

const queryFor = (text: string) => ({ text }) as BoardQuery;
const pageOf = (total: number) => ({ total }) as BoardPage;
const nothingEarly = () => () => undefined;

/** Answers to what was asked, in turn, each with how often anything was asked so far. */
function keeping() {
  const asked: string[] = [];
  const answers = new KeptAnswers(({ text }) => {
    asked.push(text);
    return Promise.resolve(pageOf(asked.length));
  }, nothingEarly);
  return { asked, answers };
}

test('what is on its way is not asked for again, nor what is here', async () => {
  const { asked, answers } = keeping();
  const first = answers.bring(queryFor('f'));
  expect(answers.get(queryFor('f'), false)).toBeUndefined();
  expect(await answers.bring(queryFor('f'))).toBe(await first);
  expect(answers.get(queryFor('f'), false)).toEqual(pageOf(1));
  await answers.bring(queryFor('f'));
  expect(asked).toEqual(['f']);
});

test('what could not be answered is asked for again', async () => {
  let isLost = true;
  const answers = new KeptAnswers(
    () => (isLost ? Promise.reject(new Error('lost')) : Promise.resolve(pageOf(1))),
    nothingEarly,
  );
  await expect(answers.bring(queryFor('f'))).rejects.toThrow('lost');
  isLost = false;
  expect(await answers.bring(queryFor('f'))).toEqual(pageOf(1));
});

test('the answer that was used longest ago leaves when there are too many', async () => {
  const { answers } = keeping();
  await answers.bring(queryFor(''));
  await answers.bring(queryFor('never again'));
  for (let letters = 1; letters <= 31; letters++) {
    answers.get(queryFor(''), false);
    await answers.bring(queryFor('f'.repeat(letters)));
  }
  expect(answers.get(queryFor(''), false)).toEqual(pageOf(1));
  expect(answers.get(queryFor('never again'), false)).toBeUndefined();
  expect(answers.get(queryFor('f'), false)).toBeDefined();
});

test('an answer that lies ready is had before it comes, and only for what was asked', async () => {
  const early = new Map<string, BoardPage>();
  const coming = Promise.withResolvers<BoardPage>();
  const answers = new KeptAnswers(
    () => coming.promise,
    () => (query) => early.get(query),
  );
  early.set(JSON.stringify(queryFor('f')), pageOf(7));
  expect(answers.get(queryFor('f'), true)).toBeUndefined();
  const brought = answers.bring(queryFor('f'));
  expect(answers.get(queryFor('f'), false)).toBeUndefined();
  expect(answers.get(queryFor('f'), true)).toEqual(pageOf(7));
  expect(answers.get(queryFor('f'), false)).toEqual(pageOf(7));
  void answers.bring(queryFor('g'));
  expect(answers.get(queryFor('g'), true)).toBeUndefined();
  coming.resolve(pageOf(8));
  expect(await brought).toEqual(pageOf(8));
});
