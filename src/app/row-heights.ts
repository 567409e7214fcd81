/** How high rows are before the first was measured, in CSS pixels. */
const firstGuess = 180;

/**
 * Where each row of a long list stands, of which only some have ever been drawn: measured heights
 * where there are any, the mean of the first ones elsewhere. Sums are kept as a Fenwick tree.
 */
export class RowHeights {
  #count = 0;
  #guess = firstGuess;
  #hasGuess = false;
  /** Measured height minus the guess, summed. */
  #sums = new Float64Array(1);
  #measured = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  /** Begins a list of so many rows of which none is measured; the guess stays. */
  reset(count: number): void {
    // Few places are taken, and room for all of a long list is much to throw away with each letter.
    for (const row of this.#measured.keys()) {
      for (const place of this.#placesOf(row)) this.#sums[place] = 0;
    }
    if (count >= this.#sums.length) this.#sums = new Float64Array(count + 1);
    this.#count = count;
    this.#measured = new Map();
  }

  /** Keeps what is measured, as rows come or go at the end. */
  resize(count: number): void {
    if (count === this.#count) return;
    const measured = this.#measured;
    this.reset(count);
    for (const [row, height] of measured) if (row < count) this.#put(row, height);
  }

  /** Takes in rows and their heights as the screen measured them; whether any row moved by it. */
  measure(heights: readonly (readonly [number, number])[]): boolean {
    if (!this.#hasGuess && heights.length > 0) {
      this.#hasGuess = true;
      this.#guess = heights.reduce((sum, [, height]) => sum + height, 0) / heights.length;
      const measured = this.#measured;
      this.reset(this.#count);
      for (const [row, height] of measured) this.#put(row, height);
    }
    let hasMoved = false;
    for (const [row, height] of heights) {
      const before = this.#measured.get(row) ?? this.#guess;
      if (row >= this.#count || Math.abs(before - height) < 0.5) continue;
      this.#put(row, height);
      hasMoved = true;
    }
    return hasMoved;
  }

  /** How far below the list's beginning a row begins, in pixels. */
  top(row: number): number {
    let sum = row * this.#guess;
    for (let place = row; place > 0; place -= place & -place) sum += this.#sums[place] ?? 0;
    return sum;
  }

  /** The row at a distance from the list's beginning, within the list. */
  rowAt(distance: number): number {
    let low = 0;
    let high = Math.max(0, this.#count - 1);
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.top(middle) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #put(row: number, height: number): void {
    const change = height - (this.#measured.get(row) ?? this.#guess);
    this.#measured.set(row, height);
    for (const place of this.#placesOf(row)) this.#sums[place] = (this.#sums[place] ?? 0) + change;
  }

  *#placesOf(row: number): Generator<number> {
    for (let place = row + 1; place <= this.#count; place += place & -place) yield place;
  }
}
