import { finishUpload, readStoredRange, refuseUpload, updateFile } from '#storage/blob-files.ts';
import type { OutboxRow, OutboxTask } from '#storage/outbox-row.ts';
import { giveWay } from '#storage/pause.ts';
import { uploadBlob, type StampWallet } from '#sync/blob-upload.ts';
import { RelayClient } from '#sync/relay-client.ts';
import type { RelayFault } from '#sync/relay-fault.ts';
import type { TransferTools } from './attachment-transfers.ts';
import type { LaneWork, StepEnd } from './transfer-lane.ts';

type UploadTask = Extract<OutboxTask, { kind: 'upload' }>;
interface Upload {
  readonly id: number;
  readonly row: OutboxRow;
  readonly task: UploadTask;
}

/** A blob that the relay will not finish is given up after so many attempts. */
const maxHopelessAttempts = 5;

/** Files that wait to go out and are not paused, the oldest first. */
export async function listUploads(tools: TransferTools): Promise<readonly LaneWork[]> {
  const { db } = tools.context;
  const waiting = await db.outbox.where('state').equals('waiting').sortBy('id');
  const uploads = waiting.flatMap((row): readonly Upload[] => {
    const { id, task } = row;
    return id !== undefined && task.kind === 'upload' ? [{ id, row, task }] : [];
  });
  if (uploads.length === 0) return [];
  const files = await db.files.bulkGet(uploads.map(({ task }) => task.file));
  return uploads.flatMap((upload, index) => {
    const file = files[index];
    if (file?.paused === true) return [];
    const run = (signal: AbortSignal) => send(tools, upload, file?.doneBytes ?? 0, signal);
    return [{ key: upload.task.file, run }];
  });
}

async function send(
  { context, transport, notePart, speed, later, pieceLength, wallets }: TransferTools,
  { id, row, task }: Upload,
  done: number,
  signal: AbortSignal,
): Promise<StepEnd> {
  const { db, token, clock } = context;
  const { file, blobId, hash } = task;
  let hadProgress = false;
  const blob = { id: blobId, hash, size: row.sizeBytes, done };
  const end = await uploadBlob(
    {
      client: new RelayClient(row.relay, transport),
      clock,
      signal,
      pause: giveWay,
      read: (from, to) => readStoredRange(db, file, from, to),
      wallet: walletOf(wallets, file),
      pieceBytes: () => pieceLength.next(speed()),
      onPiece: async (held, sent, durationMs) => {
        hadProgress = true;
        pieceLength.crossed();
        await updateFile(db, token, file, { doneBytes: held });
        notePart('up', sent, durationMs);
      },
    },
    blob,
  );
  if (!end.ok) {
    if (end.error.code === 'unreachable' && !hadProgress) pieceLength.cut();
    if (isHopeless(end.error) && row.attempts + 1 >= maxHopelessAttempts) {
      await refuseUpload(db, token, id, file);
      context.kick();
      return { kind: 'done' };
    }
    if (isHopeless(end.error)) await db.outbox.update(id, { attempts: row.attempts + 1 });
    return later(row.relay, end.error, hadProgress);
  }
  if (end.value === 'stopped') return { kind: 'later', hadProgress, afterMs: null };
  if (end.value === 'whole') await finishUpload(db, token, id, file);
  else await refuseUpload(db, token, id, file);
  context.kick();
  return { kind: 'done' };
}

/** Refused for what it is, not for when it came. */
function isHopeless(fault: RelayFault): boolean {
  if (fault.code !== 'refused') return false;
  return !['rate-limited', 'overloaded', 'internal', 'blobs-full'].includes(fault.reason);
}

function walletOf(wallets: Map<string, StampWallet>, file: string): StampWallet {
  const known = wallets.get(file) ?? { stamp: null };
  wallets.set(file, known);
  return known;
}
