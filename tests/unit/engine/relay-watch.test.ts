import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryFields } from '#engine/api/entry-calls.ts';
import { startTestRelay, type TestRelay } from '../../relay/running-relay.ts';
import { anyTerms } from '../../support/any-terms.ts';
import { Device, eventually, unwrap } from '../../support/engine-in-node.ts';
import { TestClock } from '../../support/test-clock.ts';

const lawyer: EntryFields = {
  kind: 'request',
  title: 'A lawyer for an appeal',
  text: 'The hearing is in three weeks.',
  language: 'en',
  country: 'ER',
  skills: ['legal'],
  urgency: 'week',
  lifetimeDays: 30,
};

/** The polls of one device: how many it began, how many it broke off, what else its link does. */
class Polls {
  begun = 0;
  brokenOff = 0;
  isCut = false;
  readonly #ends = new Set<() => void>();

  readonly fetch: typeof fetch = async (input, init) => {
    if (this.isCut) throw new TypeError('no link');
    if (!(input as string).endsWith('/v1/live')) return fetch(input, init);
    this.begun++;
    init?.signal?.addEventListener('abort', () => this.brokenOff++);
    const cut = new Promise<never>((_, reject) => {
      this.#ends.add(() => {
        reject(new TypeError('the link broke'));
      });
    });
    return Promise.race([fetch(input, init), cut]);
  };

  breakLink(): void {
    this.isCut = true;
    for (const end of this.#ends) end();
  }
}

const clock = new TestClock();
let relay: TestRelay;
let polls: Polls;
let waiting: Device;
let other: Device;

beforeEach(async () => {
  relay = await startTestRelay([], clock);
  polls = new Polls();
  waiting = new Device({ origin: relay.origin, clock, fetch: polls.fetch });
  other = new Device({ origin: relay.origin, clock });
  await waiting.startWithVault();
  await other.startWithVault();
  for (let visit = 0; visit < 3; visit++) await waiting.api.syncNow();
  await eventually(
    () => Promise.resolve(polls.begun - polls.brokenOff),
    (standing) => standing === 1,
  );
});

afterEach(async () => {
  waiting.kill();
  other.kill();
  await relay.stop();
});

const board = { ...anyTerms, offset: 0, limit: 20 };
const titles = async () => (await waiting.api.queryBoard(board)).rows.map(({ title }) => title);

describe('waiting at a relay', () => {
  it('goes on over visits that find nothing else to wait for', async () => {
    const { begun, brokenOff } = polls;
    for (let visit = 0; visit < 5; visit++) await waiting.api.syncNow();
    expect([polls.begun, polls.brokenOff]).toEqual([begun, brokenOff]);
    unwrap(await other.api.postEntry(lawyer, { kind: 'new' }));
    await other.api.syncNow();
    await eventually(titles, (found) => found.includes(lawyer.title));
  });

  it('begins anew with a link that is back, since what stood may be dead', async () => {
    const { begun } = polls;
    waiting.linkIsBack();
    await eventually(
      () => Promise.resolve([polls.begun, polls.brokenOff]),
      ([now = 0, off]) => now > begun && off === 1,
    );
  });

  it('begins anew after it broke', async () => {
    const { begun } = polls;
    polls.breakLink();
    polls.isCut = false;
    await eventually(
      () => Promise.resolve(polls.begun),
      (now) => now > begun,
    );
  });
});
