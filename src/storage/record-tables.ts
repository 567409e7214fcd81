import type { WallflowerDatabase } from './database.ts';

/** The tables that a transaction with records has to name. */
export function recordTables({ segments, postings, chunks }: WallflowerDatabase) {
  return [segments, postings, chunks] as const;
}
