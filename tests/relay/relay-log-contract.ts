import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mergeRevisions } from '#core/records/merge.ts';
import { addDays } from '#core/types/day.ts';
import type { BlobId, PackHash, QueueId, RelaySequence } from '#core/types/ids.ts';
import type { LogMove, ProvedRecord, RelayLog } from '#relay/log-port.ts';
import {
  bytesOf,
  envelopeOf,
  fakeRecord,
  newQueue,
  numberOf,
  roomy,
  start,
  today,
  whole,
} from './log-fixtures.ts';

/** Every promise of src/relay/log-port.ts, for any engine behind it. */
export function describeRelayLog(name: string, open: () => Promise<RelayLog>): void {
  describe(name, () => {
    testRelayLog(open);
  });
}

function testRelayLog(open: () => Promise<RelayLog>): void {
  let log: RelayLog;
  beforeEach(async () => {
    log = await open();
  });
  afterEach(async () => {
    await log.close();
  });

  describe('the board', () => {
    test('a record is found at its address and in the log', async () => {
      const record = fakeRecord(1);
      expect(await log.publish([record])).toEqual(['accepted']);
      expect(await log.recordAt(record.address)).toEqual(record.bytes);
      expect((await log.since(start, whole)).records).toEqual([record.bytes]);
    });

    test('the same record again is known and changes nothing', async () => {
      await log.publish([fakeRecord(1)]);
      const head = log.head();
      expect(await log.publish([fakeRecord(1)])).toEqual(['known']);
      expect(log.head()).toBe(head);
    });

    test('a superseded revision leaves the log, and an older one is stale', async () => {
      const newer = fakeRecord(1, { rev: 2 });
      await log.publish([fakeRecord(1), fakeRecord(2)]);
      expect(await log.publish([newer])).toEqual(['accepted']);
      expect(await log.publish([fakeRecord(1)])).toEqual(['stale']);
      const { records } = await log.since(start, whole);
      expect(records).toEqual([fakeRecord(2).bytes, newer.bytes]);
    });

    test('any order, repetition and partition of revisions ends at the winner of the merge rule', async () => {
      let address = 1_000;
      const revisions = fc.array(
        fc.record({ rev: fc.integer({ min: 0, max: 3 }), id: fc.integer({ min: 0, max: 5 }) }),
        { minLength: 1, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(revisions, fc.integer({ min: 1, max: 4 }), async (given, groupSize) => {
          address++;
          const records = given.map(({ rev, id }) => fakeRecord(address, { rev, id }));
          for (let from = 0; from < records.length; from += groupSize) {
            await log.publish(records.slice(from, from + groupSize));
          }
          const winner = records.reduce((a, b) => mergeRevisions(a, b));
          expect(await log.recordAt(winner.address)).toEqual(winner.bytes);
          const { records: listed } = await log.since(start, { ...whole, maxRecords: 100_000 });
          const here = listed.filter((bytes) => numberOf(bytes) === address);
          expect(here).toEqual([winner.bytes]);
        }),
        { numRuns: 60 },
      );
    });

    test('an unlisted record is found by address only and never moves the board', async () => {
      const card = fakeRecord(1, { listed: false });
      const moves: LogMove[] = [];
      log.watch((move) => moves.push(move));
      await log.publish([card]);
      expect(await log.recordAt(card.address)).toEqual(card.bytes);
      expect((await log.since(start, whole)).records).toEqual([]);
      expect(log.head()).toBe(0);
      expect(moves).toEqual([]);
    });

    test('reading in small steps brings every record once, in order', async () => {
      const records = Array.from({ length: 25 }, (_, index) => fakeRecord(index));
      await log.publish(records);
      const read: Uint8Array[] = [];
      let after: RelaySequence = start;
      for (let more = true; more;) {
        const slice = await log.since(after, { maxRecords: 4, maxBytes: 100_000 });
        read.push(...slice.records);
        ({ more } = slice);
        expect(slice.next).toBeGreaterThan(after);
        after = slice.next;
      }
      expect(read).toEqual(records.map(({ bytes }) => bytes));
      expect(after).toBe(log.head());
    });

    test('a move is told once the record is there', async () => {
      const seen: number[] = [];
      log.watch(({ what }) => {
        if (what === 'board') seen.push(log.head());
      });
      await log.publish([fakeRecord(1)]);
      expect(seen).toEqual([log.head()]);
    });
  });

  describe('packs', () => {
    const size = { maxRecords: 10, maxBytes: 1_000_000, stepRecords: 10 };

    async function sealAll(limits = size): Promise<void> {
      for (;;) {
        const work = await log.nextPackWork(limits);
        if (work === undefined) return;
        const bytes = bytesOf(...work.records.map((record) => numberOf(record) % 256));
        const hash = bytesOf(work.first % 256, work.last % 256, work.records.length) as PackHash;
        await log.storePack(work, work.records.length === 0 ? null : { hash, bytes });
      }
    }

    async function recordsInPacks(): Promise<number> {
      const packs = await log.packs();
      return packs.reduce((total, { records }) => total + records, 0);
    }

    test('a full tail is sealed, the rest stays in the tail', async () => {
      await log.publish(Array.from({ length: 25 }, (_, index) => fakeRecord(index)));
      await sealAll();
      const packs = await log.packs();
      expect(packs.map(({ records, first, last }) => [records, first, last])).toEqual([
        [10, 11, 20],
        [10, 1, 10],
      ]);
      const newest = packs[0];
      expect(newest && (await log.pack(newest.hash))).toHaveLength(10);
      expect((await log.since(20 as RelaySequence, whole)).records).toHaveLength(5);
    });

    test('the newest pack is made again with what came after it, until it is full', async () => {
      const stepwise = { ...size, stepRecords: 4 };
      const counts: (readonly number[])[] = [];
      for (let number = 0; number < 16; number += 4) {
        await log.publish([0, 1, 2, 3].map((index) => fakeRecord(number + index)));
        await sealAll(stepwise);
        counts.push((await log.packs()).map(({ records }) => records));
      }
      expect(counts).toEqual([[4], [8], [8, 4].reverse(), [8, 8]]);
      const ranges = (await log.packs()).map(({ first, last }) => [first, last]);
      expect(ranges).toEqual([
        [9, 16],
        [1, 8],
      ]);
    });

    test('a withdrawal has its pack sealed again without what was withdrawn', async () => {
      await log.publish(Array.from({ length: 10 }, (_, index) => fakeRecord(index)));
      await sealAll();
      const before = (await log.packs())[0];
      await log.publish([fakeRecord(3, { rev: 2, withdrawn: true })]);
      await sealAll();
      expect(await recordsInPacks()).toBe(9);
      expect(before && (await log.pack(before.hash))).toBeUndefined();
    });

    test('one superseded revision leaves the pack alone, several have it sealed again', async () => {
      await log.publish(Array.from({ length: 10 }, (_, index) => fakeRecord(index)));
      await sealAll();
      await log.publish([fakeRecord(3, { rev: 2 })]);
      await sealAll();
      expect(await recordsInPacks()).toBe(10);
      await log.publish([fakeRecord(4, { rev: 2 })]);
      await sealAll();
      expect(await recordsInPacks()).toBe(8);
    });

    test('packs that have withered are joined, and an empty one goes', async () => {
      await log.publish(Array.from({ length: 20 }, (_, index) => fakeRecord(index)));
      await sealAll();
      const gone = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15];
      await log.publish(gone.map((number) => fakeRecord(number, { rev: 2, until: -1 })));
      await sealAll();
      expect((await log.packs()).map(({ records }) => records)).toContain(8);
      await log.expire(addDays(today, 200));
      await sealAll();
      expect(await log.packs()).toEqual([]);
    });

    test('nothing is stored when the range changes while it is sealed', async () => {
      await log.publish(Array.from({ length: 10 }, (_, index) => fakeRecord(index)));
      const work = await log.nextPackWork(size);
      if (work === undefined) throw new Error('there is a full tail');
      await log.publish([fakeRecord(3, { rev: 2, withdrawn: true })]);
      const sealed = { hash: bytesOf(1) as PackHash, bytes: bytesOf(1) };
      expect(await log.storePack(work, sealed)).toBe(false);
      expect(await log.packs()).toEqual([]);
    });
  });

  describe('queues', () => {
    const queue = newQueue(1);
    const after = 0;

    test('an envelope is appended once, however often it comes', async () => {
      await log.createQueue(queue, today);
      const envelope = envelopeOf(1);
      expect(await log.append(queue.id, envelope, roomy, today)).toBe('appended');
      expect(await log.append(queue.id, envelope, roomy, today)).toBe('known');
      const { envelopes } = await log.read(queue.id, after, whole);
      expect(envelopes.map(({ envelope: bytes }) => bytes)).toEqual([envelope.bytes]);
    });

    test('an acknowledged envelope is gone and does not come back', async () => {
      await log.createQueue(queue, today);
      await log.append(queue.id, envelopeOf(1), roomy, today);
      expect(await log.acknowledge(queue.id, [envelopeOf(1).id, envelopeOf(2).id])).toBe(1);
      expect(await log.acknowledge(queue.id, [envelopeOf(1).id])).toBe(0);
      expect(await log.append(queue.id, envelopeOf(1), roomy, today)).toBe('known');
      expect((await log.read(queue.id, after, whole)).envelopes).toEqual([]);
    });

    test('positions grow, and reading goes on after one', async () => {
      await log.createQueue(queue, today);
      for (const number of [1, 2, 3]) await log.append(queue.id, envelopeOf(number), roomy, today);
      const first = await log.read(queue.id, after, { maxRecords: 2, maxBytes: 10_000 });
      expect(first.more).toBe(true);
      const rest = await log.read(queue.id, first.envelopes[1]?.position ?? 0, whole);
      expect(rest.envelopes.map(({ envelope }) => envelope)).toEqual([envelopeOf(3).bytes]);
      expect(rest.more).toBe(false);
    });

    test('a full queue takes no more, by count or by bytes, until some is acknowledged', async () => {
      await log.createQueue(queue, today);
      const byCount = { ...roomy, maxEnvelopes: 2 };
      const byBytes = { ...roomy, maxBytes: 1_024 };
      await log.append(queue.id, envelopeOf(1), roomy, today);
      await log.append(queue.id, envelopeOf(2), roomy, today);
      expect(await log.append(queue.id, envelopeOf(3), byCount, today)).toBe('full');
      expect(await log.append(queue.id, envelopeOf(3), byBytes, today)).toBe('full');
      await log.acknowledge(queue.id, [envelopeOf(1).id]);
      expect(await log.append(queue.id, envelopeOf(3), byCount, today)).toBe('appended');
    });

    test('no queue, no envelope', async () => {
      const unknown = bytesOf(9) as QueueId;
      expect(await log.append(unknown, envelopeOf(1), roomy, today)).toBe('unknown');
      expect(await log.queue(unknown)).toBeUndefined();
      expect((await log.read(unknown, after, whole)).envelopes).toEqual([]);
    });

    test('creating again renews and keeps what lies in the queue', async () => {
      await log.createQueue(queue, today);
      await log.append(queue.id, envelopeOf(1), roomy, today);
      await log.createQueue(queue, addDays(today, 5));
      await log.expire(addDays(today, 6));
      expect((await log.read(queue.id, after, whole)).envelopes).toHaveLength(1);
      expect(await log.append(queue.id, envelopeOf(2), roomy, addDays(today, 12))).toBe('appended');
    });

    test('a queue past its lifetime takes nothing more, and is gone with its last envelope', async () => {
      await log.createQueue(queue, today);
      const lastDay = addDays(today, queue.lifetimeDays);
      await log.append(queue.id, envelopeOf(1), roomy, lastDay);
      await log.expire(addDays(lastDay, 1));
      expect(await log.append(queue.id, envelopeOf(2), roomy, addDays(lastDay, 1))).toBe('unknown');
      expect((await log.read(queue.id, after, whole)).envelopes).toHaveLength(1);
      await log.expire(addDays(lastDay, queue.lifetimeDays + 1));
      expect(await log.queue(queue.id)).toBeUndefined();
    });

    test('a queue that was lost and created again goes on above the positions of the first', async () => {
      await log.createQueue(queue, today);
      await log.append(queue.id, envelopeOf(1), roomy, today);
      const before = (await log.read(queue.id, after, whole)).envelopes[0]?.position ?? 0;
      await log.expire(addDays(today, 60));
      expect(await log.queue(queue.id)).toBeUndefined();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await log.createQueue(queue, addDays(today, 60));
      await log.append(queue.id, envelopeOf(2), roomy, addDays(today, 60));
      expect((await log.read(queue.id, before, whole)).envelopes).toHaveLength(1);
    });

    test('a move names the queue and is told after the envelope can be read', async () => {
      await log.createQueue(queue, today);
      const moves: LogMove[] = [];
      log.watch((move) => moves.push(move));
      await log.append(queue.id, envelopeOf(1), roomy, today);
      await log.append(queue.id, envelopeOf(1), roomy, today);
      const position = (await log.queue(queue.id))?.position;
      expect(moves).toEqual([{ what: 'queue', queue: queue.id, position }]);
    });
  });

  describe('blobs', () => {
    const id = bytesOf(7) as BlobId;
    const blob = { id, size: 20_000, hash: bytesOf(8) };
    const room = 50_000;
    const part = (length: number, fill: number) => new Uint8Array(length).fill(fill);

    test('pieces lie one after the other, a gap is left out, and what is held is never changed', async () => {
      expect(await log.beginBlob(blob, room, today)).toBe(true);
      const first = await log.addToBlob(id, 0, part(8_000, 1));
      expect(first).toEqual({ outcome: 'held', received: 8_000, whole: false });
      expect(await log.addToBlob(id, 9_000, part(8_000, 2))).toEqual(first);
      expect(await log.addToBlob(id, 0, part(8_000, 1))).toEqual(first);
      expect((await log.addToBlob(id, 7_999, part(8_000, 2))).outcome).toBe('conflict');
      expect((await log.addToBlob(id, 8_000, part(12_000, 2))).received).toBe(20_000);
      expect(await log.readBlob(id, 7_999)).toEqual(part(1, 1));
      expect(await log.readBlob(id, 8_000)).toEqual(part(12_000, 2));
      expect(await log.readBlob(id, 20_000)).toHaveLength(0);
    });

    test('whatever pieces come in whatever order, what is held is the beginning of the blob', async () => {
      const size = 60_000;
      const whole = Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) % 251);
      let number = 100;
      const piece = fc.record({
        back: fc.integer({ min: -3_000, max: 15_000 }),
        length: fc.integer({ min: 0, max: 25_000 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
          const next = { ...blob, id: bytesOf(30, number++) as BlobId, size };
          await log.beginBlob(next, Number.MAX_SAFE_INTEGER, today);
          let held = 0;
          for (const { back, length } of pieces) {
            const offset = Math.max(0, held - back);
            const { outcome, received } = await log.addToBlob(
              next.id,
              offset,
              whole.slice(offset, offset + length),
            );
            expect(['held', 'misshapen']).toContain(outcome);
            expect(received).toBeGreaterThanOrEqual(held);
            held = received;
          }
          for (let at = 0; at < held;) {
            const part = await log.readBlob(next.id, at);
            expect(Buffer.from(part).equals(whole.subarray(at, at + part.length))).toBe(true);
            at += part.length;
            expect(at).toBeLessThanOrEqual(held);
          }
          expect(await log.readBlob(next.id, held)).toHaveLength(0);
        }),
        { numRuns: 60 },
      );
    });

    test('a piece that brings little, or reaches beyond the end, is not taken', async () => {
      await log.beginBlob(blob, room, today);
      expect((await log.addToBlob(id, 0, part(100, 1))).outcome).toBe('misshapen');
      expect((await log.addToBlob(id, 0, part(20_001, 1))).outcome).toBe('misshapen');
      expect(await log.readBlob(id, 0)).toHaveLength(0);
      expect((await log.addToBlob(bytesOf(9) as BlobId, 0, part(5_000, 1))).outcome).toBe(
        'unknown',
      );
    });

    test('a blob is whole only when it was said, and only with its last byte', async () => {
      await log.beginBlob(blob, room, today);
      await log.settleBlob(id, true, today);
      expect(await log.blob(id, today)).toMatchObject({ received: 0, whole: false });
      await log.addToBlob(id, 0, part(20_000, 1));
      await log.settleBlob(id, true, today);
      expect(await log.blob(id, today)).toMatchObject({ size: 20_000, whole: true });
      await log.settleBlob(id, false, today);
      expect(await log.blob(id, today)).toMatchObject({ whole: true });
    });

    test('room is taken when a blob begins, once, and given back when it is refused or expires', async () => {
      const others = [1, 2].map((number) => ({ ...blob, id: bytesOf(20, number) as BlobId }));
      expect(await log.beginBlob(blob, room, today)).toBe(true);
      expect(await log.beginBlob(blob, room, today)).toBe(true);
      const begin = async () =>
        Promise.all(others.map((other) => log.beginBlob(other, room, today)));
      expect(await begin()).toEqual([true, false]);
      await log.addToBlob(id, 0, part(20_000, 1));
      await log.settleBlob(id, false, today);
      expect(await begin()).toEqual([true, true]);
      await log.expire(addDays(today, 8));
      expect(await log.sizes()).toMatchObject({ blobs: 0, blobBytes: 0 });
    });

    test('a long blob expires whole, piece by piece', async () => {
      const long = { ...blob, size: 300 * 4_096 };
      await log.beginBlob(long, 10_000_000, today);
      for (let at = 0; at < long.size; at += 4_096) await log.addToBlob(id, at, part(4_096, 1));
      expect((await log.expire(addDays(today, 7))).blobs).toBe(0);
      expect(await log.blob(id, addDays(today, 8))).toBeUndefined();
      expect((await log.expire(addDays(today, 8))).blobs).toBe(1);
      await log.beginBlob(long, 10_000_000, addDays(today, 8));
      expect(await log.readBlob(id, 0)).toHaveLength(0);
    });
  });

  describe('expiry', () => {
    test('an expired record is gone, and an older revision does not come back in its place', async () => {
      const late = fakeRecord(1, { rev: 5, until: 10 });
      await log.publish([late, fakeRecord(2)]);
      const report = await log.expire(addDays(today, 11));
      expect(report.records).toBe(1);
      expect(await log.recordAt(late.address)).toBeUndefined();
      expect((await log.since(start, whole)).records).toEqual([fakeRecord(2).bytes]);
      expect(await log.publish([fakeRecord(1, { rev: 4, until: 100 })])).toEqual(['stale']);
      expect(await log.publish([fakeRecord(1, { rev: 6, until: 100 })])).toEqual(['accepted']);
    });

    test('the floor is kept until 181 days after the record’s day, and no longer', async () => {
      await log.publish([fakeRecord(1, { rev: 5, until: 10 })]);
      await log.expire(addDays(today, 11));
      await log.expire(addDays(today, 181));
      const older: ProvedRecord = fakeRecord(1, { rev: 4, until: 300 });
      expect(await log.publish([older])).toEqual(['stale']);
      await log.expire(addDays(today, 182));
      expect(await log.publish([older])).toEqual(['accepted']);
    });

    test('a sequence is never given twice, also when the newest record is gone', async () => {
      await log.publish([fakeRecord(1), fakeRecord(2, { until: 1 })]);
      const head = log.head();
      await log.expire(addDays(today, 2));
      await log.publish([fakeRecord(3)]);
      expect(log.head()).toBeGreaterThan(head);
      expect((await log.since(head, whole)).records).toEqual([fakeRecord(3).bytes]);
    });
  });
}
