/** Error codes of the relay interface; docs/protocol.md lists what each means. */
export const relayErrorCodes = [
  'malformed',
  'too-large',
  'unsupported-media-type',
  'not-found',
  'method-not-allowed',
  'rate-limited',
  'stamp-invalid',
  'stamp-too-cheap',
  'queue-full',
  'queue-unknown',
  'signature-invalid',
  'challenge-expired',
  'cursor-unknown',
  'blob-unknown',
  'blob-conflict',
  'blobs-full',
  'overloaded',
  'internal',
] as const;
export type RelayErrorCode = (typeof relayErrorCodes)[number];

/** Answer to one published record, by code on the wire (append only). */
export const recordVerdicts = {
  accepted: 0,
  known: 1,
  stale: 2,
  malformed: 3,
  'unknown-kind': 4,
  'bad-signature': 5,
  'from-the-future': 6,
  expired: 7,
  'unpublishable-text': 8,
  'rate-limited': 9,
  'not-a-steward': 10,
} as const;
export type RecordVerdict = keyof typeof recordVerdicts;

/** What a queue answered to a read, by code on the wire (append only). */
export const queueVerdicts = { read: 0, unknown: 1, refused: 2 } as const;
