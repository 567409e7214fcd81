import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { decodeSymbols, emptySymbols, toggleMember } from '#core/reconcile/coded-symbols.ts';
import { createShortIds } from '#core/reconcile/short-id.ts';
import type { RecordId } from '#core/types/ids.ts';
import { Sketch } from '#relay/reconcile/sketch.ts';
import { openSqliteLog } from '#relay/sqlite/sqlite-log.ts';
import { fakeRecord, start } from './log-fixtures.ts';

const count = 2_700;

test('a sketch holds every record of a log that is read in several slices, each at its position', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-sketch-'));
  const opened = openSqliteLog(folder, Date.now);
  if (!opened.ok) throw new Error(opened.error.message);
  const log = opened.value;
  await log.publish(
    Array.from({ length: count }, (_, number) => ({
      ...fakeRecord(number),
      id: sha256Bytes(Uint8Array.of(number >> 8, number & 255)) as RecordId,
    })),
  );
  const salt = new Uint8Array(16).fill(3);
  const sketch = await Sketch.draw(log, salt, 0);
  expect(sketch.total).toBe(count);
  expect(sketch.sequence).toBe(count);

  const shortIdOf = createShortIds(salt);
  const listed = await log.listedIds(start, count);
  const expected = emptySymbols(64);
  const wanted: number[] = [];
  const names = new DataView(new ArrayBuffer(listed.length * 8));
  for (const [index, { id }] of listed.entries()) {
    const shortId = shortIdOf(id);
    toggleMember(expected, shortId);
    if (index % 900 !== 0 && index !== count - 1) continue;
    names.setUint32(wanted.length * 8, shortId.high);
    names.setUint32(wanted.length * 8 + 4, shortId.low);
    wanted.push(index + 1);
  }
  expect(decodeSymbols(await sketch.symbols(0, 64))).toEqual(expected);
  const asked = new Uint8Array(names.buffer, 0, wanted.length * 8);
  expect(sketch.positionsOf(asked)).toEqual(wanted);
  await log.close();
  await rm(folder, { recursive: true });
});
