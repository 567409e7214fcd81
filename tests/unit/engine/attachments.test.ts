import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { blobLength, maxFileBytes } from '#core/attachments/file-layout.ts';
import type { MessageId } from '#core/types/ids.ts';
import { WallflowerDatabase } from '#storage/database.ts';
import { endlessBody, LyingFetch, withBody } from '#tests/support/blob-lies.ts';
import {
  arrivedFiles,
  attachmentOf,
  fetchUntil,
  fileOf,
  hashOf,
  messagesOf,
  startBlobMeeting,
  type BlobMeeting,
} from '#tests/support/blob-meeting.ts';
import { eventually, unwrap, type Device } from '#tests/support/engine-in-node.ts';

const size = 150_000;
const wire = blobLength(size);
const file = fileOf(size);

let now: BlobMeeting;
let lies: LyingFetch;

async function begin(flags: readonly string[] = []): Promise<void> {
  lies = new LyingFetch();
  now = await startBlobMeeting({ flags, receiverFetch: lies.fetch });
}
afterEach(async () => {
  vi.restoreAllMocks();
  await now.end();
});

/** Sends the file and waits until its message is there. */
async function deliver(): Promise<{ sent: MessageId; came: MessageId }> {
  const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
  const [message] = await arrivedFiles(now, 1);
  if (message === undefined) throw new Error('no message');
  return { sent, came: message.id };
}

async function errorOf(call: Promise<{ ok: boolean; error?: { code: string } }>): Promise<string> {
  const result = await call;
  return result.ok ? 'ok' : (result.error?.code ?? '');
}

/** What a device keeps of files, sealed rows and the outbox. */
async function stored({ name }: Device) {
  const db = new WallflowerDatabase(name);
  const rows = {
    files: await db.files.count(),
    pieces: await db.pieces.count(),
    outbox: await db.outbox.toArray(),
    sealed: await db.sealed.toArray(),
  };
  db.close();
  return rows;
}

async function inDatabase(
  { name }: Device,
  work: (db: WallflowerDatabase) => Promise<unknown>,
): Promise<void> {
  const db = new WallflowerDatabase(name);
  await work(db);
  db.close();
}

describe('a relay that lies about a file', () => {
  beforeEach(() => begin());

  async function expectNothingShown(id: MessageId): Promise<void> {
    expect(await errorOf(now.receiver.api.readAttachment(id))).not.toBe('ok');
  }

  /** Once the relay is honest, the file comes after all. */
  async function expectWholeAfterwards(id: MessageId): Promise<void> {
    lies.lie = undefined;
    await now.receiver.restart();
    await fetchUntil(now, id, 'here');
    const read = unwrap(await now.receiver.api.readAttachment(id));
    expect(hashOf(read.bytes)).toBe(hashOf(file.bytes));
  }

  test('one byte altered: nothing is kept of it, and it can be asked for again', async () => {
    const { came } = await deliver();
    lies.lie = (honest) =>
      withBody(honest, (bytes) => {
        bytes[100_000] = (bytes[100_000] ?? 0) ^ 1;
        return bytes;
      });
    await fetchUntil(now, came, 'elsewhere');
    expect(await errorOf(now.receiver.api.readAttachment(came))).toBe('file-damaged');
    expect((await stored(now.receiver)).pieces).toBe(0);
    await expectWholeAfterwards(came);
  });

  test('another blob of the same size in its place is refused', async () => {
    const { came } = await deliver();
    unwrap(await now.sender.api.sendAttachment(now.from, fileOf(size, 'other.jpg')));
    const [, other] = await arrivedFiles(now, 2);
    if (other === undefined) throw new Error('no other');
    let swapped: Uint8Array<ArrayBuffer> = new Uint8Array(0);
    lies.lie = (honest) => withBody(honest, (bytes) => (swapped = bytes));
    await fetchUntil(now, other.id, 'here');
    lies.lie = (honest) => withBody(honest, () => swapped);
    await fetchUntil(now, came, 'elsewhere');
    await expectNothingShown(came);
    await expectWholeAfterwards(came);
  });

  test('an answer that ends early is a cut: what came is kept, the rest is asked for', async () => {
    const { came } = await deliver();
    lies.lie = (honest, range) =>
      range === 'bytes=0-' ? withBody(honest, (bytes) => bytes.slice(0, 70_001)) : undefined;
    await fetchUntil(now, came, 'here');
    expect(lies.ranges).toContain('bytes=70001-');
    expect(hashOf(unwrap(await now.receiver.api.readAttachment(came)).bytes)).toBe(
      hashOf(file.bytes),
    );
  });

  test('an endless answer is cut off at the size that was promised', async () => {
    const { came } = await deliver();
    let taken = () => 0;
    lies.lie = (honest) => {
      const endless = endlessBody(honest);
      ({ taken } = endless);
      return Promise.resolve(endless.answer);
    };
    await fetchUntil(now, came, 'elsewhere');
    expect(taken()).toBeLessThan(wire + 4 * 65_536);
    await expectNothingShown(came);
    await expectWholeAfterwards(came);
  });

  test.each([
    ['another range', 'bytes 1-99999/100000'],
    ['a longer blob', `bytes 0-${wire}/${wire + 1}`],
    ['no range at all', ''],
  ])('a Content-Range that says %s is not believed', async (_, range) => {
    const { came } = await deliver();
    lies.lie = (honest) => withBody(honest, (bytes) => bytes, { 'content-range': range });
    unwrap(await now.receiver.api.fetchAttachment(came));
    await eventually(
      () => Promise.resolve(lies.told),
      (told) => told > 0,
    );
    expect(await attachmentOf(now.receiver, now.to, came)).toMatchObject({
      state: 'fetching',
      doneBytes: 0,
    });
    await expectWholeAfterwards(came);
  });

  test('the whole blob where the rest was asked for is not taken as the rest', async () => {
    const { came } = await deliver();
    lies.lie = (honest, range) =>
      range === 'bytes=0-'
        ? withBody(honest, (bytes) => bytes.slice(0, 50_000))
        : Promise.resolve(
            new Response(new Uint8Array(wire), {
              headers: { 'content-type': 'application/octet-stream' },
            }),
          );
    unwrap(await now.receiver.api.fetchAttachment(came));
    await eventually(
      () => Promise.resolve(lies.told),
      (told) => told > 1,
    );
    expect((await attachmentOf(now.receiver, now.to, came)).doneBytes).toBe(50_000);
    await expectWholeAfterwards(came);
  });

  test('“not found” is said as gone, and can be asked again', async () => {
    const { came } = await deliver();
    lies.lie = async () => fetch(`${now.link.origin}/v1/nothing`);
    await fetchUntil(now, came, 'gone');
    expect(await errorOf(now.receiver.api.readAttachment(came))).toBe('file-not-here');
    await expectWholeAfterwards(came);
  });

  test('a captive portal’s page is no blob, and no reason to give up', async () => {
    const { came } = await deliver();
    lies.lie = () =>
      Promise.resolve(
        new Response('<h1>Welcome</h1>', { headers: { 'content-type': 'text/html' } }),
      );
    unwrap(await now.receiver.api.fetchAttachment(came));
    await eventually(
      () => Promise.resolve(lies.told),
      (told) => told > 1,
    );
    expect((await attachmentOf(now.receiver, now.to, came)).state).toBe('fetching');
    await expectWholeAfterwards(came);
  });
});

describe('a file on this device', () => {
  beforeEach(() => begin());

  test('lies there as ciphertext alone: neither its bytes nor its name are in any row', async () => {
    const text = new TextEncoder().encode('a marker that nobody else would write '.repeat(500));
    const secret = { bytes: text, name: 'list-of-names.txt', mediaType: 'text/plain' };
    unwrap(await now.sender.api.sendAttachment(now.from, secret));
    const [message] = await arrivedFiles(now, 1);
    if (message === undefined) throw new Error('no message');
    await fetchUntil(now, message.id, 'here');
    for (const device of [now.sender, now.receiver]) {
      const db = new WallflowerDatabase(device.name);
      const rows = await Promise.all(db.tables.map((table) => table.toArray()));
      db.close();
      const all = Buffer.concat(rows.flat().flatMap(bytesIn));
      expect(all.includes('a marker that nobody')).toBe(false);
      expect(all.includes('list-of-names')).toBe(false);
      const read = await device.api.readAttachment(
        device === now.receiver ? message.id : await ownFile(),
      );
      expect(hashOf(unwrap(read).bytes)).toBe(hashOf(text));
    }
  });

  async function ownFile(): Promise<MessageId> {
    const own = (await messagesOf(now.sender, now.from)).find(({ attachment }) => attachment);
    if (own === undefined) throw new Error('no file of my own');
    return own.id;
  }

  test('that was changed on the disk is refused', async () => {
    const { came } = await deliver();
    await fetchUntil(now, came, 'here');
    await inDatabase(now.receiver, async (db) => {
      const [piece] = await db.pieces.toArray();
      if (piece === undefined) throw new Error('no piece');
      piece.bytes[500] = (piece.bytes[500] ?? 0) ^ 1;
      await db.pieces.put(piece);
    });
    expect(await errorOf(now.receiver.api.readAttachment(came))).toBe('file-damaged');
  });

  test('whose last piece is gone is refused', async () => {
    const { came } = await deliver();
    await fetchUntil(now, came, 'here');
    await inDatabase(now.receiver, async (db) => {
      const last = (await db.pieces.toArray()).at(-1);
      if (last !== undefined) await db.pieces.delete([last.file, last.offset]);
    });
    expect(await errorOf(now.receiver.api.readAttachment(came))).toBe('file-damaged');
  });

  test('leaves with its message, on both sides', async () => {
    const { sent, came } = await deliver();
    await fetchUntil(now, came, 'here');
    unwrap(await now.receiver.api.deleteMessage(came));
    expect(await stored(now.receiver)).toMatchObject({ files: 0, pieces: 0 });
    unwrap(await now.sender.api.deleteMessage(sent));
    expect(await stored(now.sender)).toMatchObject({ files: 0, pieces: 0 });
  });

  test('leaves with its conversation', async () => {
    const { came } = await deliver();
    await fetchUntil(now, came, 'here');
    unwrap(await now.receiver.api.deleteConversation(now.to));
    expect(await stored(now.receiver)).toMatchObject({ files: 0, pieces: 0 });
  });

  test('leaves when the time of its message is over', async () => {
    unwrap(await now.sender.api.setLifetime(now.from, 1));
    const { came } = await deliver();
    await fetchUntil(now, came, 'here');
    unwrap(await now.receiver.api.markRead(now.to));
    now.clock.passDays(2);
    await now.receiver.api.syncNow();
    await eventually(
      () => stored(now.receiver),
      ({ files, pieces }) => files + pieces === 0,
    );
  });

  test('deleted before it was sent does not go out any more', async () => {
    now.link.set({ refuse: true });
    const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
    unwrap(await now.sender.api.deleteMessage(sent));
    expect(await stored(now.sender)).toMatchObject({ files: 0, pieces: 0, outbox: [] });
    now.link.heal();
    await now.sender.api.syncNow();
    expect((await now.relay.context.log.sizes()).blobs).toBe(0);
  });

  test('is only fetched when its user asks', async () => {
    const { came } = await deliver();
    await now.receiver.api.syncNow();
    expect(lies.ranges).toEqual([]);
    expect(await errorOf(now.receiver.api.readAttachment(came))).toBe('file-not-here');
    expect(await stored(now.receiver)).toMatchObject({ files: 0, pieces: 0 });
  });

  test('is gone when the relay has let it expire', async () => {
    const { came } = await deliver();
    now.clock.passDays(31);
    await now.relay.maintain();
    await fetchUntil(now, came, 'gone');
  });

  test('above the limit is refused before anything is written', async () => {
    const large = { ...file, bytes: new Uint8Array(maxFileBytes + 1) };
    const before = await stored(now.sender);
    expect(await errorOf(now.sender.api.sendAttachment(now.from, large))).toBe('file-too-large');
    expect(await errorOf(now.sender.api.measureAttachment(maxFileBytes + 1))).toBe(
      'file-too-large',
    );
    expect(await stored(now.sender)).toEqual(before);
  });

  test('is not sent to somebody who is blocked', async () => {
    unwrap(await now.sender.api.blockPeer(now.from, true));
    expect(await errorOf(now.sender.api.sendAttachment(now.from, file))).toBe('contact-blocked');
    expect(await stored(now.sender)).toMatchObject({ files: 0, pieces: 0 });
  });
});

describe('a device without room', () => {
  beforeEach(() => begin());

  /** From the n-th piece on, the disk takes no more. */
  function fillDiskAt(piece: number): void {
    const put = Reflect.get(IDBObjectStore.prototype, 'put') as IDBObjectStore['put'];
    let pieces = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name === 'pieces' && ++pieces >= piece) {
        throw new DOMException('full', 'QuotaExceededError');
      }
      return put.apply(this, args);
    });
  }

  test('says so when a file is to be sent, and is as it was', async () => {
    const before = await stored(now.sender);
    const messages = await messagesOf(now.sender, now.from);
    fillDiskAt(2);
    expect(await errorOf(now.sender.api.sendAttachment(now.from, file))).toBe('storage-full');
    expect(await stored(now.sender)).toEqual(before);
    vi.restoreAllMocks();
    expect(await messagesOf(now.sender, now.from)).toEqual(messages);
    unwrap(await now.sender.api.sendMessage(now.from, 'Then without a picture.'));
    await eventually(
      () => messagesOf(now.receiver, now.to),
      (seen) => seen.some(({ text }) => text === 'Then without a picture.'),
    );
  });

  test('pauses a file that comes in, keeps what has come, and goes on when asked', async () => {
    const { came } = await deliver();
    fillDiskAt(2);
    unwrap(await now.receiver.api.fetchAttachment(came));
    const held = await eventually(
      () => attachmentOf(now.receiver, now.to, came),
      ({ paused }) => paused,
    );
    expect(held.doneBytes).toBeGreaterThan(0);
    expect(held.doneBytes).toBeLessThan(wire);
    vi.restoreAllMocks();
    await fetchUntil(now, came, 'here');
    expect(lies.ranges.at(-1)).toBe(`bytes=${held.doneBytes}-`);
  });

  test('a file whose sending was cut off leaves nothing behind after the next start', async () => {
    fillDiskAt(2);
    const clear = vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(() => {
      throw new DOMException('broken', 'UnknownError');
    });
    expect(await errorOf(now.sender.api.sendAttachment(now.from, file))).toBe('storage-full');
    expect((await stored(now.sender)).pieces).toBe(1);
    clear.mockRestore();
    vi.restoreAllMocks();
    await now.sender.restart();
    expect(await stored(now.sender)).toMatchObject({ files: 0, pieces: 0 });
  });
});

describe('on its way', () => {
  test('a file can be paused and goes on where it stopped, in both directions', async () => {
    await begin();
    now.link.set({ bytesPerSecond: 100_000 });
    const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
    const upAt = () => attachmentOf(now.sender, now.from, sent);
    await eventually(upAt, ({ doneBytes }) => doneBytes > 0);
    unwrap(await now.sender.api.pauseAttachment(sent, true));
    const paused = await upAt();
    expect(paused).toMatchObject({ state: 'sending', paused: true, totalBytes: wire });
    await now.sender.restart();
    const { doneBytes } = await upAt();
    expect(doneBytes).toBeLessThan(wire);
    await now.sender.api.syncNow();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await upAt()).toMatchObject({ paused: true, doneBytes });
    unwrap(await now.sender.api.pauseAttachment(sent, false));
    const [message] = await arrivedFiles(now, 1);
    if (message === undefined) throw new Error('no message');

    unwrap(await now.receiver.api.fetchAttachment(message.id));
    const downAt = () => attachmentOf(now.receiver, now.to, message.id);
    await eventually(downAt, ({ doneBytes }) => doneBytes > 0);
    unwrap(await now.receiver.api.pauseAttachment(message.id, true));
    expect(await downAt()).toMatchObject({ state: 'fetching', paused: true });
    const asked = lies.ranges.length;
    await now.receiver.restart();
    await now.receiver.api.syncNow();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lies.ranges).toHaveLength(asked);
    unwrap(await now.receiver.api.pauseAttachment(message.id, false));
    await eventually(downAt, ({ state }) => state === 'here');
    expect(lies.ranges.length).toBeGreaterThan(1);
    expect(lies.ranges.at(-1)).not.toBe('bytes=0-');
  }, 60_000);

  test('what it will cost is known in bytes at once, and in seconds once the link has shown its speed', async () => {
    await begin();
    const cost = async () => unwrap(await now.sender.api.measureAttachment(1_000_000));
    expect(await cost()).toEqual({ wireBytes: blobLength(1_000_000), seconds: null });
    now.link.set({ bytesPerSecond: 50_000 });
    await deliver();
    const { seconds } = await cost();
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(200);
    await now.sender.restart();
    expect((await cost()).seconds).toBe(seconds);
  }, 60_000);

  test('a relay without room for files says so: the file waits, words go on', async () => {
    await begin(['--blobs-mb', '0']);
    const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
    unwrap(await now.sender.api.sendMessage(now.from, 'It does not go through.'));
    await eventually(
      () => messagesOf(now.receiver, now.to),
      (messages) => messages.some(({ text }) => text === 'It does not go through.'),
    );
    expect(await attachmentOf(now.sender, now.from, sent)).toMatchObject({
      state: 'sending',
      doneBytes: 0,
    });
    const { outbox } = await stored(now.sender);
    expect(outbox.map(({ task, state }) => [task.kind, state])).toEqual([
      ['upload', 'waiting'],
      ['append', 'waiting'],
    ]);
  });

  test('a relay that takes no files of this size refuses it for good, and its message does not go out', async () => {
    await begin(['--blob-bytes', '100000']);
    const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
    await eventually(
      async () => (await messagesOf(now.sender, now.from)).find(({ id }) => id === sent)?.delivery,
      (delivery) => delivery === 'refused',
    );
    expect((await stored(now.sender)).outbox).toEqual([]);
    unwrap(await now.sender.api.sendMessage(now.from, 'Too large, it seems.'));
    await eventually(
      () => messagesOf(now.receiver, now.to),
      (messages) => messages.some(({ text }) => text === 'Too large, it seems.'),
    );
  });

  test('a relay that has lost what it held is given the file from the start', async () => {
    await begin();
    now.link.set({ bytesPerSecond: 100_000 });
    const sent = unwrap(await now.sender.api.sendAttachment(now.from, file));
    const at = () => attachmentOf(now.sender, now.from, sent);
    await eventually(at, ({ doneBytes }) => doneBytes > 0);
    unwrap(await now.sender.api.pauseAttachment(sent, true));
    now.clock.passDays(8);
    await now.relay.maintain();
    expect((await now.relay.context.log.sizes()).blobs).toBe(0);
    now.link.heal();
    unwrap(await now.sender.api.pauseAttachment(sent, false));
    await eventually(at, ({ state }) => state === 'sent');
    expect((await now.relay.context.log.sizes()).blobs).toBe(1);
  }, 60_000);
});

/** Every byte string and text somewhere in a row. */
function bytesIn(row: unknown): readonly Buffer[] {
  if (row instanceof Uint8Array) return [Buffer.from(row)];
  if (typeof row === 'string') return [Buffer.from(row)];
  if (typeof row !== 'object' || row === null) return [];
  return Object.values(row).flatMap(bytesIn);
}
