import 'fake-indexeddb/auto';
import { afterEach, expect, test } from 'vitest';
import { WallflowerDatabase } from '#storage/database.ts';
import {
  fetchUntil,
  fileOf,
  hashOf,
  messagesOf,
  startBlobMeeting,
  type BlobMeeting,
} from '#tests/support/blob-meeting.ts';
import { eventually, unwrap, type Device } from '#tests/support/engine-in-node.ts';
import { quiet } from '#tests/support/errand.ts';

let now: BlobMeeting | undefined;
afterEach(async () => {
  await now?.end();
});

/** Files whose messages a device shows, by name. */
async function namesOf(device: Device, id: BlobMeeting['from']): Promise<readonly string[]> {
  const messages = await messagesOf(device, id);
  return messages.flatMap(({ attachment }) => attachment?.name ?? []);
}

async function keptFiles({ name }: Device): Promise<number> {
  const db = new WallflowerDatabase(name);
  const files = await db.files.toArray();
  const held = new Set((await db.pieces.toArray()).map(({ file }) => file));
  db.close();
  expect(files.every(({ id, kept }) => kept && held.has(id))).toBe(true);
  expect(held.size).toBe(files.length);
  return files.length;
}

test('a sender that is killed at any of its reads and writes sends a file once, or has not taken it', async () => {
  const meeting = await startBlobMeeting();
  now = meeting;
  const { sender, receiver, from, to } = meeting;
  const send = (name: string) => sender.api.sendAttachment(from, fileOf(5_000, name));
  const appended = (point: string) => point.startsWith('after POST /v1/queues/<id>');

  await quiet(sender);
  sender.line.watch();
  unwrap(await send('first.jpg'));
  await eventually(
    () => Promise.resolve(sender.line.passed),
    (passed) => passed.some(appended),
  );
  const points = sender.line.passed.slice(0, sender.line.passed.findIndex(appended) + 1);
  expect(points.some((point) => point.includes('PUT /v1/blobs/'))).toBe(true);

  let taken = 1;
  for (const [turn, point] of points.entries()) {
    const name = `${turn}.jpg`;
    await quiet(sender);
    sender.line.endAt(point);
    void send(name).catch(() => undefined);
    await eventually(
      async () => sender.line.isCut || (await namesOf(receiver, to)).includes(name),
      (isOver) => isOver,
    );
    await sender.restart();
    if ((await namesOf(sender, from)).includes(name)) taken++;
    await eventually(
      () => namesOf(receiver, to),
      (names) => names.length >= taken,
    );
    expect(await keptFiles(sender)).toBe(taken);
  }
  const names = await namesOf(receiver, to);
  expect([...names].sort()).toEqual([...(await namesOf(sender, from))].sort());
  expect(new Set(names).size).toBe(names.length);
  for (const { id, attachment } of await messagesOf(receiver, to)) {
    if (attachment === null) continue;
    await fetchUntil(meeting, id, 'here');
    const { bytes } = unwrap(await receiver.api.readAttachment(id));
    expect(hashOf(bytes)).toBe(hashOf(fileOf(5_000, attachment.name).bytes));
  }
}, 300_000);
