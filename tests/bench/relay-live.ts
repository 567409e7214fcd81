import { fork, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { decodeCbor, encodeCbor } from '#core/codec/cbor.ts';
import { bytesToBase64Url } from '#core/codec/text-forms.ts';
import { dayOf } from '#core/types/day.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { PersonaSeed, QueueCap, QueueReadKey } from '#core/types/ids.ts';
import { createSodiumCrypto } from '#crypto/sodium-crypto.ts';
import { infoSchema } from '#sync/wire/info.ts';
import { cborType } from '#sync/wire/media-type.ts';
import { capHash, queueId, watchSigningBytes, type QueueCallContext } from '#sync/wire/queues.ts';
import { startRelayProcess, type RelayProcess } from '../support/relay-process.ts';
import { postOf, sendAll, type PreparedCall } from './relay-load.ts';
import { percentile } from './percentile.ts';

/** What the process of clients is told. */
export interface LiveOrder {
  readonly port: number;
  readonly origin: string;
  readonly challenge: Bytes;
  readonly mode: 'poll' | 'stream';
  readonly clients: number;
  readonly board: number;
  /** What each client watches besides the board: [queue, position, signature]. */
  readonly items: readonly (readonly (readonly [Bytes, number, Bytes])[])[];
}

/** When which phone was told something, in milliseconds since 1970. */
export interface LiveReport {
  readonly wokenMs: readonly number[];
  readonly wokenPhones: readonly number[];
}

/** What holding so many clients comes to. */
export interface LiveFigures {
  readonly clients: number;
  readonly megabytes: number;
  readonly boardP50Ms: number;
  readonly boardP99Ms: number;
  readonly queueP99Ms: number;
  readonly relayCpuMs: number;
  readonly woken: number;
  readonly asked: number;
}

const clients = 10_000;
const boardRounds = 5;
const queueRounds = 300;
const roundMs = 1_500;
const queueGapMs = 5;
const creationConnections = 64;

/** Holds ten thousand phones that each wait for the board and for a queue of theirs, and wakes them. */
export async function measureLive(
  mode: LiveOrder['mode'],
  news: readonly Bytes[],
): Promise<LiveFigures> {
  const relay = await startRelayProcess(['--stamp-price', '0']);
  const { people, creations, appends } = await makePhones();
  const child = fork(fileURLToPath(new URL('relay-live-clients.ts', import.meta.url)), {
    serialization: 'advanced',
  });
  try {
    await sendAll(relay.origin, creations, creationConnections);
    const context = await contextOf(relay);
    const crypto = await createSodiumCrypto();
    const items = people.map(({ seed, queue }) => {
      const signature = crypto.sign(seed, watchSigningBytes(context, queue, 0));
      return [[queue, 0, signature]] as const;
    });
    const { challenge } = context;
    const port = Number(new URL(relay.origin).port);
    const order: LiveOrder = {
      port,
      origin: context.origin,
      challenge,
      mode,
      clients,
      board: 0,
      items,
    };
    await tell(child, order, 'holding');
    await ask(child);
    const megabytes = await residentMegabytes(relay);
    const cpuBefore = await cpuMs(relay);
    const boardMs: number[] = [];
    for (let round = 0; round < boardRounds; round++) {
      const record = news[round];
      if (record === undefined) throw new Error('no record');
      const begun = performance.timeOrigin + performance.now();
      await sendAll(relay.origin, [postOf(record)], 1);
      await pass(roundMs);
      boardMs.push(...(await ask(child)).wokenMs.map((ms) => ms - begun));
      await tell(child, { again: round + 1 }, 'asked');
      await ask(child);
    }
    const cpu = ((await cpuMs(relay)) - cpuBefore) / boardRounds;
    const sentMs = new Map<number, number>();
    const sending: Promise<unknown>[] = [];
    for (let round = 0; round < queueRounds; round++) {
      const number = (round * 31) % clients;
      const append = appends[number];
      if (append === undefined) throw new Error('no queue');
      sentMs.set(number, performance.timeOrigin + performance.now());
      sending.push(sendAll(relay.origin, [append], 1));
      await pass(queueGapMs);
    }
    await Promise.all(sending);
    await pass(roundMs);
    const woken = await ask(child);
    const queueMs = woken.wokenPhones.flatMap((phone, index) => {
      const sent = sentMs.get(phone);
      return sent === undefined ? [] : [(woken.wokenMs[index] ?? 0) - sent];
    });
    return {
      clients,
      megabytes: Math.max(megabytes, await residentMegabytes(relay)),
      boardP50Ms: percentile(boardMs, 0.5),
      boardP99Ms: percentile(boardMs, 0.99),
      queueP99Ms: percentile(queueMs, 0.99),
      relayCpuMs: cpu,
      woken: boardMs.length + queueMs.length,
      asked: clients * boardRounds + queueRounds,
    };
  } finally {
    child.kill();
    await relay.stop();
  }
}

/** The relay's memory now, all of it; or the most that it was, for `VmHWM`. */
export async function residentMegabytes(relay: RelayProcess, field = 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${relay.pid()}/status`, 'utf8');
  return (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024) / 1_000_000;
}

/** Processor time that the relay has used, all threads. */
export async function cpuMs(relay: RelayProcess): Promise<number> {
  const stat = await readFile(`/proc/${relay.pid()}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function contextOf(relay: RelayProcess): Promise<QueueCallContext> {
  const response = await fetch(`${relay.origin}/v1/info`);
  const info = decodeCbor(new Uint8Array(await response.arrayBuffer()), infoSchema);
  if (!info.ok) throw new Error('no info');
  return { ...info.value, origin: relay.origin };
}

async function makePhones() {
  const crypto = await createSodiumCrypto();
  const day = dayOf(Date.now());
  const people = Array.from({ length: clients }, (_, number) => {
    const seed = new Uint8Array(32) as PersonaSeed;
    new DataView(seed.buffer).setUint32(0, number + 1);
    const readKey = new Uint8Array(crypto.personaKey(seed)) as QueueReadKey;
    const cap = new Uint8Array(seed) as Uint8Array as QueueCap;
    return { seed, readKey, cap, hash: capHash(cap), queue: queueId(readKey, capHash(cap)) };
  });
  const creations: PreparedCall[] = people.map(({ readKey, hash }) => {
    const body = encodeCbor([readKey, hash, 7, [day, 0]]);
    return { method: 'PUT', path: '/v1/queues', type: cborType, body };
  });
  const appends: PreparedCall[] = people.map(({ queue, cap }) => {
    const body = encodeCbor([cap, null, new Uint8Array(512)]);
    return { method: 'POST', path: `/v1/queues/${bytesToBase64Url(queue)}`, type: cborType, body };
  });
  return { people, creations, appends };
}

function ask(child: ChildProcess): Promise<LiveReport> {
  return new Promise((resolve) => {
    child.once('message', (report) => {
      resolve(report as LiveReport);
    });
    child.send('take');
  });
}

function tell(child: ChildProcess, message: object, answer: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', (said) => {
      if (said === answer) resolve();
      else reject(new Error(`the clients said ${JSON.stringify(said)}`));
    });
    child.once('exit', (code) => {
      reject(new Error(`the clients ended with ${String(code)}`));
    });
    child.send(message);
  });
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
