import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { composeExamples } from './wire-examples.ts';

test('every example of the protocol’s text is what this code sends', async () => {
  const text = await readFile(new URL('wire-examples.json', import.meta.url), 'utf8');
  expect(composeExamples()).toEqual(JSON.parse(text));
});
