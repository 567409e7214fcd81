import { equalBytes, readU32, type Bytes } from '#core/types/bytes.ts';
import type { Segment } from './board-segment.ts';

/** Personas to be looked for in a column: by the first four bytes of their keys, then by the whole. */
export class AuthorSet {
  readonly #byHash = new Map<number, readonly Bytes[]>();

  constructor(authors: Iterable<Bytes>) {
    for (const author of authors) {
      const hash = readU32(author);
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), author]);
    }
  }

  /** Whether one of them signed a segment's document. */
  hasWritten(segment: Segment, local: number): boolean {
    const rivals = this.#byHash.get(segment.authorHashes[local * 8] ?? 0);
    if (rivals === undefined) return false;
    const author = segment.authorOf(local);
    return rivals.some((one) => equalBytes(one, author));
  }
}
