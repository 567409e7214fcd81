import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { encodeCbor } from '#core/codec/cbor.ts';
import { decodeRecord, recordSigningBytes } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { QueueCap, QueueReadKey } from '#core/types/ids.ts';
import { createNodeVerifier } from '#crypto/node-signature-verifier.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { capHash, queueId } from '#sync/wire/queues.ts';
import { dayOf } from '#core/types/day.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { measureKills, type KillFigures } from './relay-kills.ts';
import { measureLive, type LiveFigures } from './relay-live.ts';
import { makeRecords, postOf, sendAll, type PreparedCall } from './relay-load.ts';
import { measureMillion, type MillionFigures } from './relay-million.ts';
import { plainRow, type BenchRow } from './report.ts';

const bench = 'relay';
const batchRecords = 20_000;
const singleRecords = 6_000;
const envelopes = 20_000;
const batchSize = 100;
const connections = 64;
const batchConnections = 8;
/** WALLFLOWER_BENCH_BOARD makes it another size. */
const boardRecords = Number(process.env['WALLFLOWER_BENCH_BOARD'] ?? 1_000_000);
const newsRecords = 10_000;
const killRecords = 12_000;

/** A relay process under load: rates, ten thousand who wait, a million records, kills. */
export async function runRelayBench(): Promise<readonly BenchRow[]> {
  const records = await makeRecords(batchRecords + singleRecords);
  return [
    ...(await measureRates(records)),
    ...liveRows('poll', await measureLive('poll', records)),
    ...liveRows('stream', await measureLive('stream', records)),
    ...killRows(await measureKills(records.slice(0, killRecords))),
    ...millionRows(await measureMillion(boardRecords, records.slice(0, newsRecords))),
  ];
}

/** Durable writes a second over HTTP, and the floors beneath them. */
async function measureRates(records: readonly Bytes[]): Promise<readonly BenchRow[]> {
  const verifyRate = measureVerify(records.slice(0, 3_000));
  const sqliteRate = await measureSqlite();
  const relay = await startRelayProcess(['--stamp-price', '0']);
  try {
    const batches = batchesOf(records.slice(0, batchRecords));
    const batched = batchRecords / (await sendAll(relay.origin, batches, batchConnections));
    const singles = records.slice(batchRecords).map(postOf);
    const single = singleRecords / (await sendAll(relay.origin, singles, connections));
    const { creations, appends } = mailCalls();
    await sendAll(relay.origin, creations, 8);
    const appended = envelopes / (await sendAll(relay.origin, appends, connections));
    const share = (rate: number) => Math.round((100 * rate) / verifyRate);
    return [
      rateRow('records, batches of 100', batched, 5_000, ['Evolu', 2_586], verifyRate),
      figureRow('… as a share of verifying alone, one core', share(batched), '%', null),
      rateRow('records, single, 64 connections', single, 2_000, ['Evolu', 141], verifyRate),
      figureRow('… as a share of verifying alone, one core', share(single), '%', null),
      rateRow('envelopes of 512 B, 64 connections', appended, 5_000, null, sqliteRate),
    ];
  } finally {
    await relay.stop();
  }
}

function liveRows(mode: string, live: LiveFigures): readonly BenchRow[] {
  const held = `${live.clients.toLocaleString('en')} held by ${mode}`;
  return [
    figureRow(`${held}: memory`, live.megabytes, 'MB', 600),
    figureRow(`${held}: a queue of one moves, p99`, live.queueP99Ms, 'ms', 250),
    figureRow(`${held}: the board wakes all, p50`, live.boardP50Ms, 'ms', null),
    figureRow(`${held}: the board wakes all, p99`, live.boardP99Ms, 'ms', 250),
    figureRow(`${held}: wake-ups that never came`, live.asked - live.woken, '', 0),
  ];
}

function killRows(found: KillFigures): readonly BenchRow[] {
  const writes = found.answeredRecords + found.answeredEnvelopes;
  const what = `${writes.toLocaleString('en')} writes over ${found.kills} kills -9`;
  return [
    figureRow(`${what}: lost`, found.lost, '', 0),
    figureRow(`${what}: twice`, found.twice, '', 0),
  ];
}

function millionRows(found: MillionFigures): readonly BenchRow[] {
  const board = `board of ${boardRecords.toLocaleString('en')}`;
  return [
    figureRow(`${board}: restart to first answer`, found.restartSeconds, 's', 2),
    figureRow(`${board}: … after kill -9`, found.restartKilledSeconds, 's', 2),
    figureRow(`${board}: memory after it`, found.restingMegabytes, 'MB', 400),
    figureRow(`${board}: most memory, in all below`, found.peakMegabytes, 'MB', 400),
    figureRow(`${board}: sketch of all, 65,536 symbols`, found.sketchSeconds, 's', null),
    figureRow(`${board}: another call meanwhile, p99`, found.waitP99Ms, 'ms', null),
    figureRow(`${board}: another call meanwhile, longest`, found.waitMaxMs, 'ms', null),
    rateRow(`${board}: records, batches of 100`, found.batchRate, 5_000, null, null),
    figureRow(`${board}: written through the store in bulk`, found.fillSeconds, 's', null),
    figureRow(`${board}: on the disk`, found.megabytesOnDisk, 'MB', null),
  ];
}

const figureRow = (what: string, value: number, unit: string, target: number | null) =>
  plainRow(bench, what, value, unit, target);

function rateRow(
  what: string,
  rate: number,
  target: number,
  peer: readonly [string, number] | null,
  floor: number | null,
): BenchRow {
  return {
    ...figureRow(what, Math.round(rate), '/s', target),
    met: rate >= target,
    peer: peer?.[0] ?? null,
    peerValue: peer?.[1] ?? null,
    floor: floor === null ? null : Math.round(floor),
  };
}

function batchesOf(records: readonly Bytes[]): readonly PreparedCall[] {
  return Array.from({ length: records.length / batchSize }, (_, index) =>
    postOf(concatBytes(...records.slice(index * batchSize, (index + 1) * batchSize))),
  );
}

function mailCalls() {
  const day = dayOf(Date.now());
  const creations: PreparedCall[] = [];
  const appends: PreparedCall[] = [];
  for (let number = 0; number < connections; number++) {
    const readKey = new Uint8Array(32).fill(number + 1) as QueueReadKey;
    const cap = new Uint8Array(32).fill(number) as QueueCap;
    const hash = capHash(cap);
    const body = encodeCbor([readKey, hash, 7, [day, 0]]);
    creations.push({ method: 'PUT', path: '/v1/queues', type: cborType, body });
    const path = `/v1/queues/${bytesToBase64Url(queueId(readKey, hash))}`;
    for (let count = 0; count < envelopes / connections; count++) {
      const envelope = new Uint8Array(512);
      new DataView(envelope.buffer).setUint32(0, number * 1_000_000 + count);
      const append = encodeCbor([cap, null, envelope]);
      appends.push({ method: 'POST', path, type: cborType, body: append });
    }
  }
  return { creations, appends };
}

/** Bare Ed25519 verifications a second on one core. */
function measureVerify(records: readonly Bytes[]): number {
  const verify = createNodeVerifier();
  const claims = records.map((bytes) => {
    const decoded = decodeRecord(bytes);
    if (!decoded.ok) throw new Error('no record');
    const { author, body, signature } = decoded.value;
    return { author, signature, message: recordSigningBytes(author, body) };
  });
  const begun = performance.now();
  for (const { author, message, signature } of claims) verify(author, message, signature);
  return claims.length / ((performance.now() - begun) / 1_000);
}

/** Rows of 512 bytes a second, durable, in transactions of 64, with nothing around them. */
async function measureSqlite(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-floor-'));
  const db = new DatabaseSync(join(folder, 'floor.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB)');
  const insert = db.prepare('INSERT INTO rows (bytes) VALUES (?)');
  const row = new Uint8Array(512);
  const rounds = 300;
  const begun = performance.now();
  for (let round = 0; round < rounds; round++) {
    db.exec('BEGIN IMMEDIATE');
    for (let index = 0; index < connections; index++) insert.run(row);
    db.exec('COMMIT');
  }
  const rate = (rounds * connections) / ((performance.now() - begun) / 1_000);
  db.close();
  await rm(folder, { recursive: true });
  return rate;
}
