import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { addDays, dayOf } from '#core/types/day.ts';
import type { PersonaKey, PersonaSeed } from '#core/types/ids.ts';
import { readCharterOrder } from '#relay/charter/charter-order.ts';
import { fillOrder } from '#relay/charter/fill-order.ts';
import { readCharter } from '#relay/charter/signed-charter.ts';
import { crypto } from './people.ts';
import { noonMs, startTestRelay } from './running-relay.ts';
import { charterOf, keyOf } from './stewards.ts';

const program = fileURLToPath(new URL('../../src/relay/sign-charter.ts', import.meta.url));
const first = bytesToBase64Url(keyOf(6));
const dashed = `-${first.slice(1)}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallflower-sign-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function run(...flags: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...flags], { cwd: folder });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    child.stderr.on('data', (part: Buffer) => (text += part.toString()));
    child.once('close', (code) => {
      resolve({ code, text });
    });
  });
}

const files = ['--key', 'charter.key', '--out', 'charter.cbor'];

/** The program without a process of its own, at a time of the test's choosing. */
async function sign(nowMs: number, ...flags: readonly string[]) {
  const name = ['--name', 'A circle', '--steward', first];
  const places = ['--key', join(folder, 'charter.key'), '--out', join(folder, 'charter.cbor')];
  const order = readCharterOrder([...name, ...places, ...flags]);
  if (!order.ok) throw new Error(order.error.message);
  return fillOrder(crypto, order.value, () => nowMs);
}

async function charter() {
  const read = readCharter(crypto, await readFile(join(folder, 'charter.cbor')));
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

test('a charter and its key are made, and a relay takes the charter', async () => {
  const names = ['--name', ' The circle ', '--steward', first, '--steward', dashed];
  const { code, text } = await run(...names, ...files, '--days', '90');
  expect(code, text).toBe(0);
  const { content, record } = await charter();
  expect(content.name).toBe('The circle');
  expect(content.stewards.map(bytesToBase64Url)).toEqual([first, dashed]);
  const today = dayOf(Date.now());
  expect(record.header.until - record.header.day).toBe(90);
  expect(today - record.header.day).toBeLessThanOrEqual(1);
  for (const said of [first, dashed, 'not the server', bytesToBase64Url(record.author)]) {
    expect(text).toContain(said);
  }
  const keyFile = join(folder, 'charter.key');
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  const seed = Buffer.from((await readFile(keyFile, 'utf8')).trim(), 'base64url');
  const key = crypto.personaKey(new Uint8Array(seed) as PersonaSeed);
  expect(record.author).toEqual(key);
  expect((await readdir(folder)).sort()).toEqual(['charter.cbor', 'charter.key']);

  const flags = ['--charter', join(folder, 'charter.cbor')];
  const relay = await startTestRelay(flags, { nowMs: Date.now() });
  expect((await relay.info()).charter).toEqual(key);
  const dashedKey = new Uint8Array(Buffer.from(dashed, 'base64url')) as PersonaKey;
  expect(relay.context.charter?.isSteward(dashedKey)).toBe(true);
  await relay.stop();
});

test('signed again it wins, by the same key: within a second, and after the old one was lost', async () => {
  expect(await sign(noonMs)).toMatchObject({ ok: true, value: { isKeyNew: true } });
  const before = await charter();
  const keyText = await readFile(join(folder, 'charter.key'), 'utf8');
  expect(await sign(noonMs)).toMatchObject({ ok: true, value: { isKeyNew: false } });
  const again = await charter();
  expect(again.record.header.rev).toBeGreaterThan(before.record.header.rev);
  expect(again.record.author).toEqual(before.record.author);
  await rm(join(folder, 'charter.cbor'));
  await sign(noonMs + 2_000);
  expect((await charter()).record.header.rev).toBeGreaterThan(again.record.header.rev);
  // The days of a charter never go back.
  await sign(noonMs - 86_400_000);
  expect((await charter()).record.header.day).toBe(before.record.header.day);
  expect(await readFile(join(folder, 'charter.key'), 'utf8')).toBe(keyText);
});

test('what stands until when is what was asked for', async () => {
  const today = dayOf(noonMs);
  expect(await sign(noonMs)).toMatchObject({ value: { until: addDays(today, 180) } });
  expect(await sign(noonMs, '--days', '1')).toMatchObject({ value: { until: today + 1 } });
});

const names = ['--name', 'A circle', '--steward', first];
test.each([
  [['--name', 'A circle', ...files], 'Name at least one steward'],
  [['--steward', first, ...files], '--help shows them'],
  [[...names, '--key', 'charter.key'], '--help shows them'],
  [[...names, '--key', 'one', '--out', './one'], 'must be two files'],
  [[...names, ...files, '--steward', first.slice(1)], 'is no persona key'],
  [[...names, ...files, '--steward', `${first.slice(0, -1)}B`], 'is no persona key'],
  [[...names, ...files, '--steward', `${first.slice(0, -1)}+`], 'is no persona key'],
  [[...names, ...files, '--steward', first], 'is there twice'],
  [[...names, ...files, '--days', '181'], 'from 1 to 180'],
  [[...names, ...files, '--days', '0'], 'from 1 to 180'],
  [['--name', 'x'.repeat(61), '--steward', first, ...files], '1 to 60 characters'],
  [['--name', '\u202e', '--steward', first, ...files], '1 to 60 characters'],
  [[...names, ...files, '--colour', 'red'], '--help lists what there is'],
])('%j is refused, and the message says what to do', async (flags, message) => {
  const order = readCharterOrder(flags);
  expect(order.ok ? '' : order.error.message).toContain(message);
});

test('a refusal reaches the terminal, ends with 2 and leaves the folder empty', async () => {
  const { code, text } = await run('--name', 'A circle', '--steward', 'me', ...files);
  expect(code).toBe(2);
  expect(text).toBe(
    "--steward me is no persona key. In the steward's app: Me, the persona, Copy key. It has 43 characters.\n",
  );
  expect(await readdir(folder)).toEqual([]);
});

test('more stewards than a charter holds are refused', () => {
  const keys = Array.from({ length: 65 }, (_, person) => bytesToBase64Url(keyOf(person)));
  const order = (count: number) =>
    readCharterOrder([
      ...names.slice(0, 2),
      ...keys.slice(0, count).flatMap((key) => ['--steward', key]),
      ...files,
    ]);
  expect(order(64).ok).toBe(true);
  expect(order(65)).toMatchObject({ error: { message: 'A charter has at most 64 stewards.' } });
});

test('files that are something else are left as they are', async () => {
  const keyFile = join(folder, 'charter.key');
  const out = join(folder, 'charter.cbor');
  await writeFile(keyFile, 'a diary');
  expect(await sign(noonMs)).toMatchObject({ error: { code: 'key' } });
  await rm(keyFile);
  await writeFile(out, 'a diary');
  expect(await sign(noonMs)).toMatchObject({ error: { code: 'charter' } });
  expect(await readFile(out, 'utf8')).toBe('a diary');
  // Another key would be another charter, which no device follows.
  await writeFile(out, charterOf([6]));
  expect(await sign(noonMs)).toMatchObject({ error: { code: 'charter' } });
  expect(new Uint8Array(await readFile(out))).toEqual(charterOf([6]));
  expect(await readdir(folder)).toEqual(['charter.cbor']);
});

test('a charter that no relay would take is not written', async () => {
  const ahead = 30 * 86_400_000;
  await sign(noonMs + ahead);
  const before = await readFile(join(folder, 'charter.cbor'));
  expect(await sign(noonMs)).toMatchObject({ error: { code: 'clock' } });
  expect(await readFile(join(folder, 'charter.cbor'))).toEqual(before);
});

test('where the key cannot be written, neither is the charter', async () => {
  const locked = join(folder, 'no', 'charter.key');
  expect(await sign(noonMs, '--key', locked)).toMatchObject({ error: { code: 'file' } });
  expect(await readdir(folder)).toEqual([]);
});
