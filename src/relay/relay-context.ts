import type { RelayOrigin } from '#core/types/ids.ts';
import type { Clock } from '#core/types/ports.ts';
import type { Charter } from './charter/charter.ts';
import type { AddressKeys } from './http/address-keys.ts';
import type { RelayConfig } from './config.ts';
import type { RelayMetrics } from './http/metrics.ts';
import type { WakeUps } from './live/wake-ups.ts';
import type { RelayLog } from './log-port.ts';
import type { WorkerPool } from './workers/worker-pool.ts';

/** What every call works with. */
export interface RelayContext {
  readonly config: RelayConfig;
  readonly log: RelayLog;
  readonly workers: WorkerPool;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly metrics: RelayMetrics;
  readonly addressKeys: AddressKeys;
  /** Null where nobody vets people. */
  readonly charter: Charter | null;
  /** Origins under which clients may name this relay; known once it listens. */
  readonly origins: () => readonly RelayOrigin[];
  /** True while the data folder is larger than the operator allows. */
  readonly isFull: () => boolean;
}
