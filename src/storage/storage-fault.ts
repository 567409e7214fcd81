import { Dexie } from 'dexie';

/** What went wrong in the device's storage, by what the user can do about it. */
export type StorageFault = 'storage-full' | 'storage-unavailable' | 'not-leader';

/** Thrown inside a transaction by an engine that no longer leads; nothing is written. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
}

/** Names the cause of a rejected transaction; undefined for a bug, which is rethrown by the caller. */
export function storageFaultOf(cause: unknown): StorageFault | undefined {
  const causes = causesOf(cause);
  const names = causes.map(({ name }) => name);
  if (names.includes('NotLeaderError')) return 'not-leader';
  // A quota is refused by name. Of a disk that is full to the last byte, Chromium only says so in words.
  const isFull = ({ name, message }: Error) =>
    name === 'QuotaExceededError' || message.includes('FILE_ERROR_NO_SPACE');
  if (causes.some(isFull)) return 'storage-full';
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

function causesOf(cause: unknown): readonly Error[] {
  if (!(cause instanceof Error)) return [];
  const inner = cause instanceof Dexie.DexieError ? causesOf(cause.inner) : [];
  return [cause, ...inner];
}
