import * as z from 'zod/mini';
import type { CborValue } from '../codec/cbor.ts';
import { labelledBytes } from '../codec/hash.ts';
import { fixedBytes } from '../codec/shapes.ts';
import type { Bytes } from '../types/bytes.ts';
import type { DhPublicKey, KemPublicKey, QueueId, RelayOrigin, Signature } from '../types/ids.ts';

/** protocol.md, "Contact card": how long others may use a card, in days after its `day`; its `until`. */
export const cardLifetimeDays = 30;
/** How long its private keys outlive it, in days, for what is still under way. */
export const cardKeyGraceDays = 31;
/** How often a card is replaced while there is a link, in days. */
export const cardRotationDays = 7;
export const maxRelaysPerQueue = 4;

/** Origin of a relay: http or https, a host, maybe a port; no path, no user, no trailing slash. */
export const relayOriginSchema = z.pipe(
  z.string().check(z.maxLength(200), z.regex(/^https?:\/\/[a-z0-9.[\]:-]+$/)),
  z.transform((text) => text as RelayOrigin),
);

/** A persona's signed prekeys and the queue where first messages go; `until` is its notAfter. */
export interface ContactContent {
  readonly ik: DhPublicKey;
  /** The persona's signature over label "bind" and `ik`. */
  readonly bind: Signature;
  readonly spk: DhPublicKey;
  readonly kem: KemPublicKey;
  readonly queueId: QueueId;
  readonly relays: readonly RelayOrigin[];
}

/** [ik, bind, spk, kem, queue id, [relay origin ...]]. */
export const contactSchema = z.pipe(
  z.tuple([
    fixedBytes<DhPublicKey>(32),
    fixedBytes<Signature>(64),
    fixedBytes<DhPublicKey>(32),
    fixedBytes<KemPublicKey>(1_216),
    fixedBytes<QueueId>(32),
    z.array(relayOriginSchema).check(z.minLength(1), z.maxLength(maxRelaysPerQueue)),
  ]),
  z.transform(([ik, bind, spk, kem, queueId, relays]): ContactContent => ({
    ik,
    bind,
    spk,
    kem,
    queueId,
    relays,
  })),
);

/** A contact card's content in schema order. */
export function contactToContent(card: ContactContent): readonly CborValue[] {
  return [card.ik, card.bind, card.spk, card.kem, card.queueId, card.relays];
}

/** The bytes that a persona signs to tie its X25519 key to itself. */
export function bindSigningBytes(ik: DhPublicKey): Bytes {
  return labelledBytes('bind', ik);
}
