/** Of the 50 ms that a frame may take, the browser's own part and the page's other work need the rest. */
const workMs = 32;
const least = 1;
const most = 6;
/** How much a new measurement counts beside those before it. */
const weight = 0.4;

/** How many cards a frame of this device bears, from what the last ones took. */
export class FrameBudget {
  #msPerCard = 8;

  /** So many cards drawn over others; one drawn anew counts for more. */
  get cards(): number {
    return Math.min(most, Math.max(least, Math.floor(workMs / this.#msPerCard)));
  }

  /** So many cards were drawn, and laid out, in so many milliseconds. */
  note(cards: number, ms: number): void {
    this.#msPerCard += weight * (ms / cards - this.#msPerCard);
  }
}
