import type {
  DhPublicKey,
  KemPublicKey,
  PersonaKey,
  QueueId,
  RecordId,
  RelayOrigin,
  Signature,
} from '../types/ids.ts';

/** What a first message needs of the recipient's contact card (a verified record of kind `contact`). */
export interface ContactCardFacts {
  /** Id of the card's record; its first 8 bytes name the card in the envelope. */
  readonly recordId: RecordId;
  /** The card's author. */
  readonly persona: PersonaKey;
  readonly ik: DhPublicKey;
  /** The author's signature over labelledBytes('bind', ik). */
  readonly bind: Signature;
  readonly spk: DhPublicKey;
  readonly kem: KemPublicKey;
  /** The contact queue: takes a proof of work instead of a cap. */
  readonly queueId: QueueId;
  readonly relays: readonly RelayOrigin[];
}
