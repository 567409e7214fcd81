const fileName = 'ballast';
/** As much as Chromium's database writes at once when it tidies, and as quotas are overrun before it notices. */
const ballastBytes = 4_194_304;
/** Where no more than this is left beside it, the device counts as full. */
const spareBytes = 65_536;

/** A file as workers write it, FileSystemSyncAccessHandle; TypeScript knows it in workers only. */
interface WorkerFile {
  getSize(): number;
  write(bytes: Uint8Array, place: { readonly at: number }): number;
  truncate(bytes: number): void;
  close(): void;
}
interface WorkerFileHandle {
  createSyncAccessHandle(): Promise<WorkerFile>;
}

/**
 * Bytes that say nothing, kept while there is room and given back where there is none: what a start
 * on a full device needs, when a locked vault keeps to itself what may go. A file of its own, because
 * it has to go before the database opens: docs/decisions/0093.
 */
export class Ballast {
  #isLaid = true;

  /** Whether it lay there when it was last looked after; true where a browser has no such files. */
  get isLaid(): boolean {
    return this.#isLaid;
  }

  /** Lays it where it fits with room to spare, gives it back where it does not; whether it lies there. */
  async lay(): Promise<boolean> {
    const folder = await openFolder();
    if (folder === undefined) return true;
    try {
      const handle = await folder.getFileHandle(fileName, { create: true });
      if (!isWorkerFile(handle)) return true;
      const file = await handle.createSyncAccessHandle();
      try {
        this.#isLaid = fill(file);
      } finally {
        file.close();
      }
    } catch {
      this.#isLaid = false;
    }
    if (!this.#isLaid) await this.give();
    return this.#isLaid;
  }

  /** Gives its bytes back to the device. */
  async give(): Promise<void> {
    this.#isLaid = false;
    const folder = await openFolder();
    await folder?.removeEntry(fileName).catch(() => undefined);
  }
}

/** Browsers had the folder before they had files that a worker writes in place. */
function isWorkerFile(handle: object): handle is WorkerFileHandle {
  return 'createSyncAccessHandle' in handle;
}

async function openFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  const storage = navigator.storage as StorageManager | undefined;
  return storage?.getDirectory().catch(() => undefined);
}

/** Fills up to the ballast and what is to spare beside it, then leaves the ballast only. */
function fill(file: WorkerFile): boolean {
  const held = Math.min(file.getSize(), ballastBytes);
  const missing = noise(ballastBytes + spareBytes - held);
  // What finds no room is told by a count that differs, or thrown.
  if (file.write(missing, { at: held }) !== missing.length) return false;
  file.truncate(ballastBytes);
  return true;
}

/** Nothing that a disk could store in much less. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += block.length) {
    bytes.set(block.subarray(0, length - offset), offset);
  }
  return bytes;
}
