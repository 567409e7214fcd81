import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDevicePair, type DevicePair } from '#tests/support/device-pair.ts';
import { eventually, unwrap, type Device } from '#tests/support/engine-in-node.ts';
import { endAtEveryPoint } from '#tests/support/errand.ts';
import { meet, textsOf, type Meeting } from '#tests/support/meeting.ts';

const appended = 'after POST /v1/queues/<id> #0';
const acknowledged = 'after POST /v1/queues/ack #0';

let pair: DevicePair;
let asking: Device;
let helping: Device;
let ids: Meeting;

beforeAll(async () => {
  pair = await startDevicePair();
  ({ asking, helping } = pair);
  ids = await meet(asking, helping);
});

afterAll(() => pair.end());

const countOf = (texts: readonly string[], text: string) =>
  texts.filter((other) => other === text).length;

describe('An engine that is killed at any of its reads and writes', { timeout: 300_000 }, () => {
  test('sends a message once, or has not taken it', async () => {
    let text = '';
    const send = () => helping.api.sendMessage(ids.helping, text);
    const { points, missed } = await endAtEveryPoint({
      victim: helping,
      prepare: (turn) => {
        text = `sent in turn ${turn}`;
        return Promise.resolve();
      },
      run: send,
      isThrough: async () =>
        helping.line.passed.includes(appended) &&
        (await textsOf(asking, ids.asking)).includes(text),
      check: async () => {
        if (!(await textsOf(helping, ids.helping)).includes(text)) unwrap(await send());
        const texts = await eventually(
          () => textsOf(asking, ids.asking),
          (arrived) => arrived.includes(text),
        );
        expect(countOf(texts, text)).toBe(1);
      },
    });
    expect(points).toContain(appended);
    expect(missed).toEqual([]);
    expect(await textsOf(asking, ids.asking)).toEqual(await textsOf(helping, ids.helping));
  });

  test('receives a message once', async () => {
    let text = '';
    const { points, missed } = await endAtEveryPoint({
      victim: asking,
      prepare: (turn) => {
        text = `received in turn ${turn}`;
        return Promise.resolve();
      },
      run: () => helping.api.sendMessage(ids.helping, text),
      isThrough: async () =>
        asking.line.passed.includes(acknowledged) &&
        (await textsOf(asking, ids.asking)).includes(text),
      check: async () => {
        const texts = await eventually(
          () => textsOf(asking, ids.asking),
          (arrived) => arrived.includes(text),
        );
        expect(countOf(texts, text)).toBe(1);
      },
    });
    expect(points).toContain(acknowledged);
    expect(missed).toEqual([]);
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
