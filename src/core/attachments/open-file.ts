import { isAllZero, type Bytes } from '../types/bytes.ts';
import type { BlobId } from '../types/ids.ts';
import { fail, ok, type Result } from '../types/result.ts';
import {
  chunkBytes,
  chunkOverheadBytes,
  maxFileBytes,
  paddedLength,
  streamHeaderBytes,
} from './file-layout.ts';
import { fileAd } from './seal-file.ts';
import type { ChunkOpener, FileKey, StreamCipher } from './stream-cipher.ts';

/** A blob that is not the file that its message describes. */
export interface FileDamaged {
  readonly code: 'file-damaged';
}

const damaged = fail<FileDamaged>({ code: 'file-damaged' });

/**
 * Opens a blob that comes in parts of any length. Nothing of it is given out before the FINAL chunk
 * has come, nothing follows it and the padding is what the size demands.
 */
export class FileOpener {
  readonly #cipher: StreamCipher;
  readonly #key: FileKey;
  readonly #ad: Bytes;
  readonly #file: Bytes;
  readonly #padded: number;
  readonly #waiting = new Uint8Array(chunkBytes + chunkOverheadBytes);
  #waitingBytes = 0;
  #opener: ChunkOpener | null = null;
  #openedBytes = 0;
  #isDamaged: boolean;

  /** `sizeBytes` is that of the file itself, as its message says; one above the limit is damage. */
  constructor(cipher: StreamCipher, key: FileKey, blobId: BlobId, sizeBytes: number) {
    this.#cipher = cipher;
    this.#key = key;
    this.#isDamaged = sizeBytes > maxFileBytes;
    const size = this.#isDamaged ? 0 : sizeBytes;
    this.#ad = fileAd(blobId, size);
    this.#file = new Uint8Array(size);
    this.#padded = paddedLength(size);
  }

  /** Takes the next part of the blob. */
  push(part: Uint8Array): Result<void, FileDamaged> {
    for (let from = 0; from < part.length && !this.#isDamaged;) {
      const wanted = this.#wantedBytes();
      if (wanted === 0) this.#isDamaged = true;
      const taken = part.subarray(from, from + wanted - this.#waitingBytes);
      this.#waiting.set(taken, this.#waitingBytes);
      this.#waitingBytes += taken.length;
      from += taken.length;
      if (this.#waitingBytes === wanted) this.#takeWaiting(wanted);
    }
    return this.#isDamaged ? damaged : ok(undefined);
  }

  /** The file, once the whole blob was pushed. */
  finish(): Result<Bytes, FileDamaged> {
    if (this.#isDamaged || this.#wantedBytes() > 0) {
      this.#file.fill(0);
      return damaged;
    }
    return ok(this.#file);
  }

  /** Length of what comes next: the header, a chunk, or 0 where nothing may follow. */
  #wantedBytes(): number {
    if (this.#opener === null) return streamHeaderBytes;
    const left = this.#padded - this.#openedBytes;
    return left === 0 ? 0 : Math.min(left, chunkBytes) + chunkOverheadBytes;
  }

  #takeWaiting(length: number): void {
    this.#waitingBytes = 0;
    const waiting = this.#waiting.subarray(0, length);
    if (this.#opener === null) {
      this.#opener = this.#cipher.opener(this.#key, waiting);
      return;
    }
    const opened = this.#opener.open(waiting, this.#ad);
    if (!opened.ok) {
      this.#isDamaged = true;
      return;
    }
    this.#keep(opened.value.plaintext, opened.value.isFinal);
    opened.value.plaintext.fill(0);
  }

  #keep(plaintext: Bytes, isFinal: boolean | null): void {
    const room = this.#file.length - this.#openedBytes;
    this.#file.set(
      plaintext.subarray(0, Math.max(0, room)),
      Math.min(this.#openedBytes, this.#file.length),
    );
    const isPaddingZero = isAllZero(plaintext.subarray(Math.max(0, room)));
    this.#openedBytes += plaintext.length;
    const isLast = this.#openedBytes === this.#padded;
    if (isFinal !== isLast || !isPaddingZero) this.#isDamaged = true;
  }
}
