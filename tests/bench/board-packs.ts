import { constants, zstdCompressSync } from 'node:zlib';
import { sha256Bytes } from '#core/codec/sha256.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { encodePackPayload, packHeader } from '#core/records/pack.ts';
import { concatBytes, type Bytes } from '#core/types/bytes.ts';
import type { Day } from '#core/types/day.ts';
import { createBoardCorpus, type BoardTongue } from './board-corpus.ts';

/** As many records as a relay seals into one pack. */
const recordsPerPack = 2_500;
/** A relay takes the highest; for who unpacks, that makes no difference worth minutes. */
const zstdLevel = 9;

/** What a board consists of. */
export interface BoardSettings {
  readonly tongues: readonly BoardTongue[];
  readonly records: number;
  readonly newest: Day;
}

/** What the bench's worker is told of a pack: bytes are read from where packs are served. */
export interface NamedPack {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
}

/** A board as a relay hands it out, newest first. */
export interface BoardPacks {
  readonly named: readonly NamedPack[];
  readonly bytesOf: (name: string) => Bytes | undefined;
}

/** Puts a corpus into packs. */
export function makeBoardPacks({ tongues, records, newest }: BoardSettings): BoardPacks {
  const { record } = createBoardCorpus(tongues, records, newest);
  const packs = new Map<string, Bytes>();
  const named: NamedPack[] = [];
  for (let first = 0; first < records; first += recordsPerPack) {
    const count = Math.min(recordsPerPack, records - first);
    const payload = encodePackPayload(
      Array.from({ length: count }, (_, index) => record(first + index)),
    );
    const params = { [constants.ZSTD_c_compressionLevel]: zstdLevel };
    const bytes = concatBytes(packHeader('zstd'), zstdCompressSync(payload, { params }));
    const name = bytesToHex(sha256Bytes(bytes));
    packs.set(name, bytes);
    named.push({ name, records: count, bytes: bytes.length });
  }
  return { named, bytesOf: (name) => packs.get(name) };
}
