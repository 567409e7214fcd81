import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { composeAttachmentExample } from './attachments-example.ts';

test('the example of a file in the protocol’s text is what this code makes', async () => {
  const text = await readFile(new URL('attachments.json', import.meta.url), 'utf8');
  expect(await composeAttachmentExample()).toEqual(JSON.parse(text));
});
