import { Sha256 } from '#core/codec/sha256.ts';
import { bytesToHex } from '#core/codec/text-forms.ts';
import { PackReader } from '#core/records/pack-reader.ts';
import { concatBytes, equalBytes } from '#core/types/bytes.ts';
import type { PackHash } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { PackPartRow, WallflowerDatabase } from '#storage/database.ts';
import { Slices } from '#storage/pause.ts';
import { takeIn } from '#storage/record-store.ts';
import type { BoardSyncContext, Takings } from './board-context.ts';
import type { RelayFault } from './relay-fault.ts';

/** What a killed tab may lose of a pack, and how much of it is stored in one go. */
const maxUnkeptBytes = 65_536;
const partBytes = 49_152;
/** Smaller pieces of the network are read together: a segment is looked for in each. */
const readBytes = 8_192;
/** A link that breaks after so much is asked again at once, without greeting the relay anew. */
const worthAskingAgainBytes = 1_024;

/** A pack as a manifest names it. */
export interface WantedPack {
  readonly hash: PackHash;
  readonly bytes: number;
}

/** How far one pack has come. */
export type PackProgress = (records: number, bytes: number) => void;

/** A pack of which every byte has come, proved by its hash. */
export interface WholePack {
  /** Resolves once its records are stored and its pieces let go of; rejects with what kept them from it. */
  readonly landed: Promise<void>;
}

/**
 * Brings one pack: goes on behind the pieces that are kept from before, shows the records of each
 * segment as it arrives, and keeps every piece until the whole is proved by its hash.
 */
export async function downloadPack(
  context: BoardSyncContext,
  { hash, bytes: wantedBytes }: WantedPack,
  takings: Takings,
  onProgress: PackProgress,
): Promise<Result<WholePack | 'gone' | 'paused', RelayFault>> {
  const { db, client } = context;
  const name = bytesToHex(hash);
  const reader = new PackReader();
  const sum = new Sha256();
  const paused = context.paused();
  let records = 0;
  let received = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let isLawful = true;

  const read = async (bytes: Uint8Array): Promise<boolean> => {
    sum.update(bytes);
    const slices = new Slices();
    const segment = await slices.run(reader.pushInSteps(bytes));
    await slices.next();
    isLawful &&= segment.ok;
    if (!segment.ok) return false;
    for (const part of inParts(segment.value)) await takings.gather(part);
    records += segment.value.length;
    onProgress(records, received);
    return true;
  };

  const keep = new PartKeeper(db, name);
  const readWaiting = async (): Promise<boolean> => {
    const bytes = concatBytes(...waiting);
    waiting = [];
    waitingBytes = 0;
    keep.add(bytes);
    if (!(await read(bytes))) return false;
    await keep.store();
    return !paused.aborted;
  };

  for await (const part of keep.held()) {
    received += part.length;
    if (received > wantedBytes || !(await read(part))) {
      await takings.settle();
      await keep.drop();
      return downloadAgain(isLawful);
    }
  }
  while (isLawful && received < wantedBytes) {
    const before = received;
    const fetched = await client.packBytes(
      hash,
      received,
      async (bytes) => {
        received += bytes.length;
        if (received > wantedBytes) isLawful = false;
        if (!isLawful) return false;
        waiting.push(bytes);
        waitingBytes += bytes.length;
        return waitingBytes < readBytes || readWaiting();
      },
      paused,
    );
    if (isLawful && waiting.length > 0) await readWaiting();
    if (isLawful) await keep.finish();
    const isBroken = !fetched.ok && fetched.error.code === 'unreachable';
    if (isLawful && isBroken && !paused.aborted && received - before >= worthAskingAgainBytes) {
      continue;
    }
    if (fetched.ok && received === wantedBytes && !paused.aborted) break;
    // What was kept of the pack is let go of only when all of its records are stored.
    await takings.settle();
    if (isLawful && paused.aborted) return ok('paused');
    if (!fetched.ok && isLawful) return fetched;
    if (fetched.ok && fetched.value === 'gone') {
      await keep.drop();
      return ok('gone');
    }
    break;
  }
  if (isLawful && received < wantedBytes) return fail({ code: 'unreachable' });
  const landed = takings.landed.then(() => keep.drop());
  landed.catch(() => {});
  if (isLawful && reader.finish().ok && equalBytes(sum.digest(), hash)) return ok({ landed });
  await takings.settle();
  await landed;
  return fail({ code: 'bad-answer' });
}

/** What was kept and does not fit is thrown away; the next visit begins the pack anew. */
function downloadAgain(isLawful: boolean): Result<never, RelayFault> {
  return fail({ code: isLawful ? 'unreachable' : 'bad-answer' });
}

/** A segment is taken in by parts, so that none blocks the board for long. */
function* inParts<T>(records: readonly T[]): Generator<readonly T[]> {
  const size = 256;
  for (let first = 0; first < records.length; first += size) {
    yield records.slice(first, first + size);
  }
}

/** The pieces of one pack on the disk. */
class PartKeeper {
  readonly #db: WallflowerDatabase;
  readonly #pack: string;
  #offset = 0;
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #kept: Promise<void> = Promise.resolve();
  #underWayBytes = 0;

  constructor(db: WallflowerDatabase, pack: string) {
    this.#db = db;
    this.#pack = pack;
  }

  /** The pieces that are there, in order, as far as none is missing. */
  async *held(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const row: PackPartRow | undefined = await this.#db.packParts.get([this.#pack, this.#offset]);
      if (row === undefined || row.bytes.length === 0) return;
      this.#offset += row.bytes.length;
      yield row.bytes;
    }
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#pieceBytes += bytes.length;
  }

  /** Stores what was added, once it is enough; goes on meanwhile, but never far ahead of the disk. */
  async store(): Promise<void> {
    if (this.#pieceBytes >= partBytes) await this.#put();
    if (this.#underWayBytes + this.#pieceBytes >= maxUnkeptBytes) await this.#kept;
  }

  /** Stores what is left; resolves once all is on the disk. */
  async finish(): Promise<void> {
    if (this.#pieceBytes > 0) await this.#put();
    await this.#kept;
  }

  async #put(): Promise<void> {
    await this.#kept;
    const bytes = concatBytes(...this.#pieces);
    const row = { pack: this.#pack, offset: this.#offset, bytes };
    this.#offset += bytes.length;
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#underWayBytes = bytes.length;
    this.#kept = takeIn(this.#db, () => this.#db.packParts.put(row)).then(() => {
      this.#underWayBytes = 0;
    });
    this.#kept.catch(() => {});
  }

  async drop(): Promise<void> {
    await dropParts(this.#db, this.#pack);
  }
}

/** Forgets the pieces of a pack. */
export async function dropParts(db: WallflowerDatabase, pack: string): Promise<void> {
  await db.packParts.where('[pack+offset]').between([pack, 0], [pack, Infinity]).delete();
}

/** Forgets the pieces of every pack but these. */
export async function dropOtherParts(
  db: WallflowerDatabase,
  packs: ReadonlySet<string>,
): Promise<void> {
  const keys = await db.packParts.toCollection().primaryKeys();
  await db.packParts.bulkDelete(keys.filter(([pack]) => !packs.has(pack)));
}
