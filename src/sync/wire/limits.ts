/** Limits that every relay holds to; `info` repeats those that an operator may lower. */
export const wireLimits = {
  recordsPerPost: 100,
  /** 100 records of at most 8,296 bytes. */
  postBytes: 829_600,
  recordsPerSince: 500,
  /** What a newcomer sees first: fifty requests and some, in one answer. */
  newestRecords: 54,
  recordsPerFetch: 256,
  symbolsPerAnswer: 16_384,
  queuesPerRead: 64,
  envelopesPerRead: 64,
  acksPerRequest: 256,
  envelopeBytes: 4_096,
  queueLifetimesDays: [1, 7, 30],
  challengeLifetimeMs: 600_000,
  liveSeconds: 55,
} as const;

/** Sizes that an envelope may have: protocol.md, "Padding". */
export const envelopeSizes: readonly number[] = [512, 1_024, 2_048, 4_096];

/** The price that a relay asks by default, in leading zero bits. */
export const defaultStampPrice = 18;
/** The price above which a client refuses to pay. */
export const maxStampPrice = 22;
