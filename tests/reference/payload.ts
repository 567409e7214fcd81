/* docs/protocol.md, "Payload": the plaintext of one envelope. */
import { decode, encode, type Item } from './cbor.ts';
import type { Octets } from './primitives.ts';

export interface Queue {
  readonly queueId: Octets;
  readonly cap: Octets;
  readonly relays: readonly string[];
}

export interface Opening {
  readonly origin: number;
  readonly recordAddress: Octets;
  readonly recordId: Octets;
}

export type Body =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'lifetime'; readonly days: number }
  | { readonly type: 'step' | 'receipt' | 'queue' | 'decline' };

export interface Payload {
  readonly sequence: number;
  readonly ack: { readonly next: number; readonly extras: readonly number[] };
  readonly queue: Queue | null;
  readonly opening: Opening | null;
  readonly body: Body;
}

const bodyTypes = ['text', 'step', 'receipt', 'queue', 'lifetime', 'attachment', 'decline'];
const maxTextBytes = 3_900;
const utf8 = new TextEncoder();

/** Null for a body that breaks its limits. */
export function encodePayload({ sequence, ack, queue, opening, body }: Payload): Octets | null {
  const fields = body.type === 'text' ? [body.text] : body.type === 'lifetime' ? [body.days] : [];
  if (!isBody(body.type, fields)) return null;
  return encode([
    1,
    bodyTypes.indexOf(body.type),
    sequence,
    [ack.next, ack.extras],
    queue && [queue.queueId, queue.cap, queue.relays],
    opening && [opening.origin, opening.recordAddress, opening.recordId],
    fields,
  ]);
}

function isBody(type: string, fields: readonly Item[]): boolean {
  const [only] = fields;
  if (type === 'text') {
    return (
      fields.length === 1 &&
      typeof only === 'string' &&
      !/\p{Surrogate}/u.test(only) &&
      utf8.encode(only).length <= maxTextBytes
    );
  }
  if (type === 'lifetime') {
    return fields.length === 1 && typeof only === 'number' && [0, 1, 7, 30].includes(only);
  }
  return fields.length === 0;
}

const isNumber = (item: Item | undefined, max = 0xff_ff_ff_ff): item is number =>
  typeof item === 'number' && item >= 0 && item <= max;
const isBytes = (item: Item | undefined): item is Octets =>
  item instanceof Uint8Array && item.length === 32;
const isArray = (item: Item | undefined): item is readonly Item[] => Array.isArray(item);

/** Null for anything of another form. Attachments are not played by the model. */
export function decodePayload(bytes: Octets): Payload | null {
  const item = decode(bytes)?.item;
  if (!isArray(item) || item.length !== 7) return null;
  const [version, typeNumber, sequence, ackItem, queueItem = null, openingItem = null, fields] =
    item;
  const type = isNumber(typeNumber) ? bodyTypes[typeNumber] : undefined;
  const ack = readAck(ackItem);
  const queue = queueItem === null ? null : readQueue(queueItem);
  const opening = openingItem === null ? null : readOpening(openingItem);
  if (version !== 1 || type === undefined || ack === null) return null;
  if (!isNumber(sequence, 0xff_ff_ff_fe) || queue === undefined || opening === undefined)
    return null;
  if (!isArray(fields) || !isBody(type, fields) || (type === 'queue' && queue === null))
    return null;
  return { sequence, ack, queue, opening, body: bodyOf(type, fields[0]) };
}

function bodyOf(type: string, only: Item | undefined): Body {
  if (type === 'text' && typeof only === 'string') return { type, text: only };
  if (type === 'lifetime' && typeof only === 'number') return { type, days: only };
  return { type: type as 'step' };
}

function readAck(item: Item | undefined): Payload['ack'] | null {
  if (!isArray(item) || item.length !== 2) return null;
  const [next, extras] = item;
  if (!isNumber(next) || !isArray(extras) || extras.length > 16) return null;
  if (!extras.every((extra) => isNumber(extra))) return null;
  const rising = [next, ...extras].every(
    (value, at, all) => at === 0 || value > (all[at - 1] ?? 0),
  );
  return rising ? { next, extras } : null;
}

function readQueue(item: Item): Queue | undefined {
  if (!isArray(item) || item.length !== 3) return undefined;
  const [queueId, cap, relays] = item;
  if (!isBytes(queueId) || !isBytes(cap) || !isArray(relays)) return undefined;
  if (relays.length < 1 || relays.length > 4) return undefined;
  const isOrigin = (relay: Item): relay is string =>
    typeof relay === 'string' && relay.length <= 200 && /^https?:\/\/[a-z0-9.[\]:-]+$/.test(relay);
  return relays.every(isOrigin) ? { queueId, cap, relays } : undefined;
}

function readOpening(item: Item): Opening | undefined {
  if (!isArray(item) || item.length !== 3) return undefined;
  const [origin, recordAddress, recordId] = item;
  if ((origin !== 0 && origin !== 1) || !isBytes(recordAddress) || !isBytes(recordId)) {
    return undefined;
  }
  return { origin, recordAddress, recordId };
}
