const rowsBefore = 6;
const rowsDrawn = 24;
/** Before and after the screen's, where few are wanted: they leave all at once. */
const fewRows = 3;
/** What a card costs: to draw it over another, and where there was none. */
const redrawn = 1;
const drawnAnew = 2;
/** Rows off the screen are drawn while one scrolls, which has its own cost. */
const mostAroundPerFrame = 2;

/** Rows of a list: from one to before another. */
export type RowRange = readonly [first: number, end: number];

interface Drawn<Row> {
  readonly first: number;
  /** Undefined for a row that is on its way. */
  readonly rows: readonly (Row | undefined)[];
}

/** The rows of a list that stand in the page: some more with each frame, those on the screen first. */
export class DrawnRows<Row> {
  readonly #rowAt: (index: number) => Row | undefined;
  #drawn = $state.raw<Drawn<Row>>({ first: 0, rows: [] });
  #isBehind = $state.raw(false);
  /** The row after the last one on the screen. */
  #screenEnd = 0;

  constructor(rowAt: (index: number) => Row | undefined) {
    this.#rowAt = rowAt;
  }

  get first(): number {
    return this.#drawn.first;
  }

  /** What stands in the page, from the first row on; of the list before until a row's turn comes. */
  get rows(): readonly (Row | undefined)[] {
    return this.#drawn.rows;
  }

  /** Whether the screen shows less than all of its rows, or some of the list before. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Another list begins at its top: what stands on the screen there is drawn over. */
  beginAnew(): void {
    const { first, rows } = this.#drawn;
    this.#drawn = { first: 0, rows: first === 0 ? rows.slice(0, this.#screenEnd) : [] };
    this.#isBehind = true;
  }

  /**
   * One frame's rows, of which it bears so many drawn over others, and only the screen's if so wished,
   * not all that are wanted around it; what that costs in those terms, or null where there was nothing
   * to draw.
   */
  draw(screen: RowRange, wanted: RowRange, bears: number, onlyScreen: boolean): number | null {
    this.#screenEnd = screen[1];
    const draft = new Draft(this.#drawn, screen, wanted, this.#rowAt, bears);
    draft.drawScreen(screen);
    if (!onlyScreen) draft.drawAround(wanted);
    if (draft.hasChanged) this.#drawn = { first: draft.first, rows: draft.rows };
    this.look(screen);
    return draft.hasDrawn ? draft.cost : null;
  }

  /** Finds out anew whether rows on the screen are behind. */
  look([top, bottom]: RowRange): void {
    const { first, rows } = this.#drawn;
    let isBehind = false;
    for (let index = top; index < bottom && !isBehind; index++) {
      const shown = rows[index - first];
      isBehind = shown === undefined || (this.#rowAt(index) ?? shown) !== shown;
    }
    this.#isBehind = isBehind;
  }
}

/** What will stand in the page after one frame more. */
class Draft<Row> {
  readonly rows: (Row | undefined)[];
  first: number;
  hasDrawn = false;
  hasChanged: boolean;
  cost = 0;
  #left: number;
  readonly #rowAt: (index: number) => Row | undefined;

  constructor(
    { first, rows }: Drawn<Row>,
    [top, bottom]: RowRange,
    wanted: RowRange,
    rowAt: (index: number) => Row | undefined,
    bears: number,
  ) {
    // Where the screen shows none of the list, what is wanted around it counts.
    const [from, to] = top < bottom ? [top, bottom] : wanted;
    const isElsewhere = to <= first || from >= first + rows.length;
    this.first = isElsewhere ? top : Math.max(first, wanted[0]);
    this.rows = isElsewhere ? [] : rows.slice(this.first - first, wanted[1] - first);
    this.hasChanged = this.rows.length !== rows.length;
    this.#rowAt = rowAt;
    this.#left = bears;
  }

  get #end(): number {
    return this.first + this.rows.length;
  }

  drawScreen([top, bottom]: RowRange): void {
    this.#drawOver(Math.max(top, this.first), Math.min(bottom, this.#end));
    while (this.#end < bottom && this.#left > 0) this.#addBelow();
    while (this.first > top && this.#left > 0) this.#addAbove();
  }

  /** Rows off the screen are drawn only once they are here. */
  drawAround([top, bottom]: RowRange): void {
    this.#left = Math.min(this.#left, mostAroundPerFrame);
    this.#drawOver(this.first, this.#end);
    const isHere = (index: number) => this.#rowAt(index) !== undefined;
    while (this.#end < bottom && this.#left > 0 && isHere(this.#end)) this.#addBelow();
    while (this.first > top && this.#left > 0 && isHere(this.first - 1)) this.#addAbove();
  }

  #drawOver(from: number, to: number): void {
    for (let index = from; index < to && this.#left > 0; index++) {
      const place = index - this.first;
      const row = this.#rowAt(index);
      const stood = this.rows[place];
      if (row === undefined || row === stood) continue;
      this.rows[place] = row;
      this.#count(stood === undefined ? drawnAnew : redrawn);
    }
  }

  #addBelow(): void {
    const row = this.#rowAt(this.#end);
    this.rows.push(row);
    this.#count(row === undefined ? 0 : drawnAnew);
  }

  #addAbove(): void {
    this.first--;
    const row = this.#rowAt(this.first);
    this.rows.unshift(row);
    this.#count(row === undefined ? 0 : drawnAnew);
  }

  #count(cost: number): void {
    this.hasChanged = true;
    this.hasDrawn = true;
    this.cost += cost;
    this.#left -= cost;
  }
}

/** The rows that are wanted around those on the screen, of so many in all. */
export function around([top, bottom]: RowRange, total: number, few = false): RowRange {
  const first = Math.max(0, top - (few ? fewRows : rowsBefore));
  const end = few ? bottom + fewRows : Math.max(bottom, first + rowsDrawn);
  return [first, Math.min(total, end)];
}
