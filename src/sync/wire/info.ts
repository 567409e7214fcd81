import * as z from 'zod/mini';
import { fixedBytes, u32, u53 } from '#core/codec/shapes.ts';
import type { Bytes } from '#core/types/bytes.ts';
import type { PersonaKey, RelayEpoch } from '#core/types/ids.ts';
import { relayOriginSchema } from '#core/records/contact.ts';

/** GET /v1/info: a text-keyed map, so that a newer relay may add to it. */
export const infoSchema = z.object({
  /** Marks the answer as a relay's: a captive portal never says this. */
  wallflower: z.array(u32),
  software: z.string().check(z.maxLength(64)),
  /** Origins under which this relay may be named in signatures. */
  origins: z.array(relayOriginSchema).check(z.minLength(1), z.maxLength(8)),
  /** Who signs this relay's charter; null where it has none. */
  charter: z.nullable(fixedBytes<PersonaKey>(32)),
  demo: z.boolean(),
  /** Milliseconds since 1970. */
  time: u53,
  epoch: fixedBytes<RelayEpoch>(16),
  challenge: fixedBytes<Bytes>(32),
  stampPrice: u32,
  limits: z.object({
    recordsPerPost: u32,
    recordsPerSince: u32,
    queuesPerRead: u32,
    envelopesPerQueue: u32,
    bytesPerQueue: u32,
    /** Largest blob; a relay that does not say takes none. */
    bytesPerBlob: z.optional(u32),
  }),
});
export type RelayInfo = z.infer<typeof infoSchema>;
/** The part of it that changes, or that every visit asks for. */
export type RelayGreeting = Pick<
  RelayInfo,
  'wallflower' | 'epoch' | 'challenge' | 'time' | 'stampPrice' | 'demo' | 'charter'
>;

/**
 * What a visit needs of `info`, as an array because it travels every time: [versions, epoch,
 * challenge, time, stamp price, demo], and the charter's author at the end where there is one.
 */
export const greetingSchema = z.pipe(
  z.tuple([
    z.array(u32),
    fixedBytes<RelayEpoch>(16),
    fixedBytes<Bytes>(32),
    u53,
    u32,
    z.boolean(),
    z.optional(fixedBytes<PersonaKey>(32)),
  ]),
  z.transform(([wallflower, epoch, challenge, time, stampPrice, demo, charter]): RelayGreeting => ({
    wallflower,
    epoch,
    challenge,
    time,
    stampPrice,
    demo,
    charter: charter ?? null,
  })),
);

/** Every error's body: a code for programs, a message for operators, seconds to wait where known. */
export const errorBodySchema = z.object({
  code: z.string().check(z.maxLength(64)),
  message: z.string().check(z.maxLength(500)),
  retryAfter: z.optional(u32),
});
