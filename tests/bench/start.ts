import type { BenchRow } from './report.ts';
import { measureSizes } from './start-sizes.ts';
import { measureColdStart, measureWarmStart } from './start-times.ts';

/** The first load and the start after it (figures.md, "First load and start"). */
export async function runStartBench(): Promise<readonly BenchRow[]> {
  return [...(await measureSizes()), ...(await measureColdStart()), ...(await measureWarmStart())];
}
