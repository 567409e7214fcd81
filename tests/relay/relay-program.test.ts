import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { encodeCbor } from '#core/codec/cbor.ts';
import { wakeUpSchema } from '#sync/wire/queues.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { requestOf } from './people.ts';
import { bodyOf, readAnswer } from './running-relay.ts';

const mainPath = fileURLToPath(new URL('../../src/relay/main.ts', import.meta.url));

function run(...flags: readonly string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [mainPath, ...flags]);
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    child.stderr.on('data', (part: Buffer) => (text += part.toString()));
    child.once('close', (code) => {
      resolve({ code, text });
    });
  });
}

test('help lists every setting and starts nothing', async () => {
  const { code, text } = await run('--help');
  expect(code).toBe(0);
  for (const flag of ['--port', '--data', '--origin', '--demo', '--stamp-price']) {
    expect(text).toContain(flag);
  }
});

test.each([
  [['--port', '70000'], '--port (or WALLFLOWER_PORT) must be a whole number from 0 to 65535'],
  [['--stamp-price', '40'], 'from 0 to 22'],
  [['--origin', 'relay.example'], 'an origin as in https://relay.example'],
  [['--colour', 'red'], '--help lists what there is'],
  [['--app', '/nowhere/at/all'], 'There is no built app in /nowhere/at/all'],
])('%j is refused with what is allowed', async (flags, message) => {
  const { code, text } = await run('--data', '/nowhere/needed', ...flags);
  expect(code).toBeGreaterThan(0);
  expect(text).toContain(message);
  expect(text).not.toContain('    at ');
});

test('a port that is taken, and a folder that is in use, are said plainly', async () => {
  const relay = await startRelayProcess();
  const { port } = new URL(relay.origin);
  const taken = await run('--port', port, '--data', `${relay.dataFolder}/other`);
  expect(taken.code).toBe(1);
  expect(taken.text).toContain(`Port ${port} is taken`);
  const inUse = await run('--port', '0', '--data', relay.dataFolder);
  expect(inUse.code).toBe(1);
  expect(inUse.text).toContain('another relay is running on this folder');
  await relay.stop();
});

test('a stop answers those who wait, keeps what was accepted and ends with 0', async () => {
  const relay = await startRelayProcess();
  const post = (path: string, type: string, body: Uint8Array<ArrayBuffer>) =>
    fetch(relay.origin + path, { method: 'POST', headers: { 'content-type': type }, body });
  const poll = post(
    '/v1/live',
    'application/cbor',
    encodeCbor(['poll', relay.origin, new Uint8Array(32), 1, []]),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const day = Math.floor(Date.now() / 86_400_000) as never;
  const accepted = await bodyOf(
    await post('/v1/records', 'application/cbor-seq', requestOf(1, { day })),
  );
  expect(accepted.at(-1)).toBe(0);
  await readAnswer(await poll, wakeUpSchema);
  const waiting = post(
    '/v1/live',
    'application/cbor',
    encodeCbor(['poll', relay.origin, new Uint8Array(32), 1, []]),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const restarted = relay.restart();
  expect(await readAnswer(await waiting, wakeUpSchema)).toEqual([false, []]);
  await restarted;
  const again = await bodyOf(
    await post('/v1/records', 'application/cbor-seq', requestOf(1, { day })),
  );
  expect(again.at(-1)).toBe(1);
  expect(await relay.stop()).toBe(0);
  expect(existsSync(relay.dataFolder)).toBe(false);
});
