import { brotliCompressSync, constants } from 'node:zlib';
import { decodePack } from '#core/records/pack-reader.ts';
import { encodePackPayload } from '#core/records/pack.ts';
import { checkSignedRecord } from '#core/records/checked-record.ts';
import { decodeBody, decodeRecord, recordSigningBytes } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { createSignatureVerifier } from '#crypto/signature-verifier.ts';
import { BoardVisitor, report } from '../support/board-visitor.ts';
import { packsReach, publishAll } from '../support/fill-relay.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { makeCorpus } from './corpus.ts';
import { startCountingProxy, type Crossed } from './counting-proxy.ts';
import { roundFigure, type BenchRow } from './report.ts';
import { syncNostr, syncPouch, toPlain, type PeerSync } from './sync-peers.ts';

const bench = 'sync';
const standardRecords = 10_000;
/** Of the nostr events so many are verified; it takes 5 ms for each. */
const nostrVerifyShare = 0.02;
const waitingAtMost = 125;

interface Own {
  readonly first: Crossed;
  readonly nothingNew: Crossed;
  readonly nothingNewBody: number;
  readonly tenNew: Crossed;
  readonly firstFifty: number;
  readonly change: { readonly ids: number; readonly records: number; readonly difference: number };
  readonly seconds: number;
}

/** What catching up costs on the wire, next to two other protocols with the same records in the same run. */
export async function runSyncBench(count = sizeFromEnvironment()): Promise<readonly BenchRow[]> {
  const corpus = await makeCorpus({ records: count + 10 });
  const records = corpus.slice(0, count);
  const news = corpus.slice(count);
  const own = await measureOwn(records, news);
  const floor = floorOf(records);
  const plain = toPlain(corpus);
  const peers = [
    await syncNostr(plain.slice(0, count), plain.slice(count), nostrVerifyShare),
    await syncPouch(plain.slice(0, count), plain.slice(count)),
  ];
  return rowsOf(count, own, peers, floor, floorOf(news));
}

/** WALLFLOWER_BENCH_RECORDS: 1000, 10000 or 100000. */
function sizeFromEnvironment(): number {
  return Number(process.env['WALLFLOWER_BENCH_RECORDS'] ?? standardRecords);
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
    await publishAll(relay.origin, news);
    report(await visitor.visit(address));
    const tenNew = proxy.take();
    await publishAll(
      other.origin,
      records.filter((_, index) => index % 20 !== 0),
    );
    await publishAll(other.origin, news);
    const change = await measureChange(relay.origin, other.origin, records);
    await proxy.close();
    const seconds = await measureDecoding(records);
    return { first, nothingNew, nothingNewBody, tenNew, firstFifty, change, seconds };
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

/** From the relay that lacks one record in twenty to the one that has them. */
async function measureChange(whole: string, partial: string, records: readonly Bytes[]) {
  const visitor = new BoardVisitor();
  report(await visitor.visit(partial));
  const proxy = await startCountingProxy(Number(new URL(whole).port));
  let ids = 0;
  visitor.fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (String(input).endsWith('/reconcile')) ids += Number(response.headers.get('content-length'));
    return response;
  };
  report(await visitor.visit(`http://127.0.0.1:${proxy.port}`));
  const crossed = proxy.take();
  await proxy.close();
  const missing = records.filter((_, index) => index % 20 === 0);
  const payload = encodePackPayload(missing.map(recordOf));
  return { ids, records: crossed.down, difference: brotli(payload, 5) };
}

/** Unpacking, checking and verifying, without storing: seconds on this machine's Node. */
async function measureDecoding(records: readonly Bytes[]): Promise<number> {
  const { zstdCompressSync } = await import('node:zlib');
  const { packHeader } = await import('#core/records/pack.ts');
  const packs: Buffer[] = [];
  for (let first = 0; first < records.length; first += 2_500) {
    const payload = encodePackPayload(records.slice(first, first + 2_500).map(recordOf));
    packs.push(Buffer.concat([packHeader('zstd'), zstdCompressSync(payload)]));
  }
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
  const best = (of: (peer: PeerSync) => number) =>
    peers.reduce((a, b) => (of(b) < of(a) ? b : a), peers[0] as PeerSync);
  const row = (
    what: string,
    value: number,
    unit: string,
    target: number | null,
    peer: readonly [string, number] | null = null,
    least: number | null = null,
  ): BenchRow => ({
    bench,
    what,
    value: unit === 's' ? roundFigure(value) : Math.round(value),
    unit,
    target,
    met: target === null ? null : value <= target,
    peer: peer?.[0] ?? null,
    peerValue: peer === null ? null : roundFigure(peer[1]),
    floor: least,
  });
  const versus = (of: (peer: PeerSync) => number): readonly [string, number] => [
    best(of).name,
    of(best(of)),
  ];
  const size = count.toLocaleString('en');
  const target = isStandard ? 2_200_000 : null;
  const rows = [
    row(
      `first sync of ${size}, down`,
      own.first.down,
      'B',
      target,
      versus((p) => p.first.down),
      floor,
    ),
    row(
      'requests for it',
      own.first.requests,
      '',
      6,
      versus((p) => p.first.turns),
      1,
    ),
    row('the first 64 records, in one answer', own.firstFifty, 'B', 20_000),
    row(
      '10 new, down, headers included',
      own.tenNew.down,
      'B',
      3_000,
      versus((p) => p.tenNew.down),
      floorOfTen,
    ),
    row(
      'round trips for them',
      own.tenNew.turns,
      '',
      1,
      versus((p) => p.tenNew.turns),
      1,
    ),
    row('nothing new, body', own.nothingNewBody, 'B', 300),
    row(
      'nothing new, down, headers included',
      own.nothingNew.down,
      'B',
      null,
      versus((p) => p.nothingNew.down),
    ),
    row('another relay, one in 20 missing: symbols', own.change.ids, 'B', null),
    row(
      'another relay, all of it',
      own.change.records,
      'B',
      own.change.difference + own.first.down * 0.02,
      null,
      own.change.difference,
    ),
    row('decode and verify, Node, one thread', own.seconds, 's', null, [
      'nostr-tools',
      peers[0]?.seconds ?? 0,
    ]),
  ];
  const ratios = peers.map((peer) =>
    row(
      `${peer.name}: first sync as a multiple of ours`,
      (peer.first.down / own.first.down) * 100,
      '%',
      null,
    ),
  );
  return [
    ...rows,
    row('first sync as a share of the floor', (own.first.down / floor) * 100, '%', null),
    ...ratios,
  ];
}
