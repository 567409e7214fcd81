import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestRelay, type TestRelay } from '#tests/relay/running-relay.ts';
import { Device, eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { meet, textsOf, type Meeting } from '#tests/support/meeting.ts';
import { TestClock } from '#tests/support/test-clock.ts';

/** More points than any of these steps has; a step that never ends is a fault of its own. */
const mostPoints = 80;
const quietMs = 150;
const appended = /^after POST \/v1\/queues\/[\w-]{43}$/;

let relay: TestRelay;
let asking: Device;
let helping: Device;
let ids: Meeting;

beforeAll(async () => {
  const clock = new TestClock();
  relay = await startTestRelay([], clock);
  asking = new Device({ origin: relay.origin, clock });
  helping = new Device({ origin: relay.origin, clock });
  await asking.startWithVault();
  await helping.startWithVault();
  ids = await meet(asking, helping);
});

afterAll(async () => {
  asking.kill();
  helping.kill();
  await relay.stop();
});

/**
 * Runs a step again and again, ending the victim at its first point, its second, and so on, until a
 * run comes through whole. Returns where it was ended.
 */
async function endAtEveryPoint(
  victim: Device,
  step: (attempt: number) => Promise<void>,
  isThrough: () => Promise<boolean>,
  check: (attempt: number) => Promise<void>,
): Promise<readonly string[]> {
  const points: string[] = [];
  for (let attempt = 1; attempt <= mostPoints; attempt++) {
    victim.line.endAtPoint(attempt);
    void step(attempt).catch(() => undefined);
    await eventually(
      async () => victim.line.isCut || ((await isThrough()) && (await isQuiet(victim))),
      (isOver) => isOver,
    );
    const { endedAt } = victim.line;
    await victim.restart();
    await check(attempt);
    if (endedAt === null) return points;
    points.push(endedAt);
  }
  throw new Error(`more than ${mostPoints} points: ${points.join(', ')}`);
}

/** Whether a device reads and writes nothing more of its own accord. */
async function isQuiet({ line }: Device): Promise<boolean> {
  const points = line.passed.length;
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  return line.passed.length === points;
}

const countOf = (texts: readonly string[], text: string) =>
  texts.filter((other) => other === text).length;

describe('An engine that is killed at any of its reads and writes', () => {
  test('sends a message once, or has not taken it', { timeout: 300_000 }, async () => {
    const textOf = (attempt: number) => `sent at ${attempt}`;
    let current = '';
    const points = await endAtEveryPoint(
      helping,
      async (attempt) => {
        current = textOf(attempt);
        unwrap(await helping.api.sendMessage(ids.helping, current));
      },
      async () =>
        helping.line.passed.some((point) => appended.test(point)) &&
        (await textsOf(asking, ids.asking)).includes(current),
      async () => {
        if (!(await textsOf(helping, ids.helping)).includes(current)) {
          unwrap(await helping.api.sendMessage(ids.helping, current));
        }
        const texts = await eventually(
          () => textsOf(asking, ids.asking),
          (arrived) => arrived.includes(current),
        );
        expect(countOf(texts, current)).toBe(1);
      },
    );
    expect(points.some((point) => appended.test(point))).toBe(true);
    expect(points.some((point) => point.startsWith('after readwrite'))).toBe(true);
    expect(await textsOf(asking, ids.asking)).toEqual(await textsOf(helping, ids.helping));
  });

  test('receives a message once', { timeout: 300_000 }, async () => {
    let current = '';
    const points = await endAtEveryPoint(
      asking,
      async (attempt) => {
        current = `received at ${attempt}`;
        unwrap(await helping.api.sendMessage(ids.helping, current));
        await asking.api.syncNow();
      },
      async () =>
        asking.line.passed.includes('after POST /v1/queues/ack') &&
        (await textsOf(asking, ids.asking)).includes(current),
      async () => {
        const texts = await eventually(
          () => textsOf(asking, ids.asking),
          (arrived) => arrived.includes(current),
        );
        expect(countOf(texts, current)).toBe(1);
      },
    );
    expect(points).toContain('after POST /v1/queues/read');
    expect(points).toContain('before POST /v1/queues/ack');
    expect(points).toContain('after POST /v1/queues/ack');
    expect(await textsOf(asking, ids.asking)).toEqual(await textsOf(helping, ids.helping));
  });

  test('goes on in both directions afterwards', async () => {
    unwrap(await asking.api.sendMessage(ids.asking, 'still here'));
    unwrap(await helping.api.sendMessage(ids.helping, 'so am I'));
    await eventually(
      () => textsOf(helping, ids.helping),
      (texts) => texts.includes('still here'),
    );
    await eventually(
      () => textsOf(asking, ids.asking),
      (texts) => texts.includes('so am I'),
    );
  });
});
