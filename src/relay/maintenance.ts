import { maxPayloadBytes } from '#core/records/pack-columns.ts';
import { dayOf } from '#core/types/day.ts';
import type { LogLine } from './http/access-log.ts';
import type { RelayContext } from './relay-context.ts';

/** How long deleted content may stand in packs and free pages at most. */
const intervalMs = 30_000;
/** Room for the columns' heads. */
const packBytes = maxPayloadBytes - 65_536;
/** So many records wait for a pack at most: a newcomer gets them one by one, at a higher price. */
const stepRecords = 125;
/** While a board fills fast, the newest pack is made again this long after it was made, not at every step. */
const sealPauseMs = 250;
const megabyte = 1_000_000;

/** Work that goes on beside the calls: expiry, packs, giving space back. */
export interface Maintenance {
  /** Whether the data folder has outgrown what the operator allows. */
  isFull(): boolean;
  /** Does now what is due. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

type MaintenanceContext = Pick<RelayContext, 'log' | 'workers' | 'clock' | 'config'>;

/** Starts maintenance; each turn waits for the one before. */
export function startMaintenance(context: MaintenanceContext, logLine: LogLine): Maintenance {
  let running: Promise<void> = Promise.resolve();
  let full = false;
  const seal = () =>
    sealPacks(context, {
      packRecords: context.config.packRecords,
      stepRecords: stepOf(context),
    });
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      logLine({
        event: 'maintenance-failed',
        name: error instanceof Error ? error.name : 'unknown',
      });
    }
  };
  const turn = async () => {
    await expire(context);
    await seal();
    await context.log.reclaim();
    full = (await context.log.dataBytes()) > context.config.maxDataMegabytes * megabyte;
  };
  const run = () => (running = running.then(() => attempt(turn)));
  const timer = setInterval(() => void run(), intervalMs).unref();
  let sealedAt = context.log.head();
  let sealing: NodeJS.Timeout | undefined;
  const sealSoon = () => {
    sealing ??= setTimeout(() => {
      sealedAt = context.log.head();
      running = running.then(() => attempt(seal));
      void running.then(() => {
        sealing = undefined;
        if (isSealDue()) sealSoon();
      });
    }, sealPauseMs).unref();
  };
  const isSealDue = () => context.log.head() - sealedAt >= stepOf(context);
  const unwatch = context.log.watch(({ what }) => {
    if (what === 'board' && isSealDue()) sealSoon();
  });
  return {
    isFull: () => full,
    run,
    stop: async () => {
      clearInterval(timer);
      clearTimeout(sealing);
      unwatch();
      await running;
    },
  };
}

async function expire({ log, clock }: MaintenanceContext): Promise<void> {
  await log.expire(dayOf(clock()));
}

function stepOf({ config }: MaintenanceContext): number {
  return Math.min(stepRecords, config.packRecords);
}

/** Seals and seals again until nothing is due. */
export async function sealPacks(
  { log, workers }: Pick<RelayContext, 'log' | 'workers'>,
  {
    packRecords,
    stepRecords: step,
  }: { readonly packRecords: number; readonly stepRecords: number },
): Promise<void> {
  const size = { maxRecords: packRecords, maxBytes: packBytes, stepRecords: step };
  for (;;) {
    const work = await log.nextPackWork(size);
    if (work === undefined) return;
    const newestFirst = work.records.toReversed();
    const sealed = newestFirst.length === 0 ? null : await workers.sealPack(newestFirst, 'sealed');
    await log.storePack(work, sealed);
  }
}
