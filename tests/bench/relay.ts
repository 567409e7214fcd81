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
import { cborSequenceType, cborType } from '#sync/wire/media-type.ts';
import { capHash, queueId } from '#sync/wire/queues.ts';
import { dayOf } from '#core/types/day.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { makeRecords, sendAll, type PreparedCall } from './relay-load.ts';

/** One line of the table of figures. */
export interface BenchRow {
  readonly bench: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly met: boolean | null;
  /** What it is compared with, where figures.md names a measurement. */
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** What the machine does without any of our code around it. */
  readonly floor: number | null;
}

const bench = 'relay';
const unit = '/s';
const batchRecords = 20_000;
const singleRecords = 6_000;
const envelopes = 20_000;
const batchSize = 100;
const connections = 64;
const batchConnections = 8;

/** Durable writes a second over HTTP against a relay process, and the floors beneath them. */
export async function runRelayBench(): Promise<readonly BenchRow[]> {
  const records = await makeRecords(batchRecords + singleRecords);
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
    return [
      rateRow('records, batches of 100', batched, 5_000, ['Evolu', 2_586], verifyRate),
      rateRow('records, single, 64 connections', single, 2_000, ['Evolu', 141], verifyRate),
      rateRow('envelopes of 512 B, 64 connections', appended, 5_000, null, sqliteRate),
    ];
  } finally {
    await relay.stop();
  }
}

function rateRow(
  what: string,
  rate: number,
  target: number,
  peer: readonly [string, number] | null,
  floor: number,
): BenchRow {
  const value = Math.round(rate);
  return {
    bench,
    what,
    value,
    unit,
    target,
    met: value >= target,
    peer: peer?.[0] ?? null,
    peerValue: peer?.[1] ?? null,
    floor: Math.round(floor),
  };
}

function postOf(body: Bytes): PreparedCall {
  return { method: 'POST', path: '/v1/records', type: cborSequenceType, body };
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
