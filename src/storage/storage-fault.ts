import { Dexie } from 'dexie';

/** What went wrong in the device's storage, by what the user can do about it. */
export type StorageFault = 'storage-full' | 'storage-unavailable' | 'storage-silent' | 'not-leader';

/** Thrown inside a transaction by an engine that no longer leads; nothing is written. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
}

/** The storage neither opens nor refuses: WebKit's, for one, where a page was left while it wrote. */
export class StorageSilentError extends Error {
  override readonly name = 'StorageSilentError';
}

/** Names the cause of a rejected transaction; undefined for a bug, which is rethrown by the caller. */
export function storageFaultOf(cause: unknown): StorageFault | undefined {
  const causes = causesOf(cause);
  const names = causes.map(({ name }) => name);
  if (names.includes('NotLeaderError')) return 'not-leader';
  if (names.includes('StorageSilentError')) return 'storage-silent';
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
