import { labelledBytes } from '../codec/hash.ts';
import { copyBytes, type Bytes } from '../types/bytes.ts';
import type { BlobId } from '../types/ids.ts';
import { chunkBytes, paddedLength } from './file-layout.ts';
import type { FileKey, StreamCipher } from './stream-cipher.ts';

/** What a blob is sealed with; all of it random, and new for each file. */
export interface FileSecrets {
  readonly blobId: BlobId;
  readonly key: FileKey;
  /** 24 bytes. */
  readonly header: Bytes;
}

/** Bound into every chunk: which blob it belongs to, and how long the file in it is. */
export function fileAd(blobId: BlobId, sizeBytes: number): Bytes {
  return labelledBytes('attachment', blobId, sizeBytes);
}

/** Seals a file chunk by chunk: yields the header, then each chunk, the last one marked FINAL. */
export function* sealFile(
  cipher: StreamCipher,
  { blobId, key, header }: FileSecrets,
  file: Uint8Array,
): Generator<Bytes, void> {
  const ad = fileAd(blobId, file.length);
  const padded = paddedLength(file.length);
  const sealer = cipher.sealer(key, header);
  yield copyBytes(header);
  for (let from = 0; from < padded; from += chunkBytes) {
    const end = Math.min(from + chunkBytes, padded);
    const chunk = new Uint8Array(end - from);
    chunk.set(file.subarray(from, end));
    yield sealer.seal(chunk, ad, end === padded);
    chunk.fill(0);
  }
}
