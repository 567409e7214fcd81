import { concatBytes, equalBytes, type Bytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { runSteps } from '../types/steps.ts';
import { maxPayloadBytes } from './pack-columns.ts';
import { SegmentReader } from './pack-payload.ts';
import {
  packCompressions,
  packHeaderBytes,
  packMagic,
  packVersion,
  type MalformedPack,
} from './pack.ts';
import { ZstdFrame } from '../zstd/frame.ts';
import type { PackedRecord } from './record.ts';

/** What turns a pack's bytes into its payload, piece by piece; undefined once they are not lawful. */
interface Unpacker {
  push(bytes: Uint8Array): Uint8Array | undefined;
  readonly isComplete: boolean;
  readonly isTooLarge: boolean;
}

/**
 * Reads a pack while it arrives: every segment that is there gives its records. Nothing of them is
 * proved yet. Costs at most maxPayloadBytes, whatever the bytes say. Never throws.
 */
export class PackReader {
  #header: Bytes = new Uint8Array(0);
  #unpacker: Unpacker | undefined;
  readonly #segments = new SegmentReader();

  /** Takes the next bytes; answers the records of the segments that they complete. */
  push(bytes: Uint8Array): Result<readonly PackedRecord[], MalformedPack> {
    return runSteps(this.pushInSteps(bytes));
  }

  /** The same, yielding now and then so that others may run. */
  *pushInSteps(
    bytes: Uint8Array,
  ): Generator<undefined, Result<readonly PackedRecord[], MalformedPack>> {
    let rest = bytes;
    if (this.#unpacker === undefined) {
      const wanted = packHeaderBytes - this.#header.length;
      this.#header = concatBytes(this.#header, bytes.subarray(0, wanted));
      rest = bytes.subarray(wanted);
      if (this.#header.length < packHeaderBytes) return ok([]);
      const unpacker = this.#readHeader();
      if (!unpacker.ok) return unpacker;
      this.#unpacker = unpacker.value;
    }
    const payload = this.#unpacker.push(rest);
    if (payload === undefined) {
      return malformedPack(this.#unpacker.isTooLarge ? 'too-large' : 'bad-compression');
    }
    if (payload.length === 0) return ok([]);
    yield;
    return yield* this.#segments.pushInSteps(payload);
  }

  /** Whether the pack ended where a pack may end. */
  finish(): Result<void, MalformedPack> {
    const isWhole = this.#unpacker?.isComplete === true && this.#segments.isComplete;
    return isWhole ? ok(undefined) : malformedPack('cut-short');
  }

  #readHeader(): Result<Unpacker, MalformedPack> {
    const header = this.#header;
    if (!equalBytes(header.subarray(0, packMagic.length), packMagic)) {
      return malformedPack('not-a-pack');
    }
    if (header[3] !== packVersion) return malformedPack('unknown-version');
    if (header[4] === packCompressions.zstd) return ok(new ZstdFrame(maxPayloadBytes));
    if (header[4] !== packCompressions.none) return malformedPack('unknown-compression');
    return ok({ push: (bytes) => bytes, isComplete: true, isTooLarge: false });
  }
}

/** Reads a whole pack; nothing of its records is proved yet. Never throws. */
export function decodePack(bytes: Uint8Array): Result<readonly PackedRecord[], MalformedPack> {
  const reader = new PackReader();
  const records = reader.push(bytes);
  if (!records.ok) return records;
  const end = reader.finish();
  return end.ok ? records : end;
}

type PackReason = Extract<MalformedPack, { code: 'malformed-pack' }>['reason'];

function malformedPack(reason: PackReason): Result<never, MalformedPack> {
  return fail({ code: 'malformed-pack', reason });
}
