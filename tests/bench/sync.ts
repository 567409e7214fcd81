import { brotliCompressSync, constants, zstdCompressSync } from 'node:zlib';
import { decodePack } from '#core/records/pack-reader.ts';
import { encodePackPayload, packHeader } from '#core/records/pack.ts';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { decodeBody, decodeRecord, recordSigningBytes } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import { BoardVisitor, report } from '../support/board-visitor.ts';
import { packsReach, publishAll } from '../support/fill-relay.ts';
import { startRelayProcess, type RelayProcess } from '../support/relay-process.ts';
import { makeCorpus } from './corpus.ts';
import { startCountingProxy, type Crossed } from './counting-proxy.ts';
import { roundFigure, type BenchRow } from './report.ts';
import { decodeInChromium, firstFiftySeconds, type ChromiumDecoding } from './sync-chromium.ts';
import { syncEvolu } from './sync-evolu.ts';
import { syncNostr, syncPouch, toPlain, type PeerSync } from './sync-peers.ts';

const bench = 'sync';
const standardRecords = 10_000;
const firstFiftyBoard = 3_000;
const packRecords = 2_500;
/** Of the nostr events so many are verified; it takes 5 ms for each. */
const nostrVerifyShare = 0.02;
const waitingAtMost = 125;
/** Ten records are few: the cost of ten new ones is the mean of so many tens. */
const tens = 5;
const perTen = 10;
/** With more of them, the peers would take an hour. */
const peersUpTo = 10_000;

/** What reconciling took, and the missing records alone by brotli 5. */
interface Change {
  readonly ids: number;
  readonly idTurns: number;
  readonly records: number;
  readonly difference: number;
}

interface Own {
  /** Null on boards so large that filling three relays would take too long. */
  readonly changes: readonly [change: Change, scattered: Change] | null;
  readonly first: Crossed;
  readonly nothingNew: Crossed;
  readonly nothingNewBody: number;
  readonly tenNew: Crossed;
  readonly tenNewLargest: number;
  readonly firstFifty: number;
  readonly seconds: number;
  readonly chromium: ChromiumDecoding;
}

/** What catching up costs on the wire, next to other protocols with the same records in the same run. */
export async function runSyncBench(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const count of sizesFromEnvironment()) rows.push(...(await measureSize(count)));
  return [...rows, ...(await measureFirstFifty())];
}

async function measureSize(count: number): Promise<readonly BenchRow[]> {
  const corpus = await makeCorpus({ records: count + tens * perTen });
  const records = corpus.slice(0, count);
  const news = corpus.slice(count);
  const own = await measureOwn(records, news);
  const floor = floorOf(records);
  const peers: PeerSync[] = [];
  if (count <= peersUpTo) {
    const plain = toPlain(corpus.slice(0, count + perTen));
    const [first, ten] = [plain.slice(0, count), plain.slice(count)];
    peers.push(await syncNostr(first, ten, nostrVerifyShare));
    peers.push(await syncPouch(first, ten));
    peers.push(await syncEvolu(first, ten));
  }
  const floorOfTen = floorOf(news) / tens;
  return rowsOf(count, own, peers, floor, Math.round(floorOfTen));
}

/** WALLFLOWER_BENCH_RECORDS, as in 1000,10000; 100,000 too for a full run. */
function sizesFromEnvironment(): readonly number[] {
  const given = process.env['WALLFLOWER_BENCH_RECORDS'];
  if (given !== undefined) return given.split(',').map(Number);
  const isFull = process.env['WALLFLOWER_BENCH_FULL'] !== undefined;
  return [1_000, standardRecords, ...(isFull ? [100_000] : [])];
}

/** The first fifty on the screen of a phone that has the app and no board. */
async function measureFirstFifty(): Promise<readonly BenchRow[]> {
  const records = await makeCorpus({ records: firstFiftyBoard });
  const rows: BenchRow[] = [];
  for (const [delayMs, trip, held] of [
    [400, '800 ms there and back', 'with its tools'],
    [800, '800 ms each way', 'with its tools'],
    [400, '800 ms there and back', 'after one visit'],
  ] as const) {
    const seconds = roundFigure(await firstFiftySeconds(records, delayMs, held));
    rows.push({
      bench,
      what: `first 50 listed, app there ${held}, 50 kbit/s, ${trip}`,
      value: seconds,
      unit: 's',
      target: 5,
      met: seconds <= 5,
      peer: null,
      peerValue: null,
      floor: null,
    });
  }
  return rows;
}

async function measureOwn(records: readonly Bytes[], news: readonly Bytes[]): Promise<Own> {
  const relay = await startRelayProcess(['--stamp-price', '0']);
  const other = await startRelayProcess(['--stamp-price', '0']);
  try {
    await publishAll(relay.origin, records);
    await packsReach(relay.origin, records.length - waitingAtMost);
    const proxy = await startCountingProxy(Number(new URL(relay.origin).port));
    const address = `http://127.0.0.1:${proxy.port}`;
    const visitor = new BoardVisitor();
    const firstFifty = await newestBytes(address);
    proxy.take();
    report(await visitor.visit(address));
    const first = proxy.take();
    const down = visitor.bytes.down;
    report(await visitor.visit(address));
    const nothingNewBody = visitor.bytes.down - down;
    const nothingNew = proxy.take();
    const tenNews: Crossed[] = [];
    for (let ten = 0; ten < tens; ten++) {
      await publishAll(relay.origin, news.slice(ten * perTen, (ten + 1) * perTen));
      report(await visitor.visit(address));
      tenNews.push(proxy.take());
    }
    const tenNew = meanOf(tenNews);
    const tenNewLargest = Math.max(...tenNews.map(({ down }) => down));
    const changes =
      records.length > peersUpTo ? null : await measureChanges(relay, other, records, news);
    await proxy.close();
    const packs = packsOf(records);
    const seconds = await measureDecoding(packs);
    const chromium = await decodeInChromium(packs, records.length);
    return {
      ...{ first, nothingNew, nothingNewBody, tenNew, tenNewLargest, firstFifty, seconds },
      ...{ chromium, changes },
    };
  } finally {
    await relay.stop();
    await other.stop();
  }
}

/** What a newcomer gets with the first answer: more than fifty requests. */
async function newestBytes(address: string): Promise<number> {
  const visitor = new BoardVisitor();
  visitor.paused.abort();
  let bytes = 0;
  visitor.fetch = async (input, init) => {
    const response = await fetch(input, init);
    bytes = Number(response.headers.get('content-length'));
    return response;
  };
  await visitor.visit(address);
  if ((await visitor.held()).length < 50) throw new Error('fewer than fifty came first');
  return bytes;
}

/** Moving to another relay, with one record in twenty missing, and with ten scattered ones. */
async function measureChanges(
  relay: RelayProcess,
  other: RelayProcess,
  records: readonly Bytes[],
  news: readonly Bytes[],
): Promise<readonly [change: Change, scattered: Change]> {
  const isMissing = (_: Bytes, index: number) => index % 20 === 0;
  await publishAll(
    other.origin,
    records.filter((record, index) => !isMissing(record, index)),
  );
  await publishAll(other.origin, news);
  const change = await measureChange(relay.origin, other.origin, records.filter(isMissing));
  const lacking = await fillLacking(records, news);
  const ten = records.filter((_, index) => isScattered(index, records.length));
  const scattered = await measureChange(relay.origin, lacking.origin, ten);
  await lacking.stop();
  return [change, scattered];
}

/** Ten of all, spread evenly. */
function isScattered(index: number, count: number): boolean {
  return index % Math.floor(count / perTen) === 7;
}

/** A relay that lacks ten scattered records of the others. */
async function fillLacking(records: readonly Bytes[], news: readonly Bytes[]) {
  const relay = await startRelayProcess(['--stamp-price', '0']);
  const rest = records.filter((_, index) => !isScattered(index, records.length));
  await publishAll(relay.origin, rest);
  await publishAll(relay.origin, news);
  return relay;
}

function meanOf(all: readonly Crossed[]): Crossed {
  const mean = (of: (crossed: Crossed) => number) =>
    all.reduce((sum, crossed) => sum + of(crossed), 0) / all.length;
  return {
    down: mean(({ down }) => down),
    up: mean(({ up }) => up),
    requests: mean(({ requests }) => requests),
    turns: mean(({ turns }) => turns),
  };
}

/** From a relay that lacks some to the one that has them. */
async function measureChange(
  whole: string,
  partial: string,
  missing: readonly Bytes[],
): Promise<Change> {
  const visitor = new BoardVisitor();
  report(await visitor.visit(partial));
  const held = (await visitor.held()).length;
  const proxy = await startCountingProxy(Number(new URL(whole).port));
  let ids = 0;
  let idTurns = 0;
  visitor.fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith('/reconcile')) return response;
    ids += Number(response.headers.get('content-length'));
    idTurns++;
    return response;
  };
  report(await visitor.visit(`http://127.0.0.1:${proxy.port}`));
  const crossed = proxy.take();
  await proxy.close();
  const brought = (await visitor.held()).length - held;
  if (brought !== missing.length) throw new Error(`${brought} of ${missing.length} came`);
  const payload = encodePackPayload(missing.map(recordOf));
  return { ids, idTurns, records: crossed.down, difference: brotli(payload, 5) };
}

/** Packs as a relay seals them. */
function packsOf(records: readonly Bytes[]): readonly Buffer[] {
  return Array.from({ length: Math.ceil(records.length / packRecords) }, (_, index) => {
    const part = records.slice(index * packRecords, (index + 1) * packRecords);
    const payload = encodePackPayload(part.map(recordOf));
    return Buffer.concat([packHeader('zstd'), zstdCompressSync(payload)]);
  });
}

/** Unpacking, checking and verifying, without storing: seconds on this machine's Node. */
async function measureDecoding(packs: readonly Buffer[]): Promise<number> {
  const verify = await createSignatureVerifier();
  const begun = performance.now();
  for (const pack of packs) {
    const decoded = decodePack(pack);
    if (!decoded.ok) throw new Error(decoded.error.code);
    const verdicts = await Promise.all(
      decoded.value.map(async (record) => {
        const checked = checkSignedRecord(record);
        const { author, body, signature } = record;
        return checked.ok && verify(author, recordSigningBytes(author, body), signature);
      }),
    );
    if (verdicts.includes(false)) throw new Error('a record does not prove itself');
  }
  return (performance.now() - begun) / 1_000;
}

function recordOf(bytes: Bytes) {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new Error('no record');
  return record.value;
}

function brotli(bytes: Uint8Array, quality: number): number {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: 24,
  };
  return brotliCompressSync(bytes, { params }).length;
}

/** All text by brotli 11 in one piece, a signature and a slot a record, each key once, 3 bytes of columns a record. */
function floorOf(records: readonly Bytes[]): number {
  const authors = new Set<string>();
  const texts = records.map((bytes) => {
    const { author, body } = recordOf(bytes);
    authors.add(Buffer.from(author).toString('hex'));
    const decoded = decodeBody(body);
    return decoded.ok ? decoded.value.content.slice(0, 2).join('\n') : '';
  });
  return (
    brotli(Buffer.from(texts.join('\n')), 11) + records.length * (64 + 4 + 3) + authors.size * 32
  );
}

function rowsOf(
  count: number,
  own: Own,
  peers: readonly PeerSync[],
  floor: number,
  floorOfTen: number,
): readonly BenchRow[] {
  const isStandard = count === standardRecords;
  const name = `${bench}: ${count.toLocaleString('en')}`;
  const row = (
    what: string,
    value: number,
    unit: string,
    target: number | null,
    of: ((peer: PeerSync) => number) | null = null,
    least: number | null = null,
  ): BenchRow => {
    const best = of === null ? undefined : peers.toSorted((a, b) => of(a) - of(b))[0];
    return {
      bench: name,
      what,
      value: unit === 's' ? roundFigure(value) : Math.round(value),
      unit,
      target: target === null ? null : Math.round(target),
      met: target === null ? null : value <= target,
      peer: best?.name ?? null,
      peerValue: best === undefined || of === null ? null : roundFigure(of(best)),
      floor: least,
    };
  };
  const { chromium } = own;
  const perSize = (target: number) => (isStandard ? target : null);
  const changeRows = () => {
    if (own.changes === null) return [];
    const [change, scattered] = own.changes;
    const allowed = change.difference + own.first.down * 0.02;
    return [
      row('another relay, 10 scattered: ids, bodies', scattered.ids, 'B', 600, null, 80),
      row('… turns for the ids', scattered.idTurns, '', 1),
      row('… all of it, headers and records', scattered.records, 'B', null),
      row('another relay, one in 20 missing: symbols', change.ids, 'B', null),
      row('… all of it', change.records, 'B', allowed, null, change.difference),
    ];
  };
  const rows = [
    row('first sync, down', own.first.down, 'B', perSize(2_200_000), (p) => p.first.down, floor),
    row(
      'requests for it',
      own.first.requests,
      '',
      count > standardRecords ? null : 6,
      (p) => p.first.turns,
      1,
    ),
    row('the first 54 records, in one answer', own.firstFifty, 'B', 20_000),
    row(
      '10 new, down, headers included',
      own.tenNew.down,
      'B',
      3_000,
      (p) => p.tenNew.down,
      floorOfTen,
    ),
    row('… the largest of five tens', own.tenNewLargest, 'B', null),
    row('round trips for them', own.tenNew.turns, '', 1, (p) => p.tenNew.turns, 1),
    row('nothing new, body', own.nothingNewBody, 'B', 300),
    row(
      'nothing new, down, headers included',
      own.nothingNew.down,
      'B',
      null,
      (p) => p.nothingNew.down,
    ),
    ...changeRows(),
    row(
      'decode and verify, Chromium, worker',
      chromium.seconds,
      's',
      perSize(3),
      null,
      roundFigure(chromium.verifySeconds),
    ),
    row('… heap', chromium.heapMegabytes, 'MB', perSize(100)),
    row('… longest stop of the page meanwhile', chromium.pageBlockedMs, 'ms', null),
    row('… and stored, as the engine does it', chromium.storedSeconds, 's', null),
    row('decode and verify, Node, one thread', own.seconds, 's', null, (p) =>
      p.name.startsWith('nostr') ? p.seconds : Infinity,
    ),
    row('first sync as a share of the floor', (own.first.down / floor) * 100, '%', null),
  ];
  const ratios = peers.flatMap((peer) => [
    row(
      `${peer.name}: first sync, against ours`,
      (peer.first.down / own.first.down) * 100,
      '%',
      null,
    ),
    row(
      `${peer.name}: 10 new, against ours`,
      (peer.tenNew.down / own.tenNew.down) * 100,
      '%',
      null,
    ),
  ]);
  return [...rows, ...ratios];
}
