import { bytesToHex } from '#core/codec/text-forms.ts';
import type { RelayEpoch, RelaySequence } from '#core/types/ids.ts';
import { fail, ok, type Result } from '#core/types/result.ts';
import type { BoardSyncContext, Takings } from './board-context.ts';
import { downloadPack, dropOtherParts } from './pack-download.ts';
import type { RelayFault } from './relay-fault.ts';
import type { PackListing } from './wire/board.ts';

/** Where a newcomer begins: the packs, and the position up to which nothing is missing after them. */
export interface BoardStart {
  readonly epoch: RelayEpoch;
  readonly packs: readonly PackListing[];
  readonly tailStart: RelaySequence;
}

/** A relay that seals a pack again has a new manifest; one whose packs are never there is a liar. */
const maxManifests = 3;
/** Beyond any board that a phone can hold; a manifest that says more costs nothing further. */
const maxBoardBytes = 536_870_912;

/** `spoiled` is a pack with records that do not prove themselves: what follows waits for another visit. */
export type Brought = 'brought' | 'paused' | 'spoiled';

/** Brings the packs of a board, newest first, and puts the cursor behind them. */
export async function bringPacks(
  context: BoardSyncContext,
  takings: Takings,
  given: BoardStart | null,
): Promise<Result<Brought, RelayFault>> {
  let start = given;
  for (let round = 0; round < maxManifests; round++) {
    if (start === null) {
      const read = await readManifest(context);
      if (!read.ok) return read;
      start = read.value;
    }
    const brought = await bringListed(context, takings, start);
    if (!brought.ok) return brought;
    if (brought.value === 'brought') {
      const { epoch, tailStart: sequence } = start;
      await context.db.relays.update(context.client.origin, { epoch, sequence });
    }
    if (brought.value !== 'gone') return ok(brought.value);
    start = null;
  }
  return fail({ code: 'bad-answer' });
}

async function readManifest({ client }: BoardSyncContext): Promise<Result<BoardStart, RelayFault>> {
  const manifest = await client.manifest();
  if (!manifest.ok) return manifest;
  const [epoch, packs, tailStart] = manifest.value;
  return ok({ epoch, packs, tailStart });
}

async function bringListed(
  context: BoardSyncContext,
  takings: Takings,
  { packs }: BoardStart,
): Promise<Result<Brought | 'gone', RelayFault>> {
  const { db, client, onProgress } = context;
  const totalBytes = packs.reduce((total, [, , bytes]) => total + bytes, 0);
  const totalRecords = packs.reduce((total, [, records]) => total + records, 0);
  if (totalBytes > maxBoardBytes) return fail({ code: 'bad-answer' });
  const listed = new Set(packs.map(([hash]) => bytesToHex(hash)));
  await dropOtherParts(db, listed);
  const held = await heldAnywhere(context);
  const own = [...listed].filter((name) => held.has(name));
  let records = 0;
  let bytes = 0;
  let landed: Promise<void> = Promise.resolve();
  const noteHeld = async (name: string): Promise<void> => {
    own.push(name);
    await db.relays.update(client.origin, { heldPacks: own });
  };
  try {
    for (const [hash, packRecords, packBytes] of packs) {
      const name = bytesToHex(hash);
      if (!held.has(name)) {
        const tell = (recordsHere: number, bytesHere: number) => {
          const sum = { records: records + recordsHere, bytes: bytes + bytesHere };
          onProgress({ ...sum, totalRecords, totalBytes });
        };
        tell(0, 0);
        const pack = await downloadPack(context, { hash, bytes: packBytes }, takings, tell);
        if (!pack.ok) return pack;
        if (pack.value === 'gone' || pack.value === 'paused') return ok(pack.value);
        held.add(name);
        landed = allLanded(landed, pack.value.landed, () => noteHeld(name));
        if (takings.bad > 0) return ok('spoiled');
      }
      records += packRecords;
      bytes += packBytes;
    }
  } finally {
    // What has come lands, whatever becomes of the rest.
    await takings.settle();
    await landed;
  }
  await db.relays.update(client.origin, { heldPacks: own });
  return ok('brought');
}

/** Packs are stored while the next ones come; one that was not is told of at the end. */
function allLanded(
  before: Promise<void>,
  pack: Promise<void>,
  then: () => Promise<void>,
): Promise<void> {
  const landed = before.then(() => pack).then(then);
  landed.catch(() => {});
  return landed;
}

/** Mirrors share packs: what came from one is not fetched from another. */
async function heldAnywhere({ db }: BoardSyncContext): Promise<Set<string>> {
  return new Set((await db.relays.toArray()).flatMap(({ heldPacks }) => heldPacks));
}
