import { percentile } from './percentile.ts';
import { roundFigure, type BenchRow } from './report.ts';

/** Records of the board that figures.md measures. */
export const largestBoard = 100_000;

/** The time that 95 of 100 do not exceed. */
export const p95 = (times: readonly number[]) => percentile(times, 0.95);

/** One figure of the board’s bench; what is to be reached counts at the largest board only. */
export function boardRow(
  records: number,
  what: string,
  value: number,
  unit: string,
  target: number | null = null,
  peer: readonly [string, number] | null = null,
): BenchRow {
  const goal = records === largestBoard ? target : null;
  return {
    bench: `board: ${records.toLocaleString('en')} records`,
    what,
    value: roundFigure(value),
    unit,
    target: goal,
    met: goal === null ? null : value <= goal,
    peer: peer?.[0] ?? null,
    peerValue: peer === null ? null : roundFigure(peer[1]),
    floor: null,
  };
}
