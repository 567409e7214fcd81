import type { RecordRow } from '#storage/database.ts';
import { takeInRecords, type Intake, type IntakeContext } from './record-intake.ts';
import type { SignedRecord } from '#core/records/record.ts';
import type { RelayClient } from './relay-client.ts';

/** How far the fetching of a board has come. */
export interface BoardCount {
  readonly records: number;
  readonly totalRecords: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What board sync works with. */
export interface BoardSyncContext extends IntakeContext {
  readonly client: RelayClient;
  /** Called after each batch, so that the first records show while the rest comes. */
  readonly onChanged: (rows: readonly RecordRow[]) => void;
  /** Called while many records come; null when they are through. */
  readonly onProgress: (count: BoardCount | null) => void;
  /** Aborted while the user does not want the rest of the board now. */
  readonly paused: () => AbortSignal;
}

/** What came of everything that one relay sent in one visit. */
export class Takings {
  bad = 0;
  readonly stale: string[] = [];
  readonly #context: BoardSyncContext;

  constructor(context: BoardSyncContext) {
    this.#context = context;
  }

  /** Proves and merges records, and tells of those that won. */
  async take(records: readonly SignedRecord[]): Promise<Intake> {
    const intake = await takeInRecords(this.#context, records);
    this.bad += intake.bad;
    if (intake.changed.length > 0) this.#context.onChanged(intake.changed);
    return intake;
  }
}
