import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodePayload } from '#core/records/pack-payload.ts';
import { encodeRecord } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { addDays, msPerDay } from '#core/types/day.ts';
import { readConfig } from '#relay/config.ts';
import { startRelay } from '#relay/start-relay.ts';
import { publishAnswerSchema, visitBounds, visitForms, visitSchema } from '#sync/wire/board.ts';
import { recordVerdicts, type RecordVerdict } from '#sync/wire/codes.ts';
import { cborSequenceType } from '#sync/wire/media-type.ts';
import { requestOf, today } from './people.ts';
import { bodyOf, noonMs, readAnswer, startTestRelay, type TestRelay } from './running-relay.ts';
import {
  charterOf,
  charterWithdrawalOf,
  keyOf,
  root,
  starsOf,
  starsWithdrawalOf,
} from './stewards.ts';

const steward = 6;
const former = 7;
const somebody = 8;

let folder: string;
let file: string;
const running: TestRelay[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wallflower-charter-'));
  file = join(folder, 'charter.cbor');
});
afterEach(async () => {
  for (const relay of running.splice(0)) await relay.stop();
  await rm(folder, { recursive: true, force: true });
});

async function relayWith(charter: Bytes, clock = { nowMs: noonMs }): Promise<TestRelay> {
  await writeFile(file, charter);
  return kept(await startTestRelay(['--charter', file], clock));
}

function kept(relay: TestRelay): TestRelay {
  running.push(relay);
  return relay;
}

/** Starts and stops a relay on a folder of data that stays. */
async function startOn(data: string, nowMs = noonMs): Promise<string> {
  const config = readConfig(
    ['--port', '0', '--workers', '1', '--data', data, '--charter', file],
    {},
  );
  if (!config.ok) throw new Error(config.error.message);
  const started = await startRelay(config.value, { clock: () => nowMs, writeLog: () => undefined });
  if (!started.ok) return `${started.error.code}: ${started.error.message}`;
  const isSteward = started.value.context.charter?.isSteward(keyOf(steward));
  await started.value.stop();
  return `steward: ${String(isSteward)}`;
}

async function publish(relay: TestRelay, ...records: readonly Bytes[]) {
  const response = await relay.raw(
    'POST',
    '/v1/records',
    concatBytes(...records),
    cborSequenceType,
  );
  const names = Object.keys(recordVerdicts) as RecordVerdict[];
  const answer = await readAnswer(response, publishAnswerSchema);
  return answer.map(([, code]) => names.find((name) => recordVerdicts[name] === code));
}

async function visit(relay: TestRelay) {
  const answer = await relay.raw('GET', '/v1/visit/new');
  const greetingHead = (await bodyOf(answer.clone()))[1];
  const [{ charter }, board] = await readAnswer(answer, visitSchema, visitBounds);
  const records = decodePayload(board[0] === visitForms.start ? board[5] : board[3]);
  if (!records.ok) throw new Error(records.error.reason);
  return { charter, greetingHead, records: records.value.map(encodeRecord) };
}

test('a steward’s stars are taken in and handed on, with the charter that names the steward', async () => {
  const charter = charterOf([steward]);
  const relay = await relayWith(charter);
  const stars = starsOf(steward, somebody);
  expect(await publish(relay, stars)).toEqual(['accepted']);
  expect(await publish(relay, stars, charter)).toEqual(['known', 'known']);
  const visited = await visit(relay);
  expect(visited.records).toEqual([stars, charter]);
  expect(visited.charter).toEqual(keyOf(root));
  expect(visited.greetingHead).toBe(0x87);
  expect((await relay.info()).charter).toEqual(keyOf(root));
});

test('without a charter both kinds are refused, and the greeting spends no byte on one', async () => {
  const relay = kept(await startTestRelay());
  const records = [starsOf(steward, somebody), charterOf([steward]), requestOf(1)];
  expect(await publish(relay, ...records)).toEqual(['not-a-steward', 'not-a-steward', 'accepted']);
  const visited = await visit(relay);
  expect(visited).toEqual({ charter: null, greetingHead: 0x86, records: [requestOf(1)] });
  expect((await relay.info()).charter).toBeNull();
});

test('stars by somebody whom the charter does not name leave the log as it was', async () => {
  const charter = charterOf([steward]);
  const relay = await relayWith(charter);
  const records = [requestOf(1), starsOf(somebody, steward), starsWithdrawalOf(somebody, steward)];
  const verdicts = ['accepted', 'not-a-steward', 'not-a-steward', 'accepted'];
  expect(await publish(relay, ...records, requestOf(2))).toEqual(verdicts);
  expect((await visit(relay)).records).toHaveLength(3);
  // Its own key signs charters and does nothing else.
  expect(await publish(relay, starsOf(root, somebody))).toEqual(['not-a-steward']);
});

test('nobody gives themselves stars', async () => {
  const relay = await relayWith(charterOf([steward]));
  expect(await publish(relay, starsOf(steward, steward))).toEqual(['not-a-steward']);
});

test('a charter by another key is refused, also by a steward’s', async () => {
  const relay = await relayWith(charterOf([steward]));
  const others = [somebody, steward].map((author) => charterOf([somebody], { author, rev: 9 }));
  expect(await publish(relay, ...others)).toEqual(['not-a-steward', 'not-a-steward']);
  expect((await visit(relay)).records).toHaveLength(1);
});

test('a new charter counts at once: who is no steward any more takes stars back, and gives none', async () => {
  const relay = await relayWith(charterOf([steward, former]));
  expect(await publish(relay, starsOf(former, somebody))).toEqual(['accepted']);
  expect(await publish(relay, charterOf([steward], { rev: 2 }))).toEqual(['accepted']);
  expect(await publish(relay, starsOf(former, 9))).toEqual(['not-a-steward']);
  expect(await publish(relay, starsOf(former, somebody, 2))).toEqual(['not-a-steward']);
  expect(await publish(relay, starsWithdrawalOf(former, 9))).toEqual(['not-a-steward']);
  expect(await publish(relay, starsWithdrawalOf(former, somebody))).toEqual(['accepted']);
  expect(await publish(relay, starsWithdrawalOf(former, somebody))).toEqual(['known']);
  expect(await publish(relay, starsOf(steward, somebody))).toEqual(['accepted']);
  // An older one changes nothing.
  expect(await publish(relay, charterOf([former]))).toEqual(['stale']);
  expect(await publish(relay, starsOf(former, somebody, 3))).toEqual(['not-a-steward']);
});

test('a charter that is taken back leaves no steward', async () => {
  const relay = await relayWith(charterOf([steward]));
  expect(await publish(relay, charterWithdrawalOf(2))).toEqual(['accepted']);
  expect(await publish(relay, starsOf(steward, somebody))).toEqual(['not-a-steward']);
});

test('a charter that expires leaves no steward, but devices are still told whose it was', async () => {
  const clock = { nowMs: noonMs };
  const relay = await relayWith(charterOf([steward], { lifetime: 1 }), clock);
  clock.nowMs += msPerDay;
  expect(await publish(relay, starsOf(steward, somebody))).toEqual(['accepted']);
  clock.nowMs += msPerDay;
  await relay.maintain();
  expect(await publish(relay, starsOf(steward, 9))).toEqual(['not-a-steward']);
  expect((await visit(relay)).charter).toEqual(keyOf(root));
  const renewed = charterOf([steward], { rev: 2, day: addDays(today, 2) });
  expect(await publish(relay, renewed)).toEqual(['accepted']);
  expect(await publish(relay, starsOf(steward, 9))).toEqual(['accepted']);
});

const forged = charterOf([steward]);
forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;

test.each([
  ['forged', forged, 'was changed after it was signed'],
  ['a request', requestOf(1), 'holds no charter'],
  ['a charter taken back', charterWithdrawalOf(2), 'holds no charter'],
  ['a page', new TextEncoder().encode('<!doctype html>'), 'holds no charter'],
  ['empty', new Uint8Array(0), 'holds no charter'],
  ['of next week', charterOf([steward], { day: addDays(today, 7) }), 'has not come'],
  ['with a hidden name', charterOf([steward], { name: 'A\u202eB' }), 'cannot be shown'],
])('with a file that is %s no relay starts, and it says what to do', async (_, bytes, reason) => {
  await writeFile(file, bytes);
  const fault = await startOn(folder);
  expect(fault).toMatch(/^charter: /);
  expect(fault).toContain(reason);
  expect(fault).toContain('npm run charter');
  await writeFile(file, charterOf([steward]));
  expect(await startOn(folder)).toBe('steward: true');
});

test('with a file that is not there no relay starts', async () => {
  expect(await startOn(folder)).toBe(
    `charter: The charter ${file} is not there. Make one: npm run charter -- --help`,
  );
});

test('the newest charter that the log has seen rules, whatever the file says', async () => {
  await writeFile(file, charterOf([], { rev: 5 }));
  expect(await startOn(folder)).toBe('steward: false');
  await writeFile(file, charterOf([steward], { rev: 4 }));
  expect(await startOn(folder)).toBe('steward: false');
  await writeFile(file, charterOf([steward], { rev: 6 }));
  expect(await startOn(folder)).toBe('steward: true');
  await writeFile(file, charterOf([], { rev: 3, day: addDays(today, -31), lifetime: 30 }));
  expect(await startOn(folder)).toBe('steward: true');
});

test('a charter that has ended keeps no relay from starting, and names nobody', async () => {
  await writeFile(file, charterOf([steward], { day: addDays(today, -31), lifetime: 30 }));
  expect(await startOn(folder)).toBe('steward: false');
});

test('a charter older than one that has ended is not taken up', async () => {
  await writeFile(file, charterOf([steward], { rev: 5, lifetime: 1 }));
  expect(await startOn(folder)).toBe('steward: true');
  await writeFile(file, charterOf([steward], { rev: 4 }));
  expect(await startOn(folder, noonMs + 2 * msPerDay)).toBe('steward: false');
});
