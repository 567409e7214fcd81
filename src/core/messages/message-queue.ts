import * as z from 'zod/mini';
import { fixedBytes } from '../codec/shapes.ts';
import { maxRelaysPerQueue, relayOriginSchema } from '../records/contact.ts';
import type { QueueCap, QueueId, RelayOrigin } from '../types/ids.ts';

/** Where one side of a conversation takes its messages: one queue, by the same id on each relay. */
export interface MessageQueue {
  readonly queueId: QueueId;
  /** 32 bytes; whoever has them may send. */
  readonly cap: QueueCap;
  /** One to four. */
  readonly relays: readonly RelayOrigin[];
}

/** Where first messages to a card go; its cap is empty, a proof of work pays instead. */
export interface ContactQueue {
  readonly queueId: QueueId;
  readonly relays: readonly RelayOrigin[];
}

/** One to four relay origins. */
const relaysShape = z
  .array(relayOriginSchema)
  .check(z.minLength(1), z.maxLength(maxRelaysPerQueue));

/** [queue id, cap, relays] */
export const messageQueueShape = z.pipe(
  z.tuple([fixedBytes<QueueId>(32), fixedBytes<QueueCap>(32), relaysShape]),
  z.transform(([queueId, cap, relays]): MessageQueue => ({ queueId, cap, relays })),
);

/** [queue id, relays] */
export const contactQueueShape = z.pipe(
  z.tuple([fixedBytes<QueueId>(32), relaysShape]),
  z.transform(([queueId, relays]): ContactQueue => ({ queueId, relays })),
);
