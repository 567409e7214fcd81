import 'fake-indexeddb/auto';
import { afterEach } from 'vitest';
import { encodeCbor } from '#core/codec/cbor.ts';
import type { ConversationId } from '#core/types/ids.ts';
import type { ConversationView } from '#engine/api/conversation-calls.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { startTestRelay, type TestRelay } from '../relay/running-relay.ts';
import { anyRequest } from './any-request.ts';
import { Device, eventually, unwrap } from './engine-in-node.ts';
import { meet } from './meeting.ts';
import { TestClock } from './test-clock.ts';

/** A device whose link can be taken away, as a whole or to some relays. */
export class LinkedDevice extends Device {
  readonly #cut: Set<string>;
  readonly #sending: { refused: boolean; broken: boolean };
  readonly #held: { part: string; until: Promise<void> | null; calls: number };

  constructor(origin: string, clock: TestClock) {
    const cut = new Set<string>();
    const sending = { refused: false, broken: false };
    const held = { part: '', until: null as Promise<void> | null, calls: 0 };
    super({
      origin,
      clock,
      fetch: async (input, init) => {
        const target = new URL(input instanceof Request ? input.url : String(input));
        if (cut.has('everywhere') || cut.has(target.origin)) {
          throw new TypeError('no link');
        }
        if (held.until !== null && target.pathname.includes(held.part)) {
          held.calls++;
          await held.until;
        }
        const isAppend = /^\/v1\/queues\/[\w-]{43}$/.test(target.pathname);
        if (sending.refused && isAppend) return refusal();
        if (sending.broken && isAppend) throw new TypeError('the link broke');
        return fetch(input, init);
      },
    });
    this.#cut = cut;
    this.#sending = sending;
    this.#held = held;
  }

  /** While set, the link breaks under every envelope that is sent; everything else passes. */
  set breakSending(broken: boolean) {
    this.#sending.broken = broken;
  }

  /** How many calls were held so far. */
  get callsHeld(): number {
    return this.#held.calls;
  }

  /** From now on no call with this in its path arrives at a relay, until what this returns is called. */
  hold(part: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(this.#held, { part, until: promise });
    return () => {
      this.#held.until = null;
      resolve();
    };
  }

  /** While set, no envelope reaches a relay; everything else does. */
  set refuseToSend(refused: boolean) {
    this.#sending.refused = refused;
  }

  /** From now on nothing goes out or comes in, or nothing to and from one relay. */
  loseLink(relay = 'everywhere'): void {
    this.#cut.add(relay);
  }

  async findLink(relay = 'everywhere'): Promise<void> {
    this.#cut.delete(relay);
    await this.api.syncNow();
  }

  async read(id: ConversationId): Promise<ConversationView> {
    return unwrap(await this.api.readConversation(id));
  }

  /** The conversation once it is as awaited; asks the relays again meanwhile. */
  async awaits(
    id: ConversationId,
    isThere: (view: ConversationView) => boolean,
  ): Promise<ConversationView> {
    return eventually(async () => {
      await this.api.syncNow();
      return this.read(id);
    }, isThere);
  }

  /** The conversation once this text has come. */
  awaitsText(id: ConversationId, text: string): Promise<ConversationView> {
    return this.awaits(id, ({ messages }) => messages.some((message) => message.text === text));
  }
}

const relays: TestRelay[] = [];
const devices: Device[] = [];

afterEach(async () => {
  for (const device of devices.splice(0)) device.kill();
  for (const relay of relays.splice(0)) await relay.stop();
});

/** A relay of this test; it ends with it. */
export async function openRelay(clock: TestClock): Promise<TestRelay> {
  const relay = await startTestRelay([], clock);
  relays.push(relay);
  return relay;
}

/** A device with an open vault; it ends with the test. */
export async function openDevice(origin: string, clock: TestClock): Promise<LinkedDevice> {
  const device = new LinkedDevice(origin, clock);
  devices.push(device);
  await device.startWithVault();
  return device;
}

/** One who asked, one who answered and was accepted, and what stands between them. */
export interface TwoPeople {
  readonly clock: TestClock;
  readonly relay: TestRelay;
  readonly asking: LinkedDevice;
  readonly helping: LinkedDevice;
  /** The conversation as the one who asked names it. */
  readonly asked: ConversationId;
  /** The same as the one who answered names it. */
  readonly helped: ConversationId;
}

async function twoStrangers() {
  const clock = new TestClock();
  const relay = await openRelay(clock);
  const asking = await openDevice(relay.origin, clock);
  const helping = await openDevice(relay.origin, clock);
  return { clock, relay, asking, helping };
}

/** Two strangers at one relay: one has asked for something, the other sees it on the board. */
export async function twoAndARequest() {
  const strangers = await twoStrangers();
  const address = unwrap(await strangers.asking.api.postEntry(anyRequest, { kind: 'new' }));
  await eventually(
    () => strangers.helping.api.readEntry(address),
    (entry) => entry.ok,
  );
  return { ...strangers, address };
}

/** Two people who have just met at one relay. */
export async function twoPeople(): Promise<TwoPeople> {
  const { clock, relay, asking, helping } = await twoStrangers();
  const ids = await meet(asking, helping);
  return { clock, relay, asking, helping, asked: ids.asking, helped: ids.helping };
}

/** Two people who have both written. */
export async function twoWhoTalk(): Promise<TwoPeople> {
  const two = await twoPeople();
  unwrap(await two.asking.api.sendMessage(two.asked, 'Thank you.'));
  await two.helping.awaitsText(two.helped, 'Thank you.');
  unwrap(await two.helping.api.sendMessage(two.helped, 'Gladly.'));
  await two.asking.awaitsText(two.asked, 'Gladly.');
  return two;
}

function refusal(): Response {
  const body = encodeCbor({ code: 'overloaded', message: 'not now' });
  return new Response(body, { status: 503, headers: { 'content-type': cborType } });
}
