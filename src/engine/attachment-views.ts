import { blobLength, maxFileBytes } from '#core/attachments/file-layout.ts';
import type { MessageId } from '#core/types/ids.ts';
import { ok } from '#core/types/result.ts';
import type { FileRow } from '#storage/blob-files.ts';
import type { WallflowerDatabase } from '#storage/database.ts';
import type { AttachmentCost, AttachmentState, AttachmentView } from './api/attachment-calls.ts';
import type { Outcome } from './api/outcome.ts';
import { engineError, type EngineContext } from './engine-context.ts';
import { bytesPerSecond, readLinkSpeed } from './link-speed.ts';
import type { AttachmentValue, MessageValue } from './sealed-values.ts';

/** The files of messages as the screens show them. */
export async function viewAttachments(
  db: WallflowerDatabase,
  messages: readonly MessageValue[],
): Promise<ReadonlyMap<MessageId, AttachmentView>> {
  const withFiles = messages.flatMap(({ id, attachment }) =>
    attachment === undefined ? [] : [[id, attachment] as const],
  );
  if (withFiles.length === 0) return new Map();
  const rows = await db.files.bulkGet(withFiles.map(([, { file }]) => file));
  return new Map(
    withFiles.map(([id, attachment], index) => [id, toView(attachment, rows[index])] as const),
  );
}

function toView(attachment: AttachmentValue, row: FileRow | undefined): AttachmentView {
  const { name, mediaType, size } = attachment;
  const totalBytes = row?.totalBytes ?? blobLength(Math.min(size, maxFileBytes));
  const isOwn = attachment.state === 'own';
  const doneBytes = row?.doneBytes ?? (isOwn ? totalBytes : 0);
  const state = stateOf(attachment, row, doneBytes === totalBytes);
  const paused = (row?.paused ?? false) && (state === 'sending' || state === 'fetching');
  return { name, mediaType, sizeBytes: size, state, doneBytes, totalBytes, paused };
}

function stateOf(
  { state }: AttachmentValue,
  row: FileRow | undefined,
  isDone: boolean,
): AttachmentState {
  switch (state) {
    case 'own':
      return isDone ? 'sent' : 'sending';
    // A restored backup knows of files that this device no longer has.
    case 'wanted':
      return row === undefined ? 'elsewhere' : 'fetching';
    case 'here':
      return row === undefined ? 'elsewhere' : 'here';
    case 'gone':
      return 'gone';
    default:
      return 'elsewhere';
  }
}

/** What sending a file of this size would cost here and now. */
export async function measureAttachment(
  { db }: EngineContext,
  sizeBytes: number,
): Outcome<AttachmentCost> {
  if (sizeBytes > maxFileBytes) return engineError('file-too-large', 'file');
  const wireBytes = blobLength(sizeBytes);
  const speed = bytesPerSecond(await readLinkSpeed(db), 'up');
  return ok({ wireBytes, seconds: speed === null ? null : Math.ceil(wireBytes / speed) });
}
