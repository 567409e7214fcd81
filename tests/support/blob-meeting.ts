import { createHash } from 'node:crypto';
import type { AttachmentView, OutgoingFile } from '#engine/api/attachment-calls.ts';
import type { MessageView } from '#engine/api/conversation-calls.ts';
import type { ConversationId, MessageId } from '#core/types/ids.ts';
import { startTestRelay, type TestRelay } from '../relay/running-relay.ts';
import { freePort } from './free-port.ts';
import { startBadLink, type BadLink } from './bad-link.ts';
import { Device, eventually, unwrap } from './engine-in-node.ts';
import { meet, type Meeting } from './meeting.ts';
import { TestClock } from './test-clock.ts';

/** Two devices that have met, over a link that a test may make bad. */
export interface BlobMeeting {
  readonly relay: TestRelay;
  readonly link: BadLink;
  readonly clock: TestClock;
  readonly sender: Device;
  readonly receiver: Device;
  /** The conversation as each names it. */
  readonly from: ConversationId;
  readonly to: ConversationId;
  end(): Promise<void>;
}

export interface BlobSurroundings {
  readonly flags?: readonly string[];
  readonly senderFetch?: typeof fetch;
  readonly receiverFetch?: typeof fetch;
}

/** Lets two devices meet; the sender is the one that was asked to help. */
export async function startBlobMeeting({
  flags = [],
  senderFetch = fetch,
  receiverFetch = fetch,
}: BlobSurroundings = {}): Promise<BlobMeeting> {
  const clock = new TestClock();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const relay = await startTestRelay(['--origin', origin, ...flags], clock);
  const link = await startBadLink(Number(new URL(relay.origin).port), port);
  const receiver = new Device({ origin, clock, fetch: receiverFetch });
  const sender = new Device({ origin, clock, fetch: senderFetch });
  await receiver.startWithVault();
  await sender.startWithVault();
  const ids: Meeting = await meet(receiver, sender);
  unwrap(await receiver.api.sendMessage(ids.asking, 'Thank you.'));
  await eventually(
    () => messagesOf(sender, ids.helping),
    (messages) => messages.some(({ text }) => text === 'Thank you.'),
  );
  return {
    ...{ relay, link, clock, sender, receiver, from: ids.helping, to: ids.asking },
    end: async () => {
      sender.kill();
      receiver.kill();
      await link.close();
      await relay.stop();
    },
  };
}

/** A file whose bytes do not compress and tell their place. */
export function fileOf(size: number, name = 'photo.jpg'): OutgoingFile {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 32) {
    const block = createHash('sha256').update(`${name}/${at}`).digest();
    bytes.set(block.subarray(0, size - at), at);
  }
  return { bytes, name, mediaType: 'image/jpeg' };
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function messagesOf(
  device: Device,
  id: ConversationId,
): Promise<readonly MessageView[]> {
  return unwrap(await device.api.readConversation(id)).messages;
}

/** The file of a message; throws where there is none. */
export async function attachmentOf(
  device: Device,
  conversation: ConversationId,
  id: MessageId,
): Promise<AttachmentView> {
  const message = (await messagesOf(device, conversation)).find((held) => held.id === id);
  const attachment = message?.attachment ?? null;
  if (attachment === null) throw new Error('no attachment');
  return attachment;
}

/** Waits until so many files have arrived as messages, and returns them. */
export async function arrivedFiles(
  { receiver, to }: BlobMeeting,
  count: number,
): Promise<readonly MessageView[]> {
  return eventually(
    async () => (await messagesOf(receiver, to)).filter(({ attachment }) => attachment !== null),
    ({ length }) => length >= count,
  );
}

/** Asks for a file and waits until it stands as it should. */
export async function fetchUntil(
  { receiver, to }: BlobMeeting,
  id: MessageId,
  state: AttachmentView['state'],
): Promise<AttachmentView> {
  unwrap(await receiver.api.fetchAttachment(id));
  return eventually(
    () => attachmentOf(receiver, to, id),
    (attachment) => attachment.state === state,
  );
}
