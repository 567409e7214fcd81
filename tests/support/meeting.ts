import type { ConversationId } from '#core/types/ids.ts';
import { anyRequest } from './any-request.ts';
import { eventually, unwrap, type Device } from './engine-in-node.ts';

/** The conversation of two devices, as each of them names it. */
export interface Meeting {
  readonly asking: ConversationId;
  readonly helping: ConversationId;
}

/** One asks on the board, the other answers 'I can help.', the first accepts and sees it. */
export async function meet(asking: Device, helping: Device): Promise<Meeting> {
  const address = unwrap(await asking.api.postEntry(anyRequest, { kind: 'new' }));
  await eventually(
    () => helping.api.readEntry(address),
    (entry) => entry.ok,
  );
  await eventually(
    () => helping.api.prepareReply(address),
    (prepared) => prepared.ok && prepared.value.cardOnDevice,
  );
  const reply = await helping.api.replyToEntry(address, 'I can help.', { kind: 'new' });
  const [row] = await eventually(
    async () => unwrap(await asking.api.listConversations()),
    (rows) => rows.some(({ about }) => about?.address === address),
  );
  if (row === undefined) throw new Error('no conversation');
  unwrap(await asking.api.acceptContact(row.id));
  return { asking: row.id, helping: unwrap(reply) };
}

/** The texts of a conversation, in order. */
export async function textsOf(device: Device, id: ConversationId): Promise<readonly string[]> {
  const { messages } = unwrap(await device.api.readConversation(id));
  return messages.filter(({ notice }) => notice === null).map(({ text }) => text);
}
