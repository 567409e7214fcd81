const rowsBefore = 6;
const rowsDrawn = 24;
/** A phone's screen full: a frame costs as much again as some six rows in it, and may not take long. */
const rowsPerFrame = 4;

/** Rows of a list: from one to before another. */
export type RowRange = readonly [first: number, end: number];

/** The rows of a list that stand in the page, and which of them are of the present list yet. */
export class DrawnRows {
  #range = $state.raw<RowRange>([0, 0]);
  #settled = $state.raw(Number.POSITIVE_INFINITY);
  /** The row after the last one on the screen. */
  #screenEnd = 0;

  get range(): RowRange {
    return this.#range;
  }

  /** Rows before this one are of the present list; those after it still show the list before. */
  get settled(): number {
    return this.#settled;
  }

  /** Whether rows of the list before stand in the page. */
  get isBehind(): boolean {
    return this.#settled < this.#range[1];
  }

  /** Another list begins at its top: what stands on the screen there is drawn over. */
  beginAnew(total: number): void {
    const [first, end] = this.#range;
    this.#range = [0, first === 0 ? Math.min(end, total, this.#screenEnd) : 0];
    this.#settled = 0;
  }

  /** Whether everything on the screen stands in the page, and is of the present list. */
  holds(screen: RowRange): boolean {
    return (
      !this.isBehind && !isApart(this.#range, screen) && grow(this.#range, screen) === undefined
    );
  }

  /** Some rows more, those on the screen first; whether there were any to draw. */
  draw(screen: RowRange, total: number): boolean {
    this.#screenEnd = screen[1];
    if (this.isBehind) {
      this.#settled += rowsPerFrame;
      return true;
    }
    this.#settled = Number.POSITIVE_INFINITY;
    const before = isApart(this.#range, screen) ? ([screen[0], screen[0]] as const) : this.#range;
    const wanted = around(screen, total);
    const grown = grow(before, screen) ?? grow(before, wanted);
    const [first, end] = grown ?? before;
    this.#range = [Math.max(first, wanted[0]), Math.min(end, wanted[1])];
    return grown !== undefined;
  }
}

/** The rows that are wanted around those on the screen. */
export function around([top, bottom]: RowRange, total: number): RowRange {
  const first = Math.max(0, top - rowsBefore);
  return [first, Math.min(total, Math.max(bottom, first + rowsDrawn))];
}

function isApart([first, end]: RowRange, [top, bottom]: RowRange): boolean {
  return bottom <= first || top >= end;
}

/** Some rows more below, or else above; undefined where there are none to add. */
function grow([first, end]: RowRange, wanted: RowRange): RowRange | undefined {
  if (end < wanted[1]) return [first, Math.min(wanted[1], end + rowsPerFrame)];
  if (first > wanted[0]) return [Math.max(wanted[0], first - rowsPerFrame), end];
  return undefined;
}
