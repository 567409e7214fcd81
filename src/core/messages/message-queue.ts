import * as z from 'zod/mini';
import { fixedBytes } from '../codec/shapes.ts';
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

const maxRelays = 4;
/** Scheme, host and port in ASCII, no path: what `URL.origin` yields, at most 200 characters. */
const originPattern = /^https?:\/\/[a-z0-9.\-_[\]:]{1,190}$/;

const relayOrigin = z.pipe(
  z.string().check(z.maxLength(200), z.regex(originPattern)),
  z.transform((origin) => origin as RelayOrigin),
);

/** One to four relay origins. */
export const relaysShape = z.array(relayOrigin).check(z.minLength(1), z.maxLength(maxRelays));

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
