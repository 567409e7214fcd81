import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonaKeyText, RecordAddressText } from '#core/types/ids.ts';
import type { ConversationRow } from '#engine/api/conversation-calls.ts';
import { anyRequest } from '#tests/support/any-request.ts';
import { startDevicePair, type DevicePair } from '#tests/support/device-pair.ts';
import { eventually, unwrap, type Device } from '#tests/support/engine-in-node.ts';
import { endAtEveryPoint } from '#tests/support/errand.ts';

const appended = 'after POST /v1/queues/<id> #0';
const acknowledged = 'after POST /v1/queues/ack #0';

let pair: DevicePair;
let asking: Device;
let helping: Device;

beforeAll(async () => {
  pair = await startDevicePair();
  ({ asking, helping } = pair);
});

afterAll(() => pair.end());

describe('An engine that is killed at any of its reads and writes', { timeout: 300_000 }, () => {
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
