import { availableParallelism } from 'node:os';
import * as z from 'zod/mini';
import { relayOriginSchema } from '#core/records/contact.ts';
import { maxPackRecords } from '#core/records/pack-payload.ts';
import { blobLimits } from '#sync/wire/blobs.ts';
import { defaultStampPrice, maxStampPrice } from '#sync/wire/limits.ts';

interface Setting {
  /** True for one that is given without a value. */
  readonly isSwitch?: true;
  /** True for one that may be given several times. */
  readonly isList?: true;
  readonly shape: z.ZodMiniType;
  readonly byDefault: unknown;
  /** How --help and an error name the values. */
  readonly allowed: string;
  readonly help: string;
}

const maxOrigins = 8;
/** More threads than this wait for the disk, not for a core. */
const maxDefaultWorkers = 4;

function wholeNumber(minimum: number, maximum: number) {
  return z.pipe(
    z.pipe(
      z.union([z.number(), z.string().check(z.regex(/^[0-9]{1,9}$/))]),
      z.transform((value) => Number(value)),
    ),
    z.int().check(z.minimum(minimum), z.maximum(maximum)),
  );
}

function number(byDefault: number, minimum: number, maximum: number, help: string) {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return { shape: wholeNumber(minimum, maximum), byDefault, allowed, help } satisfies Setting;
}

function toggle(help: string) {
  const shape = z.union([
    z.boolean(),
    z.pipe(
      z.literal(['1', 'true', 'yes', '0', 'false', 'no']),
      z.transform((text) => ['1', 'true', 'yes'].includes(text)),
    ),
  ]);
  return {
    isSwitch: true,
    shape,
    byDefault: false,
    allowed: '1 or 0',
    help,
  } as const satisfies Setting;
}

const path = z.string().check(z.minLength(1), z.maxLength(1_000));

/** Every setting by the name of its flag. */
export const settings = {
  host: {
    shape: z.string().check(z.regex(/^[A-Za-z0-9.:-]{1,253}$/)),
    byDefault: '127.0.0.1',
    allowed: 'an address of this machine, as in 127.0.0.1 or 0.0.0.0',
    help: 'address to listen on',
  },
  port: number(8787, 0, 65_535, 'port to listen on; 0 takes any that is free'),
  data: {
    shape: path,
    byDefault: '.data',
    allowed: 'a folder',
    help: 'where the board and the queues are kept',
  },
  app: {
    shape: z.optional(path),
    byDefault: undefined,
    allowed: 'a folder',
    help: 'the built app to serve; without it the relay serves only its interface',
  },
  charter: {
    shape: z.optional(path),
    byDefault: undefined,
    allowed: 'a file',
    help: 'the signed charter that names the stewards of this board (npm run charter makes one); without it nobody gives stars',
  },
  origin: {
    isList: true,
    shape: z.array(relayOriginSchema).check(z.maxLength(maxOrigins)),
    byDefault: [],
    allowed: `an origin as in https://relay.example, at most ${maxOrigins} of them`,
    help: 'how clients reach this relay (repeat it, or separate by spaces); localhost without it',
  },
  demo: toggle('show the demonstration board, in a data folder of its own'),
  'stamp-price': number(
    defaultStampPrice,
    0,
    maxStampPrice,
    'proof of work for a new queue or a first message, in leading zero bits',
  ),
  'pack-records': number(2_500, 2, maxPackRecords, 'records in a pack'),
  'queue-envelopes': number(1_000, 1, 100_000, 'envelopes that one queue may hold'),
  'queue-bytes': number(4_194_304, 4_096, 999_999_999, 'bytes that one queue may hold'),
  'blob-bytes': number(
    blobLimits.blobBytes,
    4_096,
    blobLimits.blobBytes,
    'bytes that one attachment may have',
  ),
  'blobs-mb': number(5_000, 0, 999_999_999, 'size of all attachments; 0 takes none'),
  'calls-per-minute': number(600, 0, 999_999_999, 'calls from one address; 0 for no limit'),
  'records-per-minute': number(600, 0, 999_999_999, 'records from one address; 0 for no limit'),
  connections: number(16_384, 1, 1_000_000, 'connections at a time'),
  'live-connections': number(12_000, 0, 1_000_000, 'clients that wait for wake-ups at a time'),
  workers: number(
    Math.min(availableParallelism(), maxDefaultWorkers),
    1,
    64,
    'threads that check signatures',
  ),
  'max-data-mb': number(20_000, 1, 999_999_999, 'size of the data above which nothing is taken in'),
  'trust-proxy': toggle('take the address of a caller from a proxy on this machine'),
  metrics: {
    shape: z.literal(['auto', 'on', 'off']),
    byDefault: 'auto',
    allowed: 'auto, on or off',
    help: 'GET /metrics; auto answers it only while no --origin is given',
  },
  log: {
    shape: z.literal(['quiet', 'requests']),
    byDefault: 'quiet',
    allowed: 'quiet or requests',
    help: 'what to log to stderr: failures only, or a line for each call',
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;

/** The environment's name of a setting. */
export function environmentName(name: SettingName): string {
  return `WALLFLOWER_${name.toUpperCase().replaceAll('-', '_')}`;
}
