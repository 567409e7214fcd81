import { afterEach, expect, test } from 'vitest';
import { blobLength } from '#core/attachments/file-layout.ts';
import { eventually, unwrap } from '#tests/support/engine-in-node.ts';
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

const megabyte = 1_000_000;
const pieceBytes = 65_536;
const blobPut = /^PUT \/v1\/blobs\//;

let meeting: BlobMeeting | undefined;
afterEach(async () => {
  await meeting?.end();
  meeting = undefined;
});

async function begin(): Promise<BlobMeeting> {
  meeting = await startBlobMeeting();
  return meeting;
}

function requestsOf({ link }: BlobMeeting, request: RegExp): number {
  return link.requests.filter((line) => request.test(line)).length;
}

test('1 MB crosses a link that cuts every 150 kB: whole, once, and at most a piece again for each cut', async () => {
  const now = await begin();
  const { sender, receiver, link, from, to } = now;
  const file = fileOf(megabyte);
  const wire = blobLength(megabyte);
  link.set({ cutAfterBytes: 150_000 });
  const up = { ...link.counts, requests: requestsOf(now, blobPut) };
  unwrap(await sender.api.sendAttachment(from, file));
  const [message] = await arrivedFiles(now, 1);
  if (message === undefined) throw new Error('no message');
  const cutsUp = link.counts.connections - up.connections;
  expect(cutsUp).toBeGreaterThan(5);
  const headBytes = 1_000 * (requestsOf(now, /./) - up.requests);
  expect(link.counts.bytesUp - up.bytesUp).toBeLessThan(wire + cutsUp * pieceBytes + headBytes);

  const down = { ...link.counts };
  await fetchUntil(now, message.id, 'here');
  const cutsDown = link.counts.connections - down.connections;
  expect(cutsDown).toBeGreaterThan(5);
  expect(link.counts.bytesDown - down.bytesDown).toBeLessThan(wire + (cutsDown + 2) * pieceBytes);
  const read = unwrap(await receiver.api.readAttachment(message.id));
  expect([read.name, read.mediaType]).toEqual(['photo.jpg', 'image/jpeg']);
  expect(hashOf(read.bytes)).toBe(hashOf(file.bytes));
  const messages = await messagesOf(receiver, to);
  expect(messages.filter(({ attachment }) => attachment !== null)).toHaveLength(1);
}, 120_000);

test('a sender that is killed again and again goes on where the relay stands', async () => {
  const now = await begin();
  const { sender, link, from } = now;
  const file = fileOf(megabyte);
  link.set({ bytesPerSecond: 400_000 });
  const before = link.counts.bytesUp;
  const id = unwrap(await sender.api.sendAttachment(from, file));
  const doneAt = async () => (await attachmentOf(sender, from, id)).doneBytes;
  for (let kill = 1; kill <= 3; kill++) {
    const seen = await eventually(doneAt, (done) => done > (megabyte * kill) / 5);
    await sender.restart();
    expect(await doneAt()).toBeGreaterThanOrEqual(seen);
  }
  const [message] = await arrivedFiles(now, 1);
  const overhead = 200_000;
  expect(link.counts.bytesUp - before).toBeLessThan(
    blobLength(megabyte) + 3 * pieceBytes + overhead,
  );
  if (message === undefined) throw new Error('no message');
  link.heal();
  await fetchUntil(now, message.id, 'here');
  const read = unwrap(await now.receiver.api.readAttachment(message.id));
  expect(hashOf(read.bytes)).toBe(hashOf(file.bytes));
}, 120_000);

test('a receiver that is killed in the middle keeps every part that it had stored', async () => {
  const now = await begin();
  const { sender, receiver, link, from, to } = now;
  const file = fileOf(megabyte);
  unwrap(await sender.api.sendAttachment(from, file));
  const [message] = await arrivedFiles(now, 1);
  if (message === undefined) throw new Error('no message');
  link.set({ bytesPerSecond: 400_000 });
  const before = link.counts.bytesDown;
  unwrap(await receiver.api.fetchAttachment(message.id));
  const doneAt = async () => (await attachmentOf(receiver, to, message.id)).doneBytes;
  const seen = await eventually(doneAt, (done) => done > megabyte / 3);
  await receiver.restart();
  expect(await doneAt()).toBeGreaterThanOrEqual(seen);
  await eventually(
    () => attachmentOf(receiver, to, message.id),
    ({ state }) => state === 'here',
  );
  // Two pieces may have been on their way, and the board is read again.
  expect(link.counts.bytesDown - before).toBeLessThan(blobLength(megabyte) + 3 * pieceBytes);
  const read = unwrap(await receiver.api.readAttachment(message.id));
  expect(hashOf(read.bytes)).toBe(hashOf(file.bytes));
}, 120_000);

test('a link that breaks before a piece has crossed is given shorter pieces', async () => {
  const now = await begin();
  const { sender, link, from } = now;
  link.set({ cutAfterBytes: 14_000 });
  unwrap(await sender.api.sendAttachment(from, fileOf(40_000)));
  const [message] = await arrivedFiles(now, 1);
  expect(message?.attachment?.sizeBytes).toBe(40_000);
}, 60_000);

test('a file goes out while the vault is locked, its message behind it', async () => {
  const now = await begin();
  const { sender, link, from } = now;
  link.set({ refuse: true });
  const id = unwrap(await sender.api.sendAttachment(from, fileOf(300_000)));
  await sender.api.lockVault();
  link.heal();
  await sender.api.syncNow();
  const [message] = await arrivedFiles(now, 1);
  expect(message?.attachment?.sizeBytes).toBe(300_000);
  await sender.unlock();
  await eventually(
    () => attachmentOf(sender, from, id),
    ({ state }) => state === 'sent',
  );
}, 60_000);

test('words written after a file overtake it, and its message waits for its last byte', async () => {
  const now = await begin();
  const { sender, receiver, link, from, to } = now;
  link.set({ bytesPerSecond: 60_000 });
  const id = unwrap(await sender.api.sendAttachment(from, fileOf(200_000)));
  unwrap(await sender.api.sendMessage(from, 'A picture is on its way.'));
  await eventually(
    () => messagesOf(receiver, to),
    (messages) => messages.some(({ text }) => text === 'A picture is on its way.'),
  );
  expect((await attachmentOf(sender, from, id)).state).toBe('sending');
  expect((await messagesOf(receiver, to)).every(({ attachment }) => attachment === null)).toBe(
    true,
  );
  const [message] = await arrivedFiles(now, 1);
  expect(message?.attachment).toMatchObject({ state: 'elsewhere', doneBytes: 0 });
  const own = await attachmentOf(sender, from, id);
  expect([own.state, own.doneBytes]).toEqual(['sent', own.totalBytes]);
}, 60_000);

test('two files at once both arrive, each as it is', async () => {
  const now = await begin();
  const { sender, receiver, link, from } = now;
  link.set({ cutAfterBytes: 120_000 });
  const files = [fileOf(400_000, 'one.jpg'), fileOf(250_000, 'two.pdf')];
  await Promise.all(files.map(async (file) => unwrap(await sender.api.sendAttachment(from, file))));
  const messages = await arrivedFiles(now, 2);
  await Promise.all(messages.map(({ id }) => fetchUntil(now, id, 'here')));
  const read = await Promise.all(
    messages.map(async ({ id }) => unwrap(await receiver.api.readAttachment(id))),
  );
  expect(read.map(({ name, bytes }) => [name, hashOf(bytes)]).sort()).toEqual(
    files.map(({ name, bytes }) => [name, hashOf(bytes)]).sort(),
  );
}, 120_000);
