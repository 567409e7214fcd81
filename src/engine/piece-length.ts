/** So many seconds a piece should take, so that a cut costs little and a fast link is not slowed. */
const secondsPerPiece = 4;
const firstBytes = 16_384;
const longestBytes = 65_536;
const step = 4_096;

/** How long the next piece of an upload should be: by what the link has moved, and by what it cut off. */
export class PieceLength {
  #cap = longestBytes;
  #last = firstBytes;

  next(bytesPerSecond: number | null): number {
    const wanted = bytesPerSecond === null ? firstBytes : bytesPerSecond * secondsPerPiece;
    const fitting = Math.min(this.#cap, Math.floor(wanted / step) * step);
    this.#last = Math.max(step, fitting);
    return this.#last;
  }

  /** A piece has crossed: the next one may be longer. */
  crossed(): void {
    this.#cap = Math.min(longestBytes, this.#cap * 2);
  }

  /** The link broke before a single piece had crossed. */
  cut(): void {
    this.#cap = Math.max(step, this.#last / 2);
  }
}
