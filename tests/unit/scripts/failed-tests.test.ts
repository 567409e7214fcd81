import { expect, test } from 'vitest';
import {
  failedInPlaywright,
  failedInVitest,
  sayFailedTest,
} from '../../../scripts/failed-tests.mjs';
import { inRoot } from '../../../scripts/places.mjs';

test('what failed in vitest is named with its file and what it said', () => {
  const file = (name: string, status: string, message?: string) => ({
    ...{ name: inRoot('tests', 'unit', name), status, assertionResults: [] },
    ...(message !== undefined && { message }),
  });
  const assertionResults = [
    { status: 'passed', fullName: 'one is one', failureMessages: [] },
    { status: 'failed', fullName: 'one is two', failureMessages: ['expected 1 to be 2'] },
  ];
  expect(
    failedInVitest([
      file('good.test.ts', 'passed'),
      { ...file('sums.test.ts', 'failed'), assertionResults },
      file('broken.test.ts', 'failed', 'no such module'),
    ]),
  ).toEqual([
    { name: 'tests/unit/sums.test.ts › one is two', why: 'expected 1 to be 2' },
    { name: 'tests/unit/broken.test.ts', why: 'no such module' },
  ]);
});

test('what failed in Playwright is found however deep it stands', () => {
  const spec = (title: string, ok: boolean, message?: string) => ({
    ...{ title, ok, file: 'e2e/board.spec.ts' },
    tests: [{ results: [message === undefined ? {} : { error: { message } }] }],
  });
  const inner = { specs: [spec('scrolls', false, 'it did not')] };
  expect(failedInPlaywright([{ specs: [spec('opens', true)], suites: [inner] }])).toEqual([
    { name: 'e2e/board.spec.ts › scrolls', why: 'it did not' },
  ]);
});

test('what failed is said without colours, and in few lines', () => {
  const why = `\u001b[31mnot so\u001b[39m\n${'and so on\n'.repeat(100)}`;
  const said = sayFailedTest({ name: 'a test', why }).split('\n');
  expect(said.slice(0, 3)).toEqual(['✗ a test', '    not so', '    and so on']);
  expect(said).toHaveLength(25);
});
