import type { Clock, CryptoPort, RandomSource, SignatureVerifier } from '#core/types/ports.ts';
import { dayOf, type Day } from '#core/types/day.ts';
import type { RelayOrigin } from '#core/types/ids.ts';
import { fail, type Result } from '#core/types/result.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import { storageFaultOf } from '#storage/storage-fault.ts';
import type { BoardFetching } from './board-fetching.ts';
import type { BoardIndex } from './board-index.ts';
import type { EngineEvent } from './api/engine-api.ts';
import type { EngineError, Outcome } from './api/outcome.ts';
import type { FollowedCharter } from './followed-charter.ts';
import type { VaultSession } from './vault-session.ts';

/** Files that go out and come in beside the visits to the relays. */
export interface FileTransfers {
  /** Looks for what is to be done now; a file that was asked for waits no longer. */
  wake(asked?: string): void;
  /** Stops with one file; what has crossed stays. */
  stop(file: string): void;
  /** Stops for good. */
  close(): Promise<void>;
}

/** What the engine's parts share. Time, randomness, network and storage come from outside. */
export interface EngineContext {
  readonly db: WallflowerDatabase;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly fetch: typeof fetch;
  /** Proves to the database that this engine leads. */
  readonly token: string;
  /** The relay that this copy of the app came from. */
  readonly homeRelay: RelayOrigin;
  readonly board: BoardIndex;
  readonly loadCrypto: () => Promise<CryptoPort>;
  readonly loadVerifier: () => Promise<SignatureVerifier>;
  readonly emit: (event: EngineEvent) => void;
  /** Asks the sync loop to run soon. */
  readonly kick: () => void;
  /** Runs one step at a time, so that no two advance the same chain. */
  readonly exclusive: <T>(step: () => Promise<T>) => Promise<T>;
  readonly boards: BoardFetching;
  readonly charter: FollowedCharter;
  /** Files on their way, once there is one that wants to cross the link. */
  transfers: FileTransfers | null;
  /** The unlocked vault, or null while it is locked or missing. */
  vault: VaultSession | null;
  /** True while the device's clock is over a day from its relays' median and nobody confirmed it. */
  clockWrong: boolean;
}

/** Today's UTC day by this device's clock. */
export function today({ clock }: EngineContext): Day {
  return dayOf(clock());
}

/** A failure for the screens. */
export function engineError(code: EngineError['code'], field?: string) {
  return fail<EngineError>(field === undefined ? { code } : { code, field });
}

/** Runs a step alone, and turns storage trouble into an error that says what to do; bugs still throw. */
export function runStep<T>(
  context: EngineContext,
  step: () => Promise<Result<T, EngineError>>,
): Outcome<T> {
  return context.exclusive(async () => {
    try {
      return await step();
    } catch (cause) {
      const fault = storageFaultOf(cause);
      if (fault === undefined) throw cause;
      return engineError(fault === 'not-leader' ? 'engine-gone' : fault);
    }
  });
}

/** Runs a step that needs the unlocked vault. */
export function runUnlocked<T>(
  context: EngineContext,
  step: (vault: VaultSession) => Promise<Result<T, EngineError>>,
): Outcome<T> {
  return runStep(context, async () => {
    if (context.vault !== null) return step(context.vault);
    const header = await context.db.settings.get('vault-header');
    return engineError(header === undefined ? 'vault-missing' : 'vault-locked');
  });
}

/** Makes a queue of steps. */
export function createExclusive(): EngineContext['exclusive'] {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const run = last.then(step, step);
    last = run.catch(() => undefined);
    return run;
  };
}
