/** One line of the table of figures. */
export interface BenchRow {
  readonly bench: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What figures.md asks for, in the same unit; null where it asks for nothing. */
  readonly target: number | null;
  readonly met: boolean | null;
  /** What it is compared with, where figures.md names a measurement. */
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** What the machine or the link does without any of our code around it. */
  readonly floor: number | null;
}

const headings = ['', 'value', 'target', '', 'peer', 'floor'] as const;

/** Rounds to what a reader can use: three figures or so. */
export function roundFigure(value: number): number {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return Number(value.toFixed(Math.min(digits, 3)));
}

/** A figure without a peer: met where it is at most its target, a share (%) where it is at least. */
export function plainRow(
  bench: string,
  what: string,
  value: number,
  unit: string,
  target: number | null,
): BenchRow {
  const rounded = roundFigure(value);
  const isMet = (goal: number) => (unit === '%' ? rounded >= goal : rounded <= goal);
  return {
    ...{ bench, what, value: rounded, unit, target },
    met: target === null ? null : isMet(target),
    ...{ peer: null, peerValue: null, floor: null },
  };
}

function cellsOf(row: BenchRow): string[] {
  const show = (value: number | null) => (value === null ? '' : value.toLocaleString('en'));
  return [
    row.what,
    `${show(row.value)} ${row.unit}`,
    show(row.target),
    row.met === null ? '' : row.met ? 'met' : 'MISSED',
    row.peer === null ? '' : `${row.peer} ${show(row.peerValue)}`.trim(),
    show(row.floor),
  ];
}

/** The rows as a table for people, one bench after the other. */
export function formatTable(rows: readonly BenchRow[]): string {
  const benches = [...new Set(rows.map(({ bench }) => bench))];
  const parts = benches.map((bench) => {
    const lines = rows.filter((row) => row.bench === bench).map(cellsOf);
    const table = [[bench, ...headings.slice(1)], ...lines];
    const widths = headings.map((_, column) =>
      Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
    );
    const pad = (cell: string, column: number) =>
      column === 0 || column === 3
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0);
    return table.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
  });
  return parts.join('\n\n');
}
