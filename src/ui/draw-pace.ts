/** A frame that took longer was too much for the device. */
const longFrameMs = 24;
const mostRows = 8;

/** How many rows are drawn in a frame: one where the device is slow, more where it keeps up. */
export class DrawPace {
  #rows = 1;
  #lastMs: number | null = null;

  /** Rows for the next frame, by what the frames before it took. */
  get rows(): number {
    return this.#rows;
  }

  /** A frame begins in which rows are drawn; milliseconds of requestAnimationFrame. */
  frame(nowMs: number): void {
    if (this.#lastMs !== null) {
      this.#rows = nowMs - this.#lastMs > longFrameMs ? 1 : Math.min(mostRows, this.#rows * 2);
    }
    this.#lastMs = nowMs;
  }

  /** Other rows come: what the ones before them took tells nothing. */
  beginAnew(): void {
    this.#rows = 1;
    this.#lastMs = null;
  }

  /** Nothing more is to be drawn for now: the time until the next frame tells nothing. */
  rest(): void {
    this.#lastMs = null;
  }
}
