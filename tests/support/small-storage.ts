import { vi } from 'vitest';

const put = IDBObjectStore.prototype.put;
const add = IDBObjectStore.prototype.add;
const remove = IDBObjectStore.prototype.delete;

/** A browser's storage for files, and a database beside it that is refused every byte once room runs out. */
export class SmallStorage {
  /** Bytes of the only file; undefined where there is none. */
  fileBytes: number | undefined;
  /** Writes of the database that found no room. */
  refused = 0;
  #freeBytes = Infinity;
  #deletes = true;

  constructor() {
    vi.stubGlobal('navigator', {
      storage: { getDirectory: () => Promise.resolve(this.#folder()) },
    });
    const canDelete = () => this.#deletes;
    const refuse = () => {
      if (this.#freeBytes > 0) return;
      this.refused += 1;
      throw new DOMException('No room', 'QuotaExceededError');
    };
    IDBObjectStore.prototype.put = function (...args) {
      refuse();
      return put.apply(this, args);
    };
    IDBObjectStore.prototype.add = function (...args) {
      refuse();
      return add.apply(this, args);
    };
    IDBObjectStore.prototype.delete = function (...args) {
      if (!canDelete()) refuse();
      return remove.apply(this, args);
    };
  }

  /** Somebody else takes all but so much; to the last byte means that nothing can be deleted either. */
  leave(freeBytes: number | 'not-a-byte'): void {
    this.#freeBytes = freeBytes === 'not-a-byte' ? 0 : freeBytes;
    this.#deletes = freeBytes !== 'not-a-byte';
  }

  restore(): void {
    vi.unstubAllGlobals();
    IDBObjectStore.prototype.put = put;
    IDBObjectStore.prototype.add = add;
    IDBObjectStore.prototype.delete = remove;
  }

  #folder() {
    return {
      getFileHandle: () => {
        this.fileBytes ??= 0;
        return Promise.resolve({ createSyncAccessHandle: () => Promise.resolve(this.#file()) });
      },
      removeEntry: () => {
        this.#resize(0);
        this.fileBytes = undefined;
        return Promise.resolve();
      },
    };
  }

  #file() {
    return {
      getSize: () => this.fileBytes ?? 0,
      write: ({ length }: Uint8Array, { at }: { readonly at: number }) => {
        const written = Math.min(length, (this.fileBytes ?? 0) - at + this.#freeBytes);
        this.#resize(Math.max(this.fileBytes ?? 0, at + written));
        return written;
      },
      truncate: (bytes: number) => {
        this.#resize(bytes);
      },
      close: () => undefined,
    };
  }

  #resize(bytes: number): void {
    this.#freeBytes -= bytes - (this.fileBytes ?? 0);
    this.fileBytes = bytes;
  }
}
