import type { Brand } from '../types/brand.ts';
import type { Bytes } from '../types/bytes.ts';
import type { NotAuthentic } from '../types/ports.ts';
import type { Result } from '../types/result.ts';

/** Key of one file's stream, 32 bytes, secret, used once. */
export type FileKey = Brand<Bytes, 'FileKey'>;

/** A chunk that was opened. */
export interface OpenedChunk {
  readonly plaintext: Bytes;
  /** Whether the stream says that nothing follows; null for a tag that files never carry. */
  readonly isFinal: boolean | null;
}

/** One direction of a stream; each call goes on where the last one stopped. */
export interface ChunkSealer {
  seal(plaintext: Uint8Array, ad: Uint8Array, isFinal: boolean): Bytes;
}

export interface ChunkOpener {
  /** After a failure the stream stands where it stood. */
  open(sealed: Uint8Array, ad: Uint8Array): Result<OpenedChunk, NotAuthentic>;
}

/** crypto_secretstream_xchacha20poly1305 of libsodium, with the header given: 24 random bytes. */
export interface StreamCipher {
  sealer(key: FileKey, header: Uint8Array): ChunkSealer;
  opener(key: FileKey, header: Uint8Array): ChunkOpener;
}
