import { createHash, randomFillSync } from 'node:crypto';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCbor, decodeCbor } from '#core/codec/cbor.ts';
import { domainLabel } from '#core/codec/hash.ts';
import { recordKinds } from '#core/records/kinds.ts';
import { decodeBody, decodeRecord, encodeBody, encodeRecord } from '#core/records/record.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import { addDays } from '#core/types/day.ts';
import type { PersonaKey, RecordAddress, RecordId, Signature, Slot } from '#core/types/ids.ts';
import type { ProvedRecord } from '#relay/log-port.ts';
import { openSqliteLog, type SqliteLog } from '#relay/sqlite/sqlite-log.ts';
import { WorkerPool } from '#relay/workers/worker-pool.ts';
import { reconcileBounds, reconcileSchema } from '#sync/wire/board.ts';
import { wireLimits } from '#sync/wire/limits.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { startRelayProcess, type RelayProcess } from '../support/relay-process.ts';
import { createDice } from '../support/dice.ts';
import { makeCorpus } from './corpus.ts';
import { percentile } from './percentile.ts';
import { residentMegabytes } from './relay-live.ts';
import { postOf, sendAll } from './relay-load.ts';

/** What a board of so many records asks of a relay. */
export interface MillionFigures {
  readonly fillSeconds: number;
  readonly megabytesOnDisk: number;
  /** From the start of the program to the answer of a newcomer's visit: after a stop, after kill -9. */
  readonly restartSeconds: number;
  readonly restartKilledSeconds: number;
  /** After the first answers; and the most that it took in all that follows. */
  readonly restingMegabytes: number;
  readonly peakMegabytes: number;
  readonly sketchSeconds: number;
  /** How long another call waited while the sketch was drawn. */
  readonly waitP99Ms: number;
  readonly waitMaxMs: number;
  readonly batchRate: number;
}

const perGroup = 20_000;
const packRecords = 2_500;
const templates = 1_000;
const symbolsWanted = 65_536;
const pingGapMs = 5;
const batchConnections = 8;

/**
 * A relay over a board of so many records, which are written through the relay's own store in bulk;
 * texts come again and again, and signatures are random: nobody verifies what is stored already.
 */
export async function measureMillion(
  count: number,
  news: readonly Bytes[],
): Promise<MillionFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'wallflower-million-'));
  try {
    const begun = performance.now();
    const megabytesOnDisk = await fill(folder, count);
    const fillSeconds = (performance.now() - begun) / 1_000;
    const flags = ['--data', folder, '--stamp-price', '0'];
    const [relay, restartSeconds] = await startTimed(() => startRelayProcess(flags));
    try {
      await relay.kill();
      const [, restartKilledSeconds] = await startTimed(async () => {
        await relay.restart();
        return relay;
      });
      await visit(relay);
      const restingMegabytes = await residentMegabytes(relay);
      const { seconds: sketchSeconds, waits } = await drawSketch(relay);
      const seconds = await sendAll(relay.origin, batchesOf(news), batchConnections);
      const batchRate = news.length / seconds;
      const peakMegabytes = await residentMegabytes(relay, 'VmHWM');
      return {
        ...{ fillSeconds, megabytesOnDisk, restartSeconds, restartKilledSeconds },
        ...{ restingMegabytes, peakMegabytes, sketchSeconds, batchRate },
        waitP99Ms: percentile(waits, 0.99),
        waitMaxMs: Math.max(...waits),
      };
    } finally {
      await relay.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startTimed(
  start: () => Promise<RelayProcess>,
): Promise<readonly [RelayProcess, number]> {
  const begun = performance.now();
  const relay = await start();
  await visit(relay);
  return [relay, (performance.now() - begun) / 1_000];
}

async function visit({ origin }: RelayProcess): Promise<void> {
  const response = await fetch(`${origin}/v1/visit/new`, { headers: { 'accept-encoding': 'br' } });
  if (!response.ok) throw new Error(`a visit was answered ${response.status}`);
  await response.arrayBuffer();
}

/** Asks for symbols until there are no more, while another client asks for little again and again. */
async function drawSketch({ origin }: RelayProcess) {
  const waits: number[] = [];
  let isDrawing = true;
  const pinging = (async () => {
    while (isDrawing) {
      const begun = performance.now();
      await (await fetch(`${origin}/v1/info`)).arrayBuffer();
      waits.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, pingGapMs));
    }
  })();
  const begun = performance.now();
  let salt: Bytes | null = null;
  for (let from = 0; from < symbolsWanted; from += wireLimits.symbolsPerAnswer) {
    const response: Response = await fetch(`${origin}/v1/board/reconcile`, {
      method: 'POST',
      headers: { 'content-type': cborType },
      body: encodeCbor([salt, from, wireLimits.symbolsPerAnswer]),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const answer = decodeCbor(bytes, reconcileSchema, reconcileBounds);
    if (!answer.ok) throw new Error('no symbols');
    salt = answer.value[1];
  }
  const seconds = (performance.now() - begun) / 1_000;
  isDrawing = false;
  await pinging;
  return { seconds, waits };
}

function batchesOf(records: readonly Bytes[]) {
  const size = wireLimits.recordsPerPost;
  return Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
    postOf(concatBytes(...records.slice(index * size, (index + 1) * size))),
  );
}

/** Fills a data folder through the store; returns the megabytes that it takes. */
async function fill(folder: string, count: number): Promise<number> {
  const opened = openSqliteLog(folder, Date.now);
  if (!opened.ok) throw new Error(opened.error.message);
  const log = opened.value;
  const next = await createRows(count);
  for (let first = 0; first < count; first += perGroup) {
    const rows = Array.from({ length: Math.min(perGroup, count - first) }, (_, index) =>
      next(first + index),
    );
    await log.publish(rows);
  }
  await seal(log);
  const bytes = await log.dataBytes();
  await log.close();
  return bytes / 1_000_000;
}

/** At the lower effort: what a pack's last five percent cost is no matter here. */
async function seal(log: SqliteLog): Promise<void> {
  const workers = new WorkerPool(2);
  // The workers alone keep no program alive.
  const alive = setInterval(() => undefined, 1_000);
  const size = { maxRecords: packRecords, maxBytes: 4_000_000, stepRecords: packRecords };
  for (;;) {
    const work = await log.nextPackWork(size);
    if (work === undefined) break;
    await log.storePack(work, await workers.sealPack(work.records.toReversed(), 'asked'));
  }
  clearInterval(alive);
  await workers.close();
}

/** Rows as the relay stores them, each at an address of its own. */
async function createRows(count: number): Promise<(number: number) => ProvedRecord> {
  const dice = createDice(21);
  const corpus = await makeCorpus({ records: templates });
  const bodies = corpus.map((bytes) => {
    const record = decodeRecord(bytes);
    const body = record.ok ? decodeBody(record.value.body) : record;
    if (!body.ok) throw new Error('no body');
    return body.value;
  });
  const authors = Array.from({ length: Math.ceil(count * 0.4) }, (_, number) => {
    const key = Buffer.alloc(32);
    key.writeUInt32BE(number);
    return createHash('sha256').update(key).digest();
  });
  const hashOf = (purpose: 'address' | 'record', fields: readonly (Uint8Array | number)[]) => {
    const hash = createHash('sha256').update(domainLabel(purpose)).update(encodeCbor(fields));
    return new Uint8Array(hash.digest());
  };
  return (number) => {
    const body = bodies[number % templates];
    const key = authors[number % authors.length];
    if (body === undefined || key === undefined) throw new Error('no template');
    const author = new Uint8Array(key) as PersonaKey;
    const slot = new Uint8Array(4) as Slot;
    new DataView(slot.buffer).setUint32(0, Math.floor(dice() * 0x1_0000_0000));
    const kind = recordKinds.request;
    const until = addDays(body.day, 180);
    const encoded = encodeBody({ ...body, kind, slot, until });
    const signature = randomFillSync(new Uint8Array(64)) as Signature;
    return {
      address: hashOf('address', [author, kind, slot]) as RecordAddress,
      id: hashOf('record', [author, encoded]) as RecordId,
      kind,
      rev: body.rev,
      day: body.day,
      until,
      withdrawn: false,
      listed: true,
      bytes: encodeRecord({ author, signature, body: encoded }),
    };
  };
}
