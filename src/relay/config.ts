import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as z from 'zod/mini';
import type { RelayOrigin } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import { environmentName, settings, type SettingName } from './settings.ts';

/** Everything an operator decides. */
export interface RelayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly dataFolder: string;
  /** Folder of the built app; undefined serves the relay alone. */
  readonly appFolder: string | undefined;
  /** File of the signed charter; undefined for a board without stewards. */
  readonly charterFile: string | undefined;
  /** Origins under which clients know this relay; empty means localhost at the port it listens on. */
  readonly origins: readonly RelayOrigin[];
  readonly demo: boolean;
  readonly stampPrice: number;
  readonly packRecords: number;
  readonly queueEnvelopes: number;
  readonly queueBytes: number;
  readonly blobBytes: number;
  readonly blobsMegabytes: number;
  /** Calls a minute from one address; 0 for no limit. */
  readonly callsPerMinute: number;
  /** Records a minute from one address; 0 for no limit. */
  readonly recordsPerMinute: number;
  readonly connections: number;
  readonly liveConnections: number;
  readonly workers: number;
  readonly maxDataMegabytes: number;
  readonly trustProxy: boolean;
  readonly metrics: boolean;
  readonly log: 'quiet' | 'requests';
}

/** Why the relay does not start with these settings; the message says what is allowed. */
export interface ConfigFault {
  readonly code: 'help' | 'bad-setting';
  readonly message: string;
}

type Values = { [Name in SettingName]: z.infer<(typeof settings)[Name]['shape']> };
type Given = Partial<Record<SettingName, unknown>>;

const names = Object.keys(settings) as readonly SettingName[];

/** Reads flags first, then the environment, then defaults. */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<RelayConfig, ConfigFault> {
  const flags = readFlags(args);
  if (!flags.ok) return flags;
  const values: Given = {};
  for (const name of names) {
    const { shape, byDefault, allowed } = settings[name];
    const given = flags.value[name] ?? readVariable(name, environment) ?? byDefault;
    const parsed = shape.safeParse(given);
    if (!parsed.success) {
      const message = `--${name} (or ${environmentName(name)}) must be ${allowed}.`;
      return fail({ code: 'bad-setting', message });
    }
    values[name] = parsed.data;
  }
  return ok(toConfig(values as Values));
}

function readFlags(args: readonly string[]): Result<Given, ConfigFault> {
  const options = Object.fromEntries(
    names.map((name) => [
      name,
      {
        type: 'isSwitch' in settings[name] ? ('boolean' as const) : ('string' as const),
        multiple: 'isList' in settings[name],
      },
    ]),
  );
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: false,
    });
    if (values['help'] === true) return fail({ code: 'help', message: describeSettings() });
    return ok(values as Given);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : 'unreadable flags';
    return fail({ code: 'bad-setting', message: `${reason}. --help lists what there is.` });
  }
}

function readVariable(
  name: SettingName,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const text = environment[environmentName(name)];
  if (text === undefined || text === '') return undefined;
  return 'isList' in settings[name] ? text.split(/[\s,]+/).filter(Boolean) : text;
}

function toConfig(values: Values): RelayConfig {
  return {
    host: values.host,
    port: values.port,
    dataFolder: values.demo ? join(values.data, 'demo') : values.data,
    appFolder: values.app,
    charterFile: values.charter,
    origins: values.origin,
    demo: values.demo,
    stampPrice: values['stamp-price'],
    packRecords: values['pack-records'],
    queueEnvelopes: values['queue-envelopes'],
    queueBytes: values['queue-bytes'],
    blobBytes: values['blob-bytes'],
    blobsMegabytes: values['blobs-mb'],
    callsPerMinute: values['calls-per-minute'],
    recordsPerMinute: values['records-per-minute'],
    connections: values.connections,
    liveConnections: values['live-connections'],
    workers: values.workers,
    maxDataMegabytes: values['max-data-mb'],
    trustProxy: values['trust-proxy'],
    metrics: values.metrics === 'auto' ? values.origin.length === 0 : values.metrics === 'on',
    log: values.log,
  };
}

function describeSettings(): string {
  const lines = names.map((name) => {
    const { help, allowed, byDefault } = settings[name];
    const isSwitch = 'isSwitch' in settings[name];
    const rest = isSwitch || byDefault === undefined ? '' : ` (${String(byDefault) || 'none'})`;
    return `  --${name}${isSwitch ? '' : ' <value>'}\n      ${help}; ${allowed}${rest}`;
  });
  return [
    'A Wallflower relay: keeps a board and passes sealed messages on.',
    '',
    ...lines,
    '',
    `Each can be set in the environment too, as in ${environmentName('stamp-price')}=20.`,
  ].join('\n');
}
