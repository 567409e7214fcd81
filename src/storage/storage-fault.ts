import { Dexie } from 'dexie';

/** What went wrong in the device's storage, by what the user can do about it. */
export type StorageFault = 'storage-full' | 'storage-unavailable' | 'not-leader';

/** Thrown inside a transaction by an engine that no longer leads; nothing is written. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
}

/** Names the cause of a rejected transaction; undefined for a bug, which is rethrown by the caller. */
export function storageFaultOf(cause: unknown): StorageFault | undefined {
  const names = causeNames(cause);
  if (names.includes('NotLeaderError')) return 'not-leader';
  if (names.includes('QuotaExceededError')) return 'storage-full';
  const closed = [
    'DatabaseClosedError',
    'OpenFailedError',
    'InvalidStateError',
    'UnknownError',
    'AbortError',
    'MissingAPIError',
    'VersionError',
    'TimeoutError',
  ];
  return names.some((name) => closed.includes(name)) ? 'storage-unavailable' : undefined;
}

function causeNames(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return [];
  const inner = cause instanceof Dexie.DexieError ? causeNames(cause.inner) : [];
  return [cause.name, ...inner];
}
