import { findItemEnd, type MalformedCbor } from '../codec/bounds.ts';
import { decodeProvedCbor } from '../codec/cbor.ts';
import type { Bytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { runSteps } from '../types/steps.ts';
import { columnsShape, maxPayloadBytes, segmentBounds } from './pack-columns.ts';
import { readColumns } from './pack-rows.ts';
import type { PackedRecord } from './record.ts';

/** A pack holds no more records than this. */
export const maxPackRecords = 4_096;

/** Why bytes are no segments of records. */
export type MalformedPayload =
  | MalformedCbor
  | {
      readonly code: 'malformed-pack';
      readonly reason: 'too-large' | 'columns-disagree' | 'cut-short';
    };

/** Reads segments while they arrive; nothing of their records is proved yet. Never throws. */
export class SegmentReader {
  /** What has come of segments that are not whole yet, at its beginning. */
  #buffer: Bytes = new Uint8Array(0);
  #held = 0;
  #bytes = 0;
  #records = 0;
  readonly #authors: Bytes[] = [];

  /** Whether all that came was whole segments. */
  get isComplete(): boolean {
    return this.#held === 0;
  }

  /** Takes the next bytes; answers the records of the segments that they complete. */
  push(bytes: Uint8Array): Result<readonly PackedRecord[], MalformedPayload> {
    return runSteps(this.pushInSteps(bytes));
  }

  /** The same, yielding now and then so that others may run. */
  *pushInSteps(
    bytes: Uint8Array,
  ): Generator<undefined, Result<readonly PackedRecord[], MalformedPayload>> {
    this.#bytes += bytes.length;
    if (this.#bytes > maxPayloadBytes) return fail({ code: 'malformed-pack', reason: 'too-large' });
    this.#hold(bytes);
    const records: PackedRecord[] = [];
    let at = 0;
    while (at < this.#held) {
      const waiting = this.#buffer.subarray(at, this.#held);
      const end = findItemEnd(waiting, 0, segmentBounds);
      if (!end.ok) {
        if (end.error.reason !== 'truncated') return end;
        break;
      }
      const segment = decodeProvedCbor(waiting.subarray(0, end.value), columnsShape);
      if (!segment.ok) return segment;
      yield;
      const read = readColumns(segment.value, this.#authors);
      if (read === undefined || read.length === 0) {
        return fail({ code: 'malformed-pack', reason: 'columns-disagree' });
      }
      this.#records += read.length;
      if (this.#records > maxPackRecords) {
        return fail({ code: 'malformed-pack', reason: 'too-large' });
      }
      for (const record of read) records.push(record);
      at += end.value;
      yield;
    }
    this.#buffer.copyWithin(0, at, this.#held);
    this.#held -= at;
    return ok(records);
  }

  #hold(part: Uint8Array): void {
    const needed = this.#held + part.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(part, this.#held);
    this.#held = needed;
  }
}

/** Reads a whole payload, as it stands in a pack or in an answer; nothing of it is proved yet. Never throws. */
export function decodePayload(
  payload: Uint8Array,
): Result<readonly PackedRecord[], MalformedPayload> {
  const reader = new SegmentReader();
  const records = reader.push(payload);
  if (!records.ok || reader.isComplete) return records;
  return fail({ code: 'malformed-pack', reason: 'cut-short' });
}
