import { Sha256 } from '#core/codec/sha256.ts';
import { equalBytes } from '#core/types/bytes.ts';
import type { MessageId } from '#core/types/ids.ts';
import { addPiece, emptyFile, readPieces, type FileRow } from '#storage/blob-files.ts';
import { downloadBlob } from '#sync/blob-download.ts';
import type { TransferTools } from './attachment-transfers.ts';
import type { EngineContext } from './engine-context.ts';
import type { AttachmentValue } from './sealed-values.ts';
import type { LaneWork, StepEnd } from './transfer-lane.ts';

/** Files that the user asked for and that are not paused, the oldest message first. */
export async function listDownloads(tools: TransferTools): Promise<readonly LaneWork[]> {
  const { db, vault } = tools.context;
  const wanted = (vault?.all('message') ?? []).flatMap(({ id, atMs, attachment }) =>
    attachment?.state === 'wanted' ? [{ id, atMs, attachment }] : [],
  );
  if (wanted.length === 0) return [];
  wanted.sort((a, b) => a.atMs - b.atMs);
  const files = await db.files.bulkGet(wanted.map(({ attachment }) => attachment.file));
  return wanted.flatMap(({ id, attachment }, index) => {
    const file = files[index];
    if (file === undefined || file.paused) return [];
    const run = (signal: AbortSignal) => bring(tools, id, attachment, file, signal);
    return [{ key: file.id, run }];
  });
}

async function bring(
  { context, transport, notePart, later }: TransferTools,
  id: MessageId,
  attachment: AttachmentValue,
  { id: file, totalBytes, doneBytes }: FileRow,
  signal: AbortSignal,
): Promise<StepEnd> {
  const { db, token } = context;
  const { relay, blobId } = attachment;
  let at = doneBytes;
  if (at < totalBytes) {
    const blob = { origin: relay, id: blobId, size: totalBytes, from: at };
    const onPart = async (bytes: AttachmentValue['hash'], durationMs: number) => {
      await addPiece(db, token, { file, offset: at, bytes }, at + bytes.length);
      at += bytes.length;
      notePart('down', bytes.length, durationMs);
    };
    const end = await downloadBlob({ transport, signal, onPart }, blob);
    const hadProgress = at > doneBytes;
    if (!end.ok) {
      const isGone = end.error.code === 'refused' && end.error.reason === 'not-found';
      if (!isGone) return later(relay, end.error, hadProgress);
      return settle(context, id, 'gone');
    }
    if (end.value === 'stopped') return { kind: 'later', hadProgress, afterMs: null };
  }
  if (await isWhole(context, attachment)) return settle(context, id, 'here');
  await emptyFile(db, token, file);
  return settle(context, id, 'damaged');
}

/** Whether what lies here is, byte for byte, what the message named. */
async function isWhole({ db }: EngineContext, { file, hash }: AttachmentValue): Promise<boolean> {
  const sum = new Sha256();
  for await (const piece of readPieces(db, file)) sum.update(piece);
  return equalBytes(sum.digest(), hash);
}

/** Notes what came of it in the vault; where that is locked, the next look after unlocking does. */
async function settle(
  context: EngineContext,
  id: MessageId,
  state: AttachmentValue['state'],
): Promise<StepEnd> {
  await context.exclusive(async () => {
    const message = context.vault?.get('message', id);
    if (message?.attachment === undefined) return;
    await context.vault?.commit({
      put: [{ ...message, attachment: { ...message.attachment, state } }],
    });
  });
  return { kind: 'done' };
}
