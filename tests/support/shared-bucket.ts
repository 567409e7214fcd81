/** Lets bytes through at a rate that both directions of all connections share, as a radio does. */
export class SharedBucket {
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #freeAtMs = 0;

  setRate(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#freeAtMs = 0;
  }

  /** Most bytes to ask for at a time, so that nobody holds the link for longer than some 50 ms. */
  get sliceBytes(): number {
    if (!Number.isFinite(this.#bytesPerSecond)) return Number.POSITIVE_INFINITY;
    return Math.max(64, Math.floor(this.#bytesPerSecond / 20));
  }

  /** Resolves once so many bytes have crossed. */
  async take(bytes: number): Promise<void> {
    if (!Number.isFinite(this.#bytesPerSecond)) return;
    const now = performance.now();
    this.#freeAtMs = Math.max(now, this.#freeAtMs) + (bytes / this.#bytesPerSecond) * 1_000;
    await new Promise((resolve) => setTimeout(resolve, this.#freeAtMs - now));
  }
}
