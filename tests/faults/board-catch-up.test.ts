import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Bytes } from '#core/types/bytes.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { BoardVisitor, report, shortName } from '../support/board-visitor.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { publishAll, readManifest } from '../support/fill-relay.ts';
import { requestOf, today, withdrawalOf } from '../relay/people.ts';
import { startTestRelay, type TestRelay } from '../relay/running-relay.ts';

const flags = ['--records-per-minute', '0', '--pack-records', '800'];
const relays: TestRelay[] = [];
const prose = Array.from({ length: 1_400 }, (_, number) => requestOf(number));

async function startFilled(records: readonly Bytes[]): Promise<TestRelay> {
  const relay = await startTestRelay(flags);
  relays.push(relay);
  await publishAll(relay.origin, records);
  await relay.maintain();
  return relay;
}

function newVisitor(): BoardVisitor {
  const visitor = new BoardVisitor();
  visitor.today = today;
  return visitor;
}

function sorted(records: readonly Bytes[]): readonly string[] {
  return records.map(shortName).sort();
}

let relay: TestRelay;
beforeEach(async () => {
  relay = await startFilled(prose);
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map(({ stop }) => stop()));
});

test('a first visit shows the newest at once, brings the rest in few requests, and says how far it is', async () => {
  const visitor = newVisitor();
  expect(report(await visitor.visit(relay.origin))).toMatchObject({ badRecords: 0, isWhole: true });
  expect(await visitor.held()).toEqual(sorted(prose));
  expect(visitor.changes[0]?.count).toBe(wireLimits.newestRecords);
  const packs = (await readManifest(relay.origin))[1];
  expect(visitor.requests).toBe(2 + packs.length);
  const total = packs.reduce((sum, [, records]) => sum + records, 0);
  expect(visitor.progress.at(-1)).toBeNull();
  expect(visitor.progress.at(-2)).toMatchObject({ records: total, totalRecords: total });
});

test('a pack is stored while the next one comes, and counts for nothing until it is', async () => {
  const visitor = newVisitor();
  const { db } = visitor;
  // No second goes by, so that nothing is stored but for the pack's end.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const nextComes = Promise.withResolvers<void>();
  const transaction = db.transaction.bind(db) as (...args: unknown[]) => Promise<unknown>;
  const storing = vi.spyOn(db, 'transaction') as unknown as {
    mockImplementation: (with_: typeof transaction) => void;
  };
  let asked = 0;
  storing.mockImplementation(async (...args) => {
    if (asked > 0) await nextComes.promise;
    return transaction(...args);
  });
  const seen: { held: readonly string[]; pieces: number }[] = [];
  visitor.fetch = async (input, init) => {
    if (String(input).includes('/packs/') && ++asked === 2) {
      const row = await db.relays.get(relay.origin as RelayOrigin);
      seen.push({ held: row?.heldPacks ?? [], pieces: await db.packParts.count() });
      nextComes.resolve();
    }
    return fetch(input, init);
  };
  expect(report(await visitor.visit(relay.origin)).isWhole).toBe(true);
  clock.mockRestore();
  expect(seen).toEqual([{ held: [], pieces: expect.toSatisfy((count) => count > 0) as number }]);
  expect(await visitor.held()).toEqual(sorted(prose));
  expect(await db.packParts.count()).toBe(0);
  // The newest, what came first, and all the rest of both packs together.
  expect(await db.segments.count()).toBe(3);
});

test('a pack whose records could not be stored keeps its pieces, and the next visit takes it from there', async () => {
  const visitor = newVisitor();
  const { db } = visitor;
  let asked = 0;
  visitor.fetch = (input, init) => {
    if (String(input).includes('/packs/')) asked++;
    return fetch(input, init);
  };
  const transaction = db.transaction.bind(db) as (...args: unknown[]) => Promise<unknown>;
  const storing = vi.spyOn(db, 'transaction') as unknown as {
    mockImplementation: (with_: typeof transaction) => void;
  };
  storing.mockImplementation((...args) =>
    asked > 0 ? Promise.reject(new Error('The disk is gone.')) : transaction(...args),
  );
  await expect(visitor.visit(relay.origin)).rejects.toThrow('The disk is gone.');
  expect((await db.relays.get(relay.origin as RelayOrigin))?.heldPacks).toEqual([]);
  expect(await db.packParts.count()).toBeGreaterThan(0);
  visitor.restart();
  asked = 0;
  expect(report(await visitor.visit(relay.origin)).isWhole).toBe(true);
  expect(asked).toBeLessThan((await readManifest(relay.origin))[1].length);
  expect(await visitor.held()).toEqual(sorted(prose));
});

test('with nothing new, a visit is one request, and answered in less than 300 bytes', async () => {
  const visitor = newVisitor();
  await visitor.visit(relay.origin);
  visitor.requests = 0;
  visitor.bytes.down = 0;
  report(await visitor.visit(relay.origin));
  expect(visitor.requests).toBe(1);
  expect(visitor.bytes.down).toBeLessThan(300);
});

test('a link that breaks again and again, and a tab that is killed, cost no byte of a pack twice', async () => {
  const manifest = await readManifest(relay.origin);
  const packBytes = manifest[1].reduce((sum, [, , bytes]) => sum + bytes, 0);
  const perConnection = 30_000;
  const proxy = await startCuttingProxy(relay.origin, perConnection);
  const visitor = newVisitor();
  let visits = 0;
  let packRequests = 0;
  visitor.fetch = (input, init) => {
    if (!String(input).includes('/packs/')) return fetch(input, init);
    if (packRequests > visits) return Promise.reject(new TypeError('The tab was killed.'));
    packRequests++;
    return fetch(input, init);
  };
  for (let isWhole = false; !isWhole && visits < 200; visits++) {
    const visited = await visitor.visit(proxy.origin);
    isWhole = visited.ok && visited.value.isWhole;
    visitor.restart();
  }
  expect(await visitor.held()).toEqual(sorted(prose));
  expect(packRequests).toBeGreaterThan(3);
  // Each visit greets anew, with the newest records; what is left is packs and heads of answers.
  const greeting = newVisitor();
  greeting.paused.abort();
  await greeting.visit(relay.origin);
  const overhead = visits * (greeting.bytes.down + 1_000) + packRequests * 700;
  expect(proxy.down - packBytes).toBeLessThan(overhead);
  expect(await visitor.db.packParts.count()).toBe(0);
  await proxy.close();
});

test('a link that breaks after it has brought something is asked again in the same visit', async () => {
  const proxy = await startCuttingProxy(relay.origin, 30_000);
  const visitor = newVisitor();
  expect(report(await visitor.visit(proxy.origin)).isWhole).toBe(true);
  expect(await visitor.held()).toEqual(sorted(prose));
  await proxy.close();
});

test('a first sync is paused and continued, and what had come is not fetched again', async () => {
  const visitor = newVisitor();
  let packBytes = 0;
  visitor.fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).includes('/packs/')) return response;
    packBytes += Number(response.headers.get('content-length'));
    if (packBytes > 0) visitor.paused.abort();
    return response;
  };
  expect(report(await visitor.visit(relay.origin)).isWhole).toBe(false);
  expect((await visitor.held()).length).toBeLessThan(prose.length);
  visitor.paused = new AbortController();
  visitor.fetch = fetch;
  expect(report(await visitor.visit(relay.origin)).isWhole).toBe(true);
  expect(await visitor.held()).toEqual(sorted(prose));
});

test('a pack that was sealed again while the manifest was read is looked up once more, in the same visit', async () => {
  const visitor = newVisitor();
  let isChanged = false;
  visitor.fetch = async (input, init) => {
    if (String(input).includes('/packs/') && !isChanged) {
      isChanged = true;
      await publishAll(relay.origin, [withdrawalOf(5, 2), withdrawalOf(900, 2)]);
      await relay.maintain();
    }
    return fetch(input, init);
  };
  expect(report(await visitor.visit(relay.origin)).isWhole).toBe(true);
  const withdrawn = [withdrawalOf(5, 2), withdrawalOf(900, 2)];
  const left = prose.filter((_, number) => number !== 5 && number !== 900);
  expect(await visitor.held()).toEqual(sorted([...left, ...withdrawn]));
});

test('between two relays with 95 % in common, changing costs the difference and 2 % of the board', async () => {
  const own = Array.from({ length: 70 }, (_, number) => requestOf(2_000 + number, { author: 2 }));
  const theirs = [...prose.slice(70), ...own];
  const other = await startFilled(theirs);
  const visitor = newVisitor();
  await visitor.visit(relay.origin);
  const whole = visitor.bytes.down;
  visitor.bytes.down = 0;
  visitor.requests = 0;
  expect(report(await visitor.visit(other.origin)).isWhole).toBe(true);
  expect(await visitor.held()).toEqual(sorted([...prose, ...own]));
  const alone = newVisitor();
  const ownRelay = await startFilled(own);
  await alone.visit(ownRelay.origin);
  expect(visitor.bytes.down).toBeLessThan(alone.bytes.down + whole * 0.02);
  expect(visitor.requests).toBeLessThanOrEqual(7);
  visitor.bytes.down = 0;
  visitor.requests = 0;
  report(await visitor.visit(other.origin));
  expect([visitor.requests, visitor.bytes.down < 300]).toEqual([1, true]);
});

test('ten scattered differences are found in one answer of at most 600 bytes', async () => {
  const theirs = [
    ...prose.filter((_, number) => number % 280 !== 7),
    ...Array.from({ length: 5 }, (_, number) => requestOf(3_000 + number, { author: 3 })),
  ];
  const other = await startFilled(theirs);
  const visitor = newVisitor();
  await visitor.visit(relay.origin);
  const answers: number[] = [];
  visitor.fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (String(input).endsWith('/reconcile')) {
      answers.push((await response.clone().arrayBuffer()).byteLength);
    }
    return response;
  };
  report(await visitor.visit(other.origin));
  expect(await visitor.held()).toEqual(sorted([...prose, ...theirs.slice(-5)]));
  expect(answers).toHaveLength(1);
  expect(answers[0]).toBeLessThanOrEqual(600);
});
