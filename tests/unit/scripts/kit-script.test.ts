import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startAfterFirstScreen } from '../../../service-worker/kit-script.mjs';

const hashOf = (script: string) => createHash('sha256').update(script).digest('base64');

const pageWith = (script: string, hash = hashOf(script)) =>
  `<meta content="script-src 'sha256-${hash}'"><script>before()</script><script>${script}</script>`;

const kit = `{ Promise.all([import("/a.js"), import("/b.js")]).then(([kit, app]) => { kit.start(app); }); }`;

test('the app is asked for once the first screen was shown, and the policy knows that script', () => {
  const later = `{ Promise.resolve(globalThis.firstScreen).then(() => Promise.all([import("/a.js"), import("/b.js")])).then(([kit, app]) => { kit.start(app); }); }`;
  expect(startAfterFirstScreen(pageWith(kit))).toBe(pageWith(later));
});

test.each([
  ['starts the app in another way', pageWith('kit.start(app)'), /starts the app in another way/],
  ['is not there', pageWith('other()'), /starts the app in another way/],
  ['is not known to the policy', pageWith(kit, 'other'), /policy does not know/],
])('a build stops where Kit’s script %s', (_, page, error) => {
  expect(() => startAfterFirstScreen(page)).toThrow(error);
});
