import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { decodeBody, decodeRecord } from '#core/records/record.ts';
import type { Bytes } from '#core/types/bytes.ts';
import { peersFolder } from './corpus-words.ts';
import { startCountingProxy, type Crossed } from './counting-proxy.ts';

/** What another protocol needed for the same records. */
export interface PeerSync {
  readonly name: string;
  readonly first: Crossed;
  readonly tenNew: Crossed;
  readonly nothingNew: Crossed;
  readonly seconds: number;
}

/** The fields of a record that any protocol has to carry. */
export interface Plain {
  readonly slot: string;
  readonly author: number;
  readonly fields: readonly unknown[];
  readonly day: number;
}

export const requirePeer = createRequire(`${peersFolder}/package.json`);

/** A peer's module, of whatever kind. */
export async function loadPeer(name: string): Promise<unknown> {
  return import(pathToFileURL(requirePeer.resolve(name)).href);
}

/** Reads records as plain values, so that each peer writes them in its own way. */
export function toPlain(records: readonly Bytes[]): readonly Plain[] {
  const authors = new Map<string, number>();
  return records.map((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error('no record');
    const body = decodeBody(record.value.body);
    if (!body.ok) throw new Error('no body');
    const key = Buffer.from(record.value.author).toString('hex');
    const author = authors.get(key) ?? authors.size;
    authors.set(key, author);
    const { slot, day, content } = body.value;
    return { slot: Buffer.from(slot).toString('hex'), author, day, fields: content };
  });
}

interface NostrEvent {
  readonly id: string;
  readonly created_at: number;
}
interface NostrTools {
  finalizeEvent(event: object, key: Uint8Array): NostrEvent;
  verifyEvent(event: NostrEvent): boolean;
}
interface WebSocketLike {
  on(event: string, listener: (data: Buffer) => void): void;
  send(message: string | Uint8Array): void;
  close(): void;
}
export interface WebSocketLibrary {
  WebSocketServer: new (options: object) => {
    on(event: 'connection' | 'listening', listener: (socket: WebSocketLike) => void): void;
    address(): AddressInfo;
    close(): void;
  };
  WebSocket: new (address: string, options: object) => WebSocketLike;
}

/** NIP-01 over WebSocket with permessage-deflate; events by nostr-tools, of which every one is verified. */
export async function syncNostr(
  records: readonly Plain[],
  news: readonly Plain[],
  verifyShare: number,
): Promise<PeerSync> {
  const tools = requirePeer('nostr-tools/pure') as NostrTools;
  const { WebSocketServer, WebSocket } = requirePeer('ws') as WebSocketLibrary;
  const toEvent = ({ author, day, slot, fields }: Plain, index: number): NostrEvent => {
    const key = new Uint8Array(32);
    new DataView(key.buffer).setUint32(28, author + 1);
    const [title, text, language, country, skills, urgency] = fields;
    const tags = [
      ['d', slot],
      ['l', language],
      ['g', country],
      ['title', title],
      ['u', String(urgency)],
    ];
    const event = { kind: 30_402, created_at: day * 86_400 + (index % 86_400), content: text };
    return tools.finalizeEvent({ ...event, tags: [...tags, ['t', String(skills)]] }, key);
  };
  const events = records.map(toEvent);
  const compression = { threshold: 0 };
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: compression,
  });
  server.on('connection', (socket) => {
    socket.on('message', (message) => {
      const [what, name, filter] = JSON.parse(message.toString()) as [
        string,
        string,
        { since?: number },
      ];
      if (what !== 'REQ') return;
      const from = filter.since ?? 0;
      for (const [index, event] of events.entries()) {
        if (index >= from) socket.send(JSON.stringify(['EVENT', name, event]));
      }
      socket.send(JSON.stringify(['EOSE', name]));
    });
  });
  await new Promise<void>((resolve) => server.on('listening', () => resolve()));
  const proxy = await startCountingProxy(server.address().port);
  const ask = (since: number) =>
    new Promise<readonly NostrEvent[]>((resolve) => {
      const got: NostrEvent[] = [];
      const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}`, {
        perMessageDeflate: compression,
      });
      socket.on('open', () => {
        socket.send(
          JSON.stringify(['REQ', 'board', since === 0 ? { kinds: [30_402] } : { since }]),
        );
      });
      socket.on('message', (message) => {
        const [what, , event] = JSON.parse(message.toString()) as [string, string, NostrEvent];
        if (what === 'EVENT') got.push(event);
        else {
          socket.close();
          resolve(got);
        }
      });
    });
  const got = await ask(0);
  const first = proxy.take();
  const begun = performance.now();
  const checked = got.slice(0, Math.ceil(got.length * verifyShare));
  if (!checked.every((event) => tools.verifyEvent(event))) throw new Error('a false event');
  const seconds = (performance.now() - begun) / 1_000 / verifyShare;
  const nothing = await ask(events.length);
  const nothingNew = proxy.take();
  const before = events.length;
  events.push(...news.map(toEvent));
  const ten = await ask(before);
  if (nothing.length !== 0 || ten.length !== news.length) throw new Error('not what was asked');
  const tenNew = proxy.take();
  await proxy.close();
  server.close();
  return { name: 'nostr-tools, deflate', first, tenNew, nothingNew, seconds };
}

interface PouchDatabase {
  bulkDocs(documents: readonly object[]): Promise<unknown>;
  info(): Promise<{ doc_count: number }>;
}
interface PouchConstructor {
  new (name: string): PouchDatabase;
  plugin(plugin: unknown): PouchConstructor;
  defaults(options: object): PouchConstructor;
  replicate(from: string, to: PouchDatabase, options: object): Promise<unknown>;
}

/** Its plugins can be put in once only. */
let pluggedPouch: PouchConstructor | undefined;

/** PouchDB replication over HTTP from express-pouchdb; signatures travel, and nobody checks them. */
export async function syncPouch(
  records: readonly Plain[],
  news: readonly Plain[],
): Promise<PeerSync> {
  const Pouch = (pluggedPouch ??= (requirePeer('pouchdb-core') as PouchConstructor)
    .plugin(requirePeer('pouchdb-adapter-memory'))
    .plugin(requirePeer('pouchdb-adapter-http'))
    .plugin(requirePeer('pouchdb-replication')));
  const InMemory = Pouch.defaults({ adapter: 'memory' });
  const express = requirePeer('express') as () => { use(path: string, handler: unknown): void };
  const handler = (requirePeer('express-pouchdb') as (pouch: unknown, options: object) => unknown)(
    InMemory,
    {
      mode: 'minimumForPouchDB',
      inMemoryConfig: true,
      logPath: '/dev/null',
    },
  );
  const app = express();
  app.use('/', handler);
  const server = createServer(app as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startCountingProxy((server.address() as AddressInfo).port);
  const documents = (plain: readonly Plain[]) =>
    plain.map(({ slot, author, day, fields }, index) => ({
      _id: `${slot}${index}`,
      author: keyText(author, 32),
      signature: keyText(author * 7 + index, 64),
      day,
      fields,
    }));
  const origin = new InMemory(`board-${records.length}`);
  await origin.bulkDocs(documents(records));
  const copy = new InMemory(`copy-${records.length}`);
  const address = `http://127.0.0.1:${proxy.port}/board-${records.length}`;
  const replicate = async () => {
    await Pouch.replicate(address, copy, { batch_size: 1_000 });
    return proxy.take();
  };
  const begun = performance.now();
  const first = await replicate();
  const seconds = (performance.now() - begun) / 1_000;
  const nothingNew = await replicate();
  await origin.bulkDocs(
    documents(news).map((document) => ({ ...document, _id: `${document._id}n` })),
  );
  const tenNew = await replicate();
  const { doc_count: held } = await copy.info();
  if (held !== records.length + news.length) throw new Error('PouchDB lost some');
  await proxy.close();
  server.closeAllConnections();
  server.close();
  return { name: 'PouchDB', first, tenNew, nothingNew, seconds };
}

/** Bytes that do not compress, as text: what keys and signatures are in JSON. */
export function keyText(seed: number, length: number): string {
  let state = seed + 1;
  return Buffer.from(
    Array.from(
      { length },
      () => (state = Math.imul(state ^ (state >>> 13), 0x5bd1e995) + 7) >>> 24,
    ),
  ).toString('base64url');
}
