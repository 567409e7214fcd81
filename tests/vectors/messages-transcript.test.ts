import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { computeTranscript } from './messages-transcript.ts';

const checkedIn: unknown = JSON.parse(
  readFileSync(new URL('messages-transcript.json', import.meta.url), 'utf8'),
);

it('The conversation checked in is what the app and the reference model play, byte for byte', () => {
  expect(JSON.parse(JSON.stringify(computeTranscript()))).toEqual(checkedIn);
});
