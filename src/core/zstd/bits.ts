/** Thrown inside this room where bytes are not lawful zstd; ZstdFrame turns it into an answer. */
export class UnlawfulZstd extends Error {
  override readonly name = 'UnlawfulZstd';
}

/** Ends the decoding of bytes that break a rule of RFC 8878, or cost more than a pack may. */
export function demand(isLawful: boolean): asserts isLawful {
  if (!isLawful) throw new UnlawfulZstd();
}

/** Position of the highest bit that is set; -1 for 0. */
export function highBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** Reads bits from the end of a stream to its beginning (RFC 8878 section 4.1); before it, all are zero. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits that are left; below zero once more were taken than there were. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    demand(last !== 0);
    this.#bytes = bytes;
    this.left = bytes.length * 8 - 8 + highBit(last);
  }

  /** The next bits without taking them, at most 24. */
  peek(count: number): number {
    const at = this.left - count;
    if (at < 0) return this.left <= 0 ? 0 : this.#bitsAt(0, this.left) << -at;
    return this.#bitsAt(at, count);
  }

  take(count: number): number {
    const bits = this.peek(count);
    this.left -= count;
    return bits;
  }

  #bitsAt(at: number, count: number): number {
    const byte = at >> 3;
    const bytes = this.#bytes;
    const low = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    const word = (low | ((bytes[byte + 3] ?? 0) << 24)) >>> 0;
    return (word >>> (at & 7)) & ((1 << count) - 1);
  }
}
