import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { ConversationRow } from '#engine/api/conversation-calls.ts';
import { startTestRelay, type TestRelay } from '#tests/relay/running-relay.ts';
import { anyRequest } from '#tests/support/any-request.ts';
import { Device, eventually, unwrap } from '#tests/support/engine-in-node.ts';
import { meet, textsOf, type Meeting } from '#tests/support/meeting.ts';
import { TestClock } from '#tests/support/test-clock.ts';

/** A point that a run does not come to, because another wake-up came first, is tried again. */
const tries = 4;
const quietMs = 100;
const appended = 'after POST /v1/queues/<id> #0';
const acknowledged = 'after POST /v1/queues/ack #0';

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

/** Something that is done to completion once, and then ended at each of its points. */
interface Errand {
  readonly victim: Device;
  /** Brings about what the errand needs; nothing ends it. */
  readonly prepare: (turn: number) => Promise<void>;
  readonly run: () => Promise<unknown>;
  readonly isThrough: () => Promise<boolean>;
  /** After the victim was killed and started again: the errand's end is reached, once. */
  readonly check: () => Promise<void>;
}

/** Returns the points at which the victim was ended, and those that it never came to again. */
async function endAtEveryPoint(errand: Errand) {
  let turn = 0;
  const once = async (point: string | null) => {
    await quiet(errand.victim);
    await errand.prepare(turn++);
    await quiet(errand.victim);
    const { line } = errand.victim;
    if (point === null) line.watch();
    else line.endAt(point);
    void errand.run().catch(() => undefined);
    await eventually(
      async () => line.isCut || (await errand.isThrough()),
      (isOver) => isOver,
    );
    await quiet(errand.victim);
    const { isCut, passed } = line;
    await errand.victim.restart();
    await errand.check();
    return { isCut, passed };
  };
  const { passed } = await once(null);
  const missed: string[] = [];
  for (const point of passed) {
    let isCut = false;
    for (let attempt = 0; attempt < tries && !isCut; attempt++) ({ isCut } = await once(point));
    if (!isCut) missed.push(point);
  }
  return { points: passed, missed };
}

/** Waits until a device reads and writes nothing more of its own accord. */
async function quiet({ line }: Device): Promise<void> {
  for (;;) {
    const points = line.passed.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    if (line.passed.length === points) return;
  }
}

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

  test('answers a request once, or has not taken the answer', async () => {
    const answers = new Answers();
    const { points, missed } = await endAtEveryPoint({
      victim: helping,
      prepare: answers.ask,
      run: answers.send,
      isThrough: async () =>
        helping.line.passed.includes(appended) && (await answers.arrived()).length > 0,
      check: answers.expectOne,
    });
    expect(points).toContain(appended);
    expect(missed).toEqual([]);
  });

  test('takes up a first message once', async () => {
    const answers = new Answers();
    const { points, missed } = await endAtEveryPoint({
      victim: asking,
      prepare: answers.ask,
      run: answers.send,
      isThrough: async () =>
        asking.line.passed.includes(acknowledged) && (await answers.arrived()).length > 0,
      check: answers.expectOne,
    });
    expect(points).toContain(acknowledged);
    expect(missed).toEqual([]);
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

/** One request after another, all of one persona, and the answers to the last. */
class Answers {
  #address: RecordAddressText | null = null;
  #author: PersonaKeyText | null = null;

  /** Posts a request, and brings it and its author's card to the helper. */
  readonly ask = async (): Promise<void> => {
    this.#author ??= unwrap(await asking.api.createPersona('asks'));
    const author = { kind: 'known', key: this.#author } as const;
    const address = unwrap(await asking.api.postEntry(anyRequest, author));
    this.#address = address;
    await eventually(
      () => helping.api.prepareReply(address),
      (prepared) => prepared.ok && prepared.value.cardOnDevice,
    );
  };

  readonly send = async (): Promise<void> => {
    if (this.#address === null) throw new Error('nothing was asked');
    unwrap(await helping.api.replyToEntry(this.#address, 'I can help.', { kind: 'new' }));
  };

  readonly arrived = async (): Promise<readonly ConversationRow[]> =>
    unwrap(await asking.api.listConversations()).filter(this.#isAbout);

  readonly expectOne = async (): Promise<void> => {
    const taken = unwrap(await helping.api.listConversations()).filter(this.#isAbout);
    if (taken.length === 0) await this.send();
    const [row, ...others] = await eventually(this.arrived, ({ length }) => length > 0);
    expect(others).toEqual([]);
    if (row?.stage === 'asked') unwrap(await asking.api.acceptContact(row.id));
  };

  readonly #isAbout = ({ about }: ConversationRow) => about?.address === this.#address;
}
