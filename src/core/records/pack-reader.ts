import { findItemEnd } from '../codec/bounds.ts';
import { decodeCbor } from '../codec/cbor.ts';
import { concatBytes, equalBytes, type Bytes } from '../types/bytes.ts';
import { fail, ok, type Result } from '../types/result.ts';
import { columnsShape, maxPayloadBytes, segmentBounds } from './pack-columns.ts';
import {
  maxPackRecords,
  packCompressions,
  packHeaderBytes,
  packMagic,
  packVersion,
  type MalformedPack,
} from './pack.ts';
import { readColumns } from './pack-rows.ts';
import type { SignedRecord } from './record.ts';
import { ZstdFrame } from './zstd-frame.ts';

/** What turns a pack's compressed bytes into its payload, piece by piece; false for bytes that are none. */
interface Unpacker {
  push(bytes: Uint8Array, take: (unpacked: Uint8Array) => boolean): boolean;
  readonly isComplete: boolean;
}

/**
 * Reads a pack while it arrives: every segment that is there gives its records. Nothing of them is
 * proved yet. Costs at most maxPayloadBytes, whatever the bytes say. Never throws.
 */
export class PackReader {
  #header: Bytes = new Uint8Array(0);
  #unpacker: Unpacker | undefined;
  #waiting: Bytes = new Uint8Array(0);
  #payloadBytes = 0;
  #records = 0;
  readonly #authors: Bytes[] = [];

  /** Takes the next bytes; answers the records of the segments that they complete. */
  push(bytes: Uint8Array): Result<readonly SignedRecord[], MalformedPack> {
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
    const parts: Uint8Array[] = [];
    const isPayload = this.#unpacker.push(rest, (part) => {
      this.#payloadBytes += part.length;
      // What unpacks to more than it may is not unpacked to its end.
      if (this.#payloadBytes > maxPayloadBytes) return false;
      parts.push(part);
      return true;
    });
    if (this.#payloadBytes > maxPayloadBytes) return malformedPack('too-large');
    if (!isPayload) return malformedPack('bad-compression');
    if (parts.length === 0) return ok([]);
    this.#waiting = concatBytes(this.#waiting, ...parts);
    return this.#readSegments();
  }

  /** Whether the pack ended where a pack may end. */
  finish(): Result<void, MalformedPack> {
    const isWhole = this.#unpacker?.isComplete === true && this.#waiting.length === 0;
    return isWhole ? ok(undefined) : malformedPack('cut-short');
  }

  #readHeader(): Result<Unpacker, MalformedPack> {
    const header = this.#header;
    if (!equalBytes(header.subarray(0, packMagic.length), packMagic)) {
      return malformedPack('not-a-pack');
    }
    if (header[3] !== packVersion) return malformedPack('unknown-version');
    if (header[4] === packCompressions.zstd) return ok(new ZstdFrame());
    if (header[4] !== packCompressions.none) return malformedPack('unknown-compression');
    return ok({ push: (bytes, take) => bytes.length === 0 || take(bytes), isComplete: true });
  }

  #readSegments(): Result<readonly SignedRecord[], MalformedPack> {
    const records: SignedRecord[] = [];
    for (;;) {
      const end = findItemEnd(this.#waiting, 0, segmentBounds);
      if (!end.ok) return end.error.reason === 'truncated' ? ok(records) : end;
      const segment = decodeCbor(this.#waiting.subarray(0, end.value), columnsShape, segmentBounds);
      if (!segment.ok) return segment;
      const read = readColumns(segment.value, this.#authors);
      if (read === undefined || read.length === 0) return malformedPack('columns-disagree');
      this.#records += read.length;
      if (this.#records > maxPackRecords) return malformedPack('too-large');
      records.push(...read);
      this.#waiting = this.#waiting.slice(end.value);
    }
  }
}

/** Reads a whole pack; nothing of its records is proved yet. Never throws. */
export function decodePack(bytes: Uint8Array): Result<readonly SignedRecord[], MalformedPack> {
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
