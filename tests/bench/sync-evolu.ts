import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { startCountingProxy, type Crossed } from './counting-proxy.ts';
import {
  keyText,
  loadPeer,
  requirePeer,
  type PeerSync,
  type Plain,
  type WebSocketLibrary,
} from './sync-peers.ts';

/*
 * Evolu's own protocol code (range-based reconciliation of timestamps, each change encrypted with
 * XChaCha20-Poly1305) on both ends, over a WebSocket as its relay has it, on node:sqlite. One owner,
 * whose key everybody has: a public board is not what it is made for, and nobody signs. Signatures
 * and keys travel as values, as they would have to.
 */

interface Evolu {
  createAppOwner(secret: Uint8Array): Owner;
  createBaseSqliteStorageTables(deps: object): void;
  createRelayStorageTables(deps: object): void;
  createRelaySqliteStorage(deps: object): (config: object) => object;
  createProtocolMessageForSync(deps: object): (owner: string, flag: number) => Uint8Array;
  applyProtocolMessageAsRelay(message: Uint8Array): Task<{ message: Uint8Array }>;
  applyProtocolMessageAsClient(message: Uint8Array, options: object): Task<Applied>;
  encodeAndEncryptDbChange(deps: object): (message: Change, key: Uint8Array) => Uint8Array;
  decryptAndDecodeDbChange(message: object, key: Uint8Array): { ok: boolean };
  ownerIdToOwnerIdBytes(owner: string): Uint8Array;
}
interface EvoluCommon {
  createRandom(): unknown;
  createRandomBytes(): unknown;
  createRun(deps: object): Run;
}
interface Polyfills {
  installPolyfills(): void;
}
interface Owner {
  readonly id: string;
  readonly encryptionKey: Uint8Array;
  readonly writeKey: Uint8Array;
}
interface Change {
  readonly timestamp: {
    readonly millis: number;
    readonly counter: number;
    readonly nodeId: string;
  };
  readonly change: object;
}
type Applied = { readonly type: string; readonly message?: Uint8Array };
type Task<T> = { readonly task: T };
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; error: unknown };
type Run = <T>(task: Task<T>) => Promise<Answer<T>>;

interface Store {
  readonly run: Run;
  readonly storage: {
    writeMessages(owner: Uint8Array, messages: readonly object[]): Task<void>;
  };
  count(): number;
}

const perWrite = 1_000;

/** Evolu's protocol, client and relay, over WebSocket. */
export async function syncEvolu(
  records: readonly Plain[],
  news: readonly Plain[],
): Promise<PeerSync> {
  const { installPolyfills } = (await loadPeer('@evolu/common/polyfills')) as Polyfills;
  installPolyfills();
  const evolu = (await loadPeer('@evolu/common/local-first')) as Evolu;
  const common = (await loadPeer('@evolu/common')) as EvoluCommon;
  const { WebSocketServer, WebSocket } = requirePeer('ws') as WebSocketLibrary;
  const owner = evolu.createAppOwner(new Uint8Array(32).fill(5));
  const relay = openStore(evolu, common);
  const client = openStore(evolu, common);
  const randomBytes = common.createRandomBytes();
  const encrypt = evolu.encodeAndEncryptDbChange({ randomBytes });
  const publish = async (plain: readonly Plain[], from: number) => {
    const ownerId = evolu.ownerIdToOwnerIdBytes(owner.id);
    for (let first = 0; first < plain.length; first += perWrite) {
      const messages = plain.slice(first, first + perWrite).map((one, index) => {
        const message = changeOf(one, from + first + index);
        return { timestamp: message.timestamp, change: encrypt(message, owner.encryptionKey) };
      });
      demand(await relay.run(relay.storage.writeMessages(ownerId, messages)));
    }
  };
  await publish(records, 0);

  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (message) => {
      void relay
        .run(evolu.applyProtocolMessageAsRelay(new Uint8Array(message)))
        .then((answer) => socket.send(demand(answer).message));
    });
  });
  await new Promise<void>((resolve) => server.on('listening', () => resolve()));
  const proxy = await startCountingProxy((server.address() as AddressInfo).port);
  const visit = () =>
    new Promise<Crossed>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}`, { perMessageDeflate: false });
      socket.on('open', () => {
        socket.send(evolu.createProtocolMessageForSync(client)(owner.id, 0));
      });
      socket.on('message', (message) => {
        const apply = evolu.applyProtocolMessageAsClient(new Uint8Array(message), {
          writeKey: owner.writeKey,
        });
        client.run(apply).then((answer) => {
          const applied = demand(answer);
          if (applied.message !== undefined) socket.send(applied.message);
          else {
            socket.close();
            resolve(proxy.take());
          }
        }, reject);
      });
    });
  const begun = performance.now();
  const first = await visit();
  const seconds = (performance.now() - begun) / 1_000;
  const nothingNew = await visit();
  await publish(news, records.length);
  const tenNew = await visit();
  const held = client.count();
  if (held !== records.length + news.length) throw new Error(`Evolu brought ${held}`);
  await proxy.close();
  server.close();
  return { name: 'Evolu', first, tenNew, nothingNew, seconds };
}

function changeOf({ slot, author, fields, day }: Plain, index: number): Change {
  const [title, text, language, country, skills, urgency] = fields;
  const values = {
    ...{ title, text, language, country, skills: String(skills), urgency },
    author: Buffer.from(keyText(author, 32), 'base64url'),
    signature: Buffer.from(keyText(author * 7 + index, 64), 'base64url'),
  };
  const bytes = Uint8Array.from(Object.values(values.author));
  const signature = Uint8Array.from(Object.values(values.signature));
  const name = createHash('sha256').update(`${slot}${index}`).digest();
  return {
    // Each author has a device of their own.
    timestamp: {
      millis: day * 86_400_000 + index,
      counter: 0,
      nodeId: author.toString(16).padStart(16, '0'),
    },
    change: {
      table: 'request',
      id: name.subarray(0, 16).toString('base64url'),
      values: { ...values, author: bytes, signature },
      isInsert: true,
      isDelete: null,
    },
  };
}

function openStore(evolu: Evolu, common: EvoluCommon): Store {
  const db = new DatabaseSync(':memory:');
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const exec = ({ sql, parameters }: { sql: string; parameters: readonly never[] }) => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    const rows = statement.all(...parameters);
    const changes = db.prepare('SELECT changes() AS n').get()?.['n'];
    return { rows, changes: Number(changes) };
  };
  const sqlite = {
    exec,
    transaction(work: () => unknown) {
      db.exec('BEGIN');
      const answer = work();
      db.exec('COMMIT');
      return answer;
    },
  };
  const random = common.createRandom();
  const timingSafeEqual = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  evolu.createBaseSqliteStorageTables({ sqlite });
  evolu.createRelayStorageTables({ sqlite });
  const storage = evolu.createRelaySqliteStorage({ sqlite, random, timingSafeEqual })({
    isOwnerWithinQuota: () => true,
  }) as Store['storage'];
  const run = common.createRun({ storage });
  return {
    run: (task) => run(task),
    storage,
    count: () => Number(db.prepare('SELECT count(*) AS n FROM evolu_message').get()?.['n']),
  };
}

function demand<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`Evolu: ${JSON.stringify(answer.error)}`);
  return answer.value;
}
