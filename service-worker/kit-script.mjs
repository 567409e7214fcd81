import { createHash } from 'node:crypto';

const kitScript = /<script>([^<]*\bkit\.start\([^<]*)<\/script>/;
const asksForTheApp = /Promise\.all\(\[[^\]]*\]\)/;

/** @param {string} script */
const hashOf = (script) => createHash('sha256').update(script).digest('base64');

/**
 * Has Kit's script ask for the app once the page has shown what it shows by itself
 * (src/app/first-screen.ts), and Kit's policy know that script.
 *
 * @param {string} html
 * @returns {string}
 */
export function startAfterFirstScreen(html) {
  const [, script = ''] = kitScript.exec(html) ?? [];
  const later = script.replace(
    asksForTheApp,
    (whole) => `Promise.resolve(globalThis.firstScreen).then(() => ${whole})`,
  );
  if (later === script) throw new Error('Kit’s script starts the app in another way than it did.');
  if (!html.includes(hashOf(script))) throw new Error('Kit’s policy does not know its script.');
  return html.replace(script, () => later).replace(hashOf(script), hashOf(later));
}
